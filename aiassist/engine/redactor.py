"""Takes identity out of answers before they leave the machine, and finds the way back.

What is known of the patient is removed wherever it stands, with nicknames, any case and one typo; what looks like a
phone, an address, a record number or a person's name is removed by pattern. Medicines, allergens and doses are
protected. Placeholders say the sort: `[PATIENT]`, `[PHONE_1]`; the same value has the same placeholder through a
form. Administrative answers are dropped, not scrubbed.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from aiassist.engine import person_names
from aiassist.engine.addresses import known_addresses, likely_addresses
from aiassist.engine.dates import birth_dates
from aiassist.engine.folding import flat
from aiassist.engine.identifiers import known_numbers, likely_identifiers, literal
from aiassist.engine.identity import Identity, name_words
from aiassist.engine.leaks import leaked
from aiassist.engine.lexicon import LONGEST, load, word_list
from aiassist.engine.noun_scopes import DOSES
from aiassist.engine.schema import Answer, Evidence, Extraction
from aiassist.engine.synonyms import listed
from aiassist.engine.text import NUMBER_WORDS, Text, find_quote, norm_word, parse

__all__ = ["Identity", "Redacted", "RedactedForm", "Redactor", "leaked", "redact_form"]

Hit = tuple[int, int, str]  # raw start, raw end, the sort of what stands there
# What stands before a name of the patient's that is an ordinary word too.
_TOLD = re.compile(
    r"(?:my name(?:'s| is)|name is|name:|i'm|i am|this is|it's|its|me llamo|mi nombre es|soy|habla|called|calls? me|"
    r"me dicen|signed|sincerely|regards|atentamente|firma|thanks|thank you|thx|gracias|saludos|"
    r"(?:^|\n|[.!?])\s*[-—–~]{1,2})[,:\s]*$"
)
_BEFORE_MONTH_WORDS = (
    "in since until last of this early late by from through mid next every around before after during en desde de hasta"
)
_TITLE_WORDS = "mr mrs ms miss mx dr dra doctor doctora sr sra srta senor senora"
_BEFORE_MONTHS, _TITLES = (frozenset(words.split()) for words in (_BEFORE_MONTH_WORDS, _TITLE_WORDS))
DOSE_WORDS = 5  # number words before a unit
LEAD = 40  # characters before a name that are read with it


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the redacted text and the raw stretch that it stands for; `hidden` for a placeholder."""

    start: int
    end: int
    raw_start: int
    raw_end: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Redacted:
    """A redacted text with the map back to the raw one."""

    raw: str
    text: str
    pieces: tuple[_Piece, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw stretch for a stretch of the redacted text; a part of a placeholder stands for all of it."""
        first = last = None
        for piece in self.pieces:
            if piece.end > start and first is None:
                first = piece.raw_start if piece.hidden else piece.raw_start + max(start - piece.start, 0)
            if piece.start < end:
                last = piece.raw_end if piece.hidden else piece.raw_start + min(end, piece.end) - piece.start
        return (first or 0), (last if last is not None else len(self.raw))

    def restore(self, quote: str) -> str | None:
        """The raw words behind a quote from the redacted text; None when the quote is not in it."""
        span = find_quote(quote, self.text)
        if span is None:
            return None
        start, end = self.raw_span(*span)
        return self.raw[start:end]


@dataclass(slots=True)
class Redactor:
    """Redacts the texts of one form. Keeps its numbering, so that one phone is `[PHONE_1]` everywhere."""

    identity: Identity
    _names: dict[str, bool] = field(init=False)
    _doctor_names: dict[str, bool] = field(init=False)
    _sorts: dict[str, str | None] = field(init=False)
    _counts: Counter[str] = field(init=False, default_factory=Counter)
    _numbers: dict[tuple[str, str], str] = field(init=False, default_factory=dict)
    _values: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._names = name_words(self.identity.names)
        self._doctor_names = {
            word: on_file
            for word, on_file in name_words(self.identity.doctors).items()
            if word not in ("dr", "dra", "doctor", "doctora", "md", "do", "np") and on_file
        }
        self._sorts: dict[str, str | None] = {}

    def redact(self, raw: str) -> Redacted:
        """Replace every identifier of `raw` by a placeholder."""
        text, folded = parse(raw), flat(raw)
        protected = _Protected(text)
        hits = [(*folded.raw(start, end), sort) for start, end, sort in self._known_hits(folded.text)]
        hits += self._name_hits(raw, text, protected)
        hits += self._spelled_hits(raw)
        hits += [
            (text.tokens[first].start, _name_end(text, last), sort) for first, last, sort in person_names.persons(text)
        ]
        likely = [(*folded.raw(start, end), sort) for start, end, sort in likely_identifiers(folded.text)]
        likely += [(*folded.raw(*span), "ADDRESS") for span in likely_addresses(folded.text)]
        hits += [hit for hit in likely if hit[2] in _WHOLE or not protected.touch(hit[0], hit[1])]
        return self._replaced(raw, _disjoint(hits))

    def _known_hits(self, folded: str) -> Iterator[Hit]:
        """What is known of the patient, but for names."""
        who = self.identity
        for sort, values in (("EMAIL", who.emails), ("CLINIC", who.clinics)):
            pattern = literal(values)
            if pattern is not None:
                yield from ((match.start(), match.end(), sort) for match in pattern.finditer(folded))
        yield from known_numbers(folded, who.phones, who.record_numbers)
        yield from ((start, end, "BIRTH_DATE") for start, end in birth_dates(folded, who.date_of_birth))
        yield from ((start, end, "ADDRESS") for start, end in known_addresses(folded, who.all_addresses))

    def _spelled_hits(self, raw: str) -> Iterator[Hit]:
        """A name that is spelled letter by letter."""
        for start, end, letters in person_names.spelled(raw):
            lead = norm_word(raw[max(start - LEAD, 0) : start])
            if any(len(name) > 2 and name in letters for name in self._names) or re.search(
                r"name|spell|apellido|nombre", lead
            ):
                yield start, end, "PATIENT"

    def reveal(self, text: str) -> str:
        """Put the raw words back for every placeholder, for showing to those who may see them."""
        return re.sub(r"\[(?:[A-Z_]+)(?:_\d+)?\]", lambda m: self._values.get(m.group(), m.group()), text)

    def _placeholder(self, sort: str, value: str) -> str:
        if sort in ("PATIENT", "BIRTH_DATE", "CLINIC"):
            placeholder = f"[{sort}]"
        else:
            same = re.sub(r"\W", "", norm_word(value))
            if sort == "PHONE":
                same = re.sub(r"\D", "", value)[-7:]
            if (sort, same) not in self._numbers:
                self._counts[sort] += 1
            placeholder = self._numbers.setdefault((sort, same), f"[{sort}_{self._counts[sort]}]")
        self._values.setdefault(placeholder, value)
        return placeholder

    def _replaced(self, raw: str, hits: list[tuple[int, int, str]]) -> Redacted:
        out: list[str] = []
        pieces: list[_Piece] = []
        at = length = 0
        for start, end, sort in hits:
            if start > at:
                pieces.append(_Piece(length, length + start - at, at, start, False))
                out.append(raw[at:start])
                length += start - at
            placeholder = self._placeholder(sort, raw[start:end])
            pieces.append(_Piece(length, length + len(placeholder), start, end, True))
            out.append(placeholder)
            length += len(placeholder)
            at = end
        if at < len(raw):
            pieces.append(_Piece(length, length + len(raw) - at, at, len(raw), False))
            out.append(raw[at:])
        return Redacted(raw, "".join(out), tuple(pieces))

    def _name_hits(self, raw: str, text: Text, protected: "_Protected") -> list[Hit]:
        """The patient's and the doctors' names.

        A name that is also an ordinary or a clinical word, a month or an eponym needs a sign that a person is meant.
        """
        reader = person_names.Reader(text)
        sorts = [self._sort_of(norm) for norm in text.norms]
        hits: list[Hit] = []
        for i, sort in enumerate(sorts):
            if sort is None or not (self._is_plain(reader, i, protected) or self._is_meant(reader, i, sorts)):
                continue
            hits.append((text.tokens[i].start, _name_end(text, i), sort))
        return _joined(hits, raw)

    def _is_plain(self, reader: person_names.Reader, index: int, protected: "_Protected") -> bool:
        """Whether a word is a name without any other sign."""
        token, word = reader.text.tokens[index], self._bare(reader.word(index))
        exact = word in self._names or word in self._doctor_names
        if person_names.is_month(word) or reader.is_eponym(index) or protected.touch(token.start, token.end):
            return False
        ordinary = word in word_list("also names") or (not exact and word in load().ordinary)
        acronym = reader.text.raw[token.start : token.end].isupper() and len(word) <= 3
        capital = reader.is_capital(index) and not reader.begins_sentence(index)
        return (not ordinary or capital) and not (acronym and not reader.text.raw.isupper())

    def _is_meant(self, reader: person_names.Reader, index: int, sorts: list[str | None]) -> bool:
        """Whether the words around a name say that a person is meant: another name, a title, "my name is"."""
        text = reader.text
        month = person_names.is_month(reader.word(index))
        if month and reader.word(index - 1) in _BEFORE_MONTHS:
            return False
        for j in (index - 1, index + 1):
            beside = 0 <= j < len(sorts) and sorts[j] and text.gap(min(index, j)).strip() in ("", "-", ".", ",")
            both_months = month and person_names.is_month(reader.word(j))
            if beside and not (both_months and "," in text.gap(min(index, j))):
                return True
        if reader.word(index - 1) in _TITLES:
            return True
        lead = norm_word(text.raw[max(text.tokens[index].start - LEAD, 0) : text.tokens[index].start])
        return bool(_TOLD.search(lead)) and not reader.is_eponym(index)

    def _bare(self, norm: str) -> str:
        """A word without a possessive s where the rest is a name: "roberts brother"."""
        word = norm.removesuffix("'s")
        if word in self._names or word in self._doctor_names or not word.endswith("s"):
            return word
        return word[:-1] if len(word) > 4 and (word[:-1] in self._names or word[:-1] in self._doctor_names) else word

    def _sort_of(self, norm: str) -> str | None:
        if norm not in self._sorts:
            self._sorts[norm] = self._name_sort(self._bare(norm))
        return self._sorts[norm]

    def _name_sort(self, word: str) -> str | None:
        for names, sort in ((self._names, "PATIENT"), (self._doctor_names, "DOCTOR")):
            if word in names:
                return sort
        if len(word) < 5 or person_names.is_clinical(word) or word in word_list("also names"):
            return None
        if not word.isalpha():
            return None
        for names, sort in ((self._names, "PATIENT"), (self._doctor_names, "DOCTOR")):
            if any(on_file and _is_misspelt(word, name) for name, on_file in names.items()):
                return sort
        return "PATIENT" if len(word) > 8 and self._is_run_together(word) else None

    def _is_run_together(self, word: str) -> bool:
        """Whether a word is made of two of the patient's names: "margaretwhitfield"."""
        return any(
            word.startswith(first) and word[len(first) :].strip("0123456789") in self._names and first != word
            for first in self._names
            if len(first) > 2
        )


def _is_misspelt(word: str, name: str) -> bool:
    allowed = 1 if len(name) < 9 else 2
    return (
        len(name) >= 4
        and abs(len(name) - len(word)) <= allowed
        and (allowed == 1 or name[0] == word[0])
        and OSA.distance(name, word, score_cutoff=allowed) <= allowed
    )


_WHOLE = frozenset(["EMAIL", "LINK", "ADDRESS"])  # may hold a clinical word and go all the same


class _Protected:
    """What is clinical in a text, to be asked where something would be taken out: names of the lexicon, and doses."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._doses = _doses(text)

    def touch(self, start: int, end: int) -> bool:
        """Whether a name of the lexicon or a dose overlaps with a raw stretch."""
        at = bisect_left(self._doses, (end, 0))
        if at > 0 and self._doses[at - 1][1] > start:
            return True
        tokens = self._text.tokens
        first = bisect_right(tokens, start, key=lambda token: token.end)
        last = first
        while last < len(tokens) and tokens[last].start < end:
            if self._is_named(last):
                return True
            last += 1
        return False

    def _is_named(self, index: int) -> bool:
        """Whether a name of the lexicon covers a token."""
        lexicon, norms = load(), self._text.norms
        for first in range(max(index - LONGEST + 1, 0), index + 1):
            longest = LONGEST if norms[first] in lexicon.first_words else 1
            for last in range(index, min(first + longest, len(norms))):
                name = " ".join(norms[first : last + 1]).removesuffix("'s")
                if lexicon.medicine(name) or name in lexicon.allergens:
                    return True
        return False


def _name_end(text: Text, index: int) -> int:
    """Where the name at a token ends, without a possessive."""
    token = text.tokens[index]
    said = text.raw[token.start : token.end]
    return token.start + len(said.removesuffix("'s").removesuffix("’s"))


def _doses(text: Text) -> list[tuple[int, int]]:
    """Numbers, in figures or words, with the unit of a dose behind them."""
    spans = []
    units = listed("unit")
    for i, norm in enumerate(text.norms):
        if units.get(norm) not in DOSES:
            continue
        first = i
        while first and i - first < DOSE_WORDS and _is_number(text.norms[first - 1]):
            first -= 1
        if first < i:
            spans.append((text.tokens[first].start, text.tokens[i].end))
    return spans


def _is_number(norm: str) -> bool:
    return norm[0].isdigit() or norm in NUMBER_WORDS


def _joined(hits: list[Hit], raw: str) -> list[Hit]:
    """Names that stand together become one: "Maria de la Cruz", "O'Neil-Smith"."""
    joined: list[Hit] = []
    for hit in hits:
        if (
            joined
            and joined[-1][2] == hit[2]
            and hit[0] - joined[-1][1] <= LEAD
            and re.fullmatch(
                r"[\s.,-]{0,2}(?:(?:de|la|las|los|del|van|von|der|da|y)\s){0,4}(?:[A-Z]\.?\s)?",
                raw[joined[-1][1] : hit[0]],
                re.I,
            )
        ):
            joined[-1] = (joined[-1][0], hit[1], hit[2])
        else:
            joined.append(hit)
    return joined


def _disjoint(hits: list[Hit]) -> list[Hit]:
    """Hits without overlaps: what touches becomes one, of the sort of its longest, or of the one listed first."""
    order = sorted(range(len(hits)), key=lambda i: (hits[i][0], i))
    chosen: list[tuple[int, int, str, int, int]] = []  # start, end, sort, length of the hit that gave the sort, rank
    for i in order:
        start, end, sort = hits[i]
        if end <= start:
            continue
        if chosen and start < chosen[-1][1]:
            first, last, held, length, rank = chosen[-1]
            better = (end - start, -i) > (length, -rank)
            chosen[-1] = (
                first,
                max(last, end),
                sort if better else held,
                *((end - start, i) if better else (length, rank)),
            )
        else:
            chosen.append((start, end, sort, end - start, i))
    return [(start, end, sort) for start, end, sort, _, _ in chosen]


@dataclass(slots=True)
class RedactedForm:
    """A form ready to be sent: clinical answers without identity, and the way back for what comes in return."""

    answers: list[Answer]
    redactor: Redactor
    _texts: dict[str, Redacted]

    def restore(self, extraction: Extraction) -> Extraction:
        """The extraction with raw quotes and revealed names, to be verified against the raw answers.

        Unknown quotes stay as they are.
        """
        data = extraction.model_dump()
        for section in ("summary", "patient_concerns", "key_notes", "medications", "allergies"):
            for item in data[section]:
                item["evidence"] = [self._restored(Evidence(**entry)).model_dump() for entry in item["evidence"]]
                for name, value in item.items():
                    if isinstance(value, str):
                        item[name] = self.redactor.reveal(value)
        for state in ("medications_state_evidence", "allergies_state_evidence"):
            data[state] = [self._restored(Evidence(**entry)).model_dump() for entry in data[state]]
        return Extraction.model_validate(data)

    def _restored(self, entry: Evidence) -> Evidence:
        redacted = self._texts.get(entry.question_id)
        raw = redacted.restore(entry.quote) if redacted else None
        if raw is None:
            raw = next((found for text in self._texts.values() if (found := text.restore(entry.quote))), None)
        return Evidence(question_id=entry.question_id, quote=(raw or entry.quote)[:2000])


def redact_form(answers: list[Answer], identity: Identity) -> RedactedForm:
    """Drop the administrative answers and redact the others.

    What is sent is the text and the question, never rows or raw words.
    """
    redactor = Redactor(identity)
    texts: dict[str, Redacted] = {}
    safe: list[Answer] = []
    for answer in answers:
        if answer.kind == "administrative":
            continue
        texts[answer.question_id] = redactor.redact(answer.text)
        safe.append(
            answer.model_copy(
                update={"text": texts[answer.question_id].text, "label": redactor.redact(answer.label).text, "rows": ()}
            )
        )
    return RedactedForm(safe, redactor, texts)
