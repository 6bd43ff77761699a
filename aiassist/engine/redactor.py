"""Takes identity out of answers before they leave the machine, and finds the way back.

What is known of the patient is removed wherever it stands, with nicknames, any case and one typo; what looks like a
phone, an address, a record number or somebody's name is removed by pattern. Medicines, allergens and doses are
protected. Placeholders say the sort: `[PATIENT]`, `[PHONE_1]`; the same value has the same placeholder through a
form. Administrative answers are dropped, not scrubbed.
"""

import re
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from aiassist.engine import cues, details, mentions
from aiassist.engine.identity import Identity, address_pattern, birth_date_pattern, digits_pattern, name_words
from aiassist.engine.lexicon import load, word_list
from aiassist.engine.schema import Answer, Evidence, Extraction
from aiassist.engine.text import Text, find_quote, norm_word, parse, strip_accents

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?\.\s?[\w-]+)+", re.I)
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.I)
_SOCIAL = re.compile(r"(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])")
_PHONE = re.compile(
    r"(?<![\d.,/-])(?:\+\d{1,3}[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}(?![\d-])|(?<![\d.,/-])\+\d[\d\s().-]{8,16}\d(?!\d)|(?<![\d.,/-])\d{10,11}(?!\d)|(?<![\d.,/-])\d{3}-\d{4}(?![\d-])|(?<![\d.,/-])0\d{3,4}\s\d{6}(?!\d)"
)
_CARD = re.compile(r"(?<!\d)(?:\d{4}[\s-]){3}\d{4}(?!\d)")
_RECORD = re.compile(
    r"\b(?:mrn|medical record|chart|record|patient id|member id|insurance(?: id)?|policy|subscriber|account|nhs|ssn|social security|medicare|medicaid|expediente|póliza|poliza|seguro social|curp|dni|nie|passport|pasaporte|license|licencia)"
    r"\s?(?:no\.?|number|num\.?|nº|#|id|número|numero)?\s?(?:is|es|:|#)?\s?#?([A-Z0-9][A-Z0-9-]{3,19})\b",
    re.I,
)
_ADDRESS = re.compile(
    r"(?<![\w.])\d{1,5}[A-Za-z]?\s(?:[A-Z][\w'.-]*\s|[NSEW]\.?\s|\d{1,3}(?:st|nd|rd|th)\s){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Terrace|Circle|Cir|Highway|Hwy)\b\.?(?:,?\s(?:Apt|Unit|Suite|Ste|#)\.?\s?\w+)?"
    r"|\b(?:Calle|Avenida|Av\.|Avda\.|Colonia|Paseo|Plaza)\s(?:[A-ZÁÉÍÓÚÑ0-9][\w'.-]*\s?){1,4}(?:#|No\.?|número|numero|,)?\s?\d{1,5}\b"
)
_BORN = re.compile(
    r"\b(?:born|dob|d\.o\.b\.?|birth ?date|date of birth|birthday|nac[ií]|nacimiento|cumpleaños)\b[^\d\n]{0,25}?((?:\d{1,4}[\s./-]\d{1,2}[\s./-]\d{2,4})|(?:(?:\w+\.?\s)?\d{1,2}(?:st|nd|rd|th)?[,\s]+(?:de\s|of\s)?(?:\w+[,\s]+)?(?:de\s)?\d{4}))",
    re.I,
)
_DOCTOR = re.compile(
    r"\b(?:Dr|Dra|Doctor|Doctora|Prof|Nurse|Enfermera)\.?\s((?:[A-ZÁÉÍÓÚÑ][\w'’-]+)(?:\s[A-ZÁÉÍÓÚÑ][\w'’-]+)?)"
)
_DOCTOR_LOWER = re.compile(r"\b(?:dr|dra|doctor|doctora)\.?\s([a-záéíóúñ'’-]{2,})", re.I)
_RELATIVE_NAME = re.compile(
    rf"(?i:\b(?:my|mi|our)\s{cues.RELATIVE}|\b(?:my|mi)\s{cues.CHILD}),?\s((?:[A-ZÁÉÍÓÚÑ][a-záéíóúñ'’-]+)(?:\s[A-ZÁÉÍÓÚÑ][a-záéíóúñ'’-]+)?)"
)
_SELF_NAME = re.compile(
    r"(?:my name(?:'s| is)|name is|name:|i'm|i am|this is|me llamo|mi nombre es|soy|called|call me|signed|sincerely|regards|atentamente|firma|thanks|thank you|gracias)[,:\s]*$"
)


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
    _known: list[tuple[str, re.Pattern[str]]] = field(init=False)
    _numbers: dict[tuple[str, str], str] = field(init=False, default_factory=dict)
    _values: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._names = name_words(self.identity.names)
        self._doctor_names = {
            word: on_file
            for word, on_file in name_words(self.identity.doctors).items()
            if word not in ("dr", "dra", "doctor", "doctora", "md", "do", "np") and on_file
        }
        known: list[tuple[str, re.Pattern[str] | None]] = [
            ("EMAIL", _words_pattern(self.identity.emails)),
            ("RECORD", _words_pattern(self.identity.record_numbers)),
            ("PHONE", digits_pattern(self.identity.phones, 7)),
            ("BIRTH_DATE", birth_date_pattern(self.identity.date_of_birth)),
            ("ADDRESS", address_pattern(self.identity.addresses)),
            ("CLINIC", _words_pattern(self.identity.clinics)),
        ]
        self._known = [(sort, pattern) for sort, pattern in known if pattern is not None]

    def redact(self, raw: str) -> Redacted:
        """Replace every identifier of `raw` by a placeholder."""
        text = parse(raw)
        protected = _protected(raw, text)
        hits: list[tuple[int, int, str]] = []
        for sort, pattern in self._known:
            hits += [(m.start(), m.end(), sort) for m in pattern.finditer(raw)]
        hits += self._name_hits(raw, text, protected)
        hits += _pattern_hits(raw, protected)
        return self._replaced(raw, _disjoint(hits))

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
            placeholder = self._numbers.setdefault(
                (sort, same), f"[{sort}_{1 + sum(known == sort for known, _ in self._numbers)}]"
            )
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

    def _name_hits(self, raw: str, text: Text, protected: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
        """The patient's and the doctors' names.

        A name that is also an ordinary or a clinical word needs a sign that a person is meant.
        """
        sorts: list[str | None] = [self._name_sort(norm) for norm in text.norms]
        hits: list[tuple[int, int, str]] = []
        for i, sort in enumerate(sorts):
            if sort is None:
                continue
            token = text.tokens[i]
            word = text.norms[i].removesuffix("'s")
            beside = any(
                0 <= j < len(sorts) and sorts[j] and text.gap(min(i, j)).strip() in ("", "-", ".", ",")
                for j in (i - 1, i + 1)
            )
            told = bool(_SELF_NAME.search(raw[: token.start].lower()))
            titled = i > 0 and text.norms[i - 1] in (
                "mr",
                "mrs",
                "ms",
                "miss",
                "dr",
                "dra",
                "doctor",
                "doctora",
                "sr",
                "sra",
                "señor",
                "senor",
                "senora",
            )
            inside = any(token.start < end and start < token.end for start, end in protected)
            capital = raw[token.start].isupper() and not _starts_sentence(text, i)
            exact = word in self._names or word in self._doctor_names
            ordinary = word in word_list("also names") or (not exact and word in load().ordinary)
            if (inside or ordinary) and not (beside or told or titled or (capital and not inside)):
                continue
            hits.append(
                (
                    token.start,
                    token.start + len(raw[token.start : token.end].removesuffix("'s").removesuffix("’s")),
                    sort,
                )
            )
        return _joined(hits, raw)

    def _name_sort(self, norm: str) -> str | None:
        word = norm.removesuffix("'s")
        for names, sort in ((self._names, "PATIENT"), (self._doctor_names, "DOCTOR")):
            if word in names:
                return sort
        if len(word) < 5 or not word.isalpha() or load().is_clinical(word) or word in word_list("also names"):
            return None
        for names, sort in ((self._names, "PATIENT"), (self._doctor_names, "DOCTOR")):
            if any(
                on_file
                and len(name) >= 4
                and abs(len(name) - len(word)) <= 1
                and OSA.distance(name, word, score_cutoff=1) <= 1
                for name, on_file in names.items()
            ):
                return sort
        return None


def _starts_sentence(text: Text, index: int) -> bool:
    return any(sentence.first == index for sentence in text.sentences)


def _words_pattern(values: tuple[str, ...]) -> re.Pattern[str] | None:
    """Known values, in any case, with any white space and, for "St. Mary's", with or without its marks."""
    forms = [
        r"[\s'’.,-]{0,3}".join(re.escape(part) for part in re.findall(r"[\w@+]+|[^\w\s'’.,-]", value))
        for value in values
        if len(value.strip()) >= 3
    ]
    return (
        re.compile(r"(?<!\w)(?:" + "|".join(sorted(forms, key=len, reverse=True)) + r")(?!\w)", re.I) if forms else None
    )


def _protected(raw: str, text: Text) -> list[tuple[int, int]]:
    """Stretches that are clinical: names of the lexicon, and doses."""
    spans = [(text.tokens[name.first].start, text.tokens[name.last].end) for name in mentions.find(text, guess=False)]
    return spans + [match.span() for match in details.DOSE.finditer(raw)]


def _pattern_hits(raw: str, protected: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """What looks like an identifier though nothing is known of it."""
    hits: list[tuple[int, int, str]] = []
    for sort, pattern in (
        ("EMAIL", _EMAIL),
        ("LINK", _LINK),
        ("RECORD", _SOCIAL),
        ("RECORD", _CARD),
        ("PHONE", _PHONE),
        ("ADDRESS", _ADDRESS),
    ):
        hits += [(m.start(), m.end(), sort) for m in pattern.finditer(raw)]
    hits += [(*m.span(1), "RECORD") for m in _RECORD.finditer(raw) if sum(c.isdigit() for c in m.group(1)) >= 3]
    hits += [(*m.span(1), "BIRTH_DATE") for m in _BORN.finditer(raw)]
    for sort, pattern in (("DOCTOR", _DOCTOR), ("DOCTOR", _DOCTOR_LOWER), ("PERSON", _RELATIVE_NAME)):
        for match in pattern.finditer(raw):
            words = [norm_word(word) for word in match.group(1).split()]
            keep = 0
            for word in words:
                if (
                    (word in load().ordinary and pattern is _DOCTOR_LOWER)
                    or word in word_list("after a title")
                    or word in word_list("also names")
                    or load().is_clinical(word)
                    or len(word) < 2
                ):
                    break
                keep += 1
            if keep:
                end = match.start(1) + len(" ".join(match.group(1).split()[:keep]))
                hits.append((match.start(1), end, sort))
    return [
        hit
        for hit in hits
        if hit[2] in ("EMAIL", "LINK", "ADDRESS")
        or not any(hit[0] < end and start < hit[1] for start, end in protected)
    ]


def _joined(hits: list[tuple[int, int, str]], raw: str) -> list[tuple[int, int, str]]:
    """Names that stand together become one: "Maria de la Cruz", "O'Neil-Smith"."""
    joined: list[tuple[int, int, str]] = []
    for hit in hits:
        if (
            joined
            and joined[-1][2] == hit[2]
            and re.fullmatch(
                r"[\s.,-]{0,2}(?:(?:de|la|las|los|del|van|von|der|da|y)\s)*(?:[A-Z]\.?\s)?",
                raw[joined[-1][1] : hit[0]],
                re.I,
            )
        ):
            joined[-1] = (joined[-1][0], hit[1], hit[2])
        else:
            joined.append(hit)
    return joined


def _disjoint(hits: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Hits without overlaps: the earlier-listed (known before guessed) wins and swallows what it touches."""
    chosen: list[tuple[int, int, str]] = []
    for start, end, sort in hits:
        touching = [other for other in chosen if start < other[1] and other[0] < end]
        if not touching:
            chosen.append((start, end, sort))
        elif end - start > sum(other[1] - other[0] for other in touching):
            chosen = [other for other in chosen if other not in touching]
            chosen.append(
                (
                    min(start, *(o[0] for o in touching)),
                    max(end, *(o[1] for o in touching)),
                    touching[0][2] if len(touching) == 1 else sort,
                )
            )
    return sorted(chosen)


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


def leaked(text: str, identity: Identity) -> list[str]:
    """Own identifiers still readable in a text that is about to be sent: words of the name, digits of phones and
    records, e-mails, the birth date.

    A second look, independent of the placeholders: the caller refuses to send when this is not empty. Ordinary words
    among the names ("Will", "Rose") are not counted here.
    """
    found: list[str] = []
    plain = strip_accents(text.lower())
    digits = re.sub(r"(?<=\d)[\s().+/-]{0,3}(?=\d)", "", plain)
    words = {norm.removesuffix("'s") for norm in parse(re.sub(r"\[[A-Z_]+(?:_\d+)?\]", " ", text)).norms}
    for word, on_file in name_words(identity.names).items():
        if (
            on_file
            and len(word) > 2
            and word in words
            and word not in word_list("also names")
            and not load().is_clinical(word)
        ):
            found.append("name")
    for number in (*identity.phones, *identity.record_numbers):
        tail = re.sub(r"\D", "", number)[-7:]
        if len(tail) >= 6 and tail in digits:
            found.append("number")
    found += ["email" for email in identity.emails if email and email.lower() in plain]
    born = birth_date_pattern(identity.date_of_birth)
    if born and born.search(text):
        found.append("birth_date")
    return found
