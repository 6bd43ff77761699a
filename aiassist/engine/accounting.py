"""What a direct answer says that nothing of an extraction accounts for: shown as "not read".

Independent of the rules that read: it looks at the extraction's own words and at closed lists of words that name
nothing (`data/accounted_words.txt`), never at findings or the lexicon of medicines. So it notices what the rules miss,
and what a model leaves out, in the same way.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from aiassist.engine import denials
from aiassist.engine.lexicon import DATA, load
from aiassist.engine.schema import Allergy, Answer, Evidence, Extraction, Medication, Unread
from aiassist.engine.text import Text, own_words, parse

ListTopic = Literal["medications", "allergies"]
MOST = 40  # entries of one form
LONGEST = 300  # characters of an entry
DENIES = 8  # words over which a denial reaches
SHORT = 5  # words of a piece that stands where a name is expected
_CUT = re.compile(r"[\n\r,;|•·●▪()\[\]+&]|\s[-–—/]\s|[.!?]\s|[.!?]$")
_JOINING = frozenset(["and", "y", "e", "plus"])
_YEAR = re.compile(r"(?:19|20)\d\d$")
_NUMBERED = re.compile(r"(?:^|\n)\s{0,4}$")
_RESPELLED = re.compile(r" \([^()]{1,80}\?\)$")
_UNITS = frozenset(
    [
        *("mg", "mcg", "ml", "g", "gr", "unit", "units", "u", "tab", "tabs", "tablet", "tablets", "pill", "pills"),
        *("puff", "puffs", "drop", "drops", "cap", "caps", "gotas", "pastilla", "pastillas", "tableta", "tabletas"),
    ]
)
_CHANGE = re.compile(r">|→|\b(?:to|now|a|ahora)\b", re.I)
_INDICATION = frozenset(
    [
        *("for", "para", "por", "due", "against", "contra", "treat", "treats", "to", "when", "if", "because", "cuando"),
        *("si", "porque", "of", "after", "before", "since"),
    ]
)


@lru_cache(maxsize=1)
def _sections() -> dict[str, frozenset[str]]:
    """The words that name nothing, by section."""
    found: dict[str, set[str]] = {}
    current = ""
    for line in (DATA / "accounted_words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(current, set()).update(line.split())
    return {section: frozenset(words) for section, words in found.items()}


def words_of(section: str) -> frozenset[str]:
    """One section of the words that name nothing."""
    return _sections().get(section, frozenset())


@lru_cache(maxsize=1)
def plain_words() -> frozenset[str]:
    """The words that name nothing in any piece of an answer."""
    sections = ("denials", "courtesies", "functions", "cues", "times", "numbers")
    return frozenset().union(*map(words_of, sections)) - words_of("placeholders")


@lru_cache(maxsize=1)
def all_words() -> frozenset[str]:
    """Every word that names nothing, in whatever piece of an answer."""
    return _UNITS.union(*_sections().values())


@dataclass(slots=True)
class _Marks:
    """What accounts for each token of an answer: `names` of an item, `said` by an item or shown elsewhere."""

    text: Text
    names: list[bool] = field(default_factory=list)
    said: list[bool] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = [False] * len(self.text.tokens)
        self.said = [False] * len(self.text.tokens)
        for index, norm in enumerate(self.text.norms):
            self.places.setdefault(norm, []).append(index)

    def occurrences(self, words: str) -> list[tuple[int, int]]:
        """First and last token of every place where the words stand."""
        norms = parse(words).norms
        if not norms:
            return []
        length = len(norms)
        return [
            (at, at + length - 1) for at in self.places.get(norms[0], ()) if self.text.norms[at : at + length] == norms
        ]


def unread(extraction: Extraction, answers: Iterable[Answer]) -> list[Unread]:
    """What the direct answers say and neither the lists nor the notes of `extraction` show, in the answers' order.

    A none, a no change and an unclear answer that is quoted whole leave nothing. Past the `MOST`-th entry the rest of
    the answer is one entry.
    """
    found: list[Unread] = []
    for answer in answers:
        if answer.kind == "clinical" and answer.topic in ("medications", "allergies") and answer.text.strip():
            found += _unread_of(extraction, answer, MOST - len(found))
    return found


def attention(entries: Iterable[Unread]) -> list[str]:
    """What asks for attention: the lists of which words that could be a name are not read."""
    return [f"{section}_unread" for section in dict.fromkeys(e.section for e in entries if e.may_be_name)]


def _unread_of(extraction: Extraction, answer: Answer, room: int) -> list[Unread]:
    text = parse(answer.text)
    section: ListTopic = "allergies" if answer.topic == "allergies" else "medications"
    if denials.denies_all(answer.text, section):
        return []
    marks = _marked(extraction, answer, text)
    found: list[Unread] = []
    own = own_words(answer.text)
    for first, last in pieces(text):
        if text.tokens[first].start >= own:
            break
        for start, end, may_be_name in _left_over(marks, first, last):
            if len(found) >= max(room, 1) - 1:
                return [*found, _entry(answer, text, section, start, len(text.tokens) - 1, may_be_name=True)]
            found.append(_entry(answer, text, section, start, end, may_be_name=may_be_name))
    return found


def _entry(answer: Answer, text: Text, section: ListTopic, first: int, last: int, *, may_be_name: bool) -> Unread:
    words = text.span(first, last)
    return Unread(
        section=section,
        text=words[:LONGEST],
        evidence=Evidence(question_id=answer.question_id, quote=words[: 3 * LONGEST]),
        may_be_name=may_be_name,
    )


def pieces(text: Text) -> Iterator[tuple[int, int]]:
    """First and last token between commas, line breaks, semicolons, brackets, "and" and sentence ends."""
    first = 0
    for index in range(len(text.tokens)):
        if text.norms[index] in _JOINING:
            if index > first:
                yield first, index - 1
            first = index + 1
        elif _CUT.search(text.gap(index)) or index + 1 == len(text.tokens):
            if first <= index:
                yield first, index
            first = index + 1
    if first < len(text.tokens):
        yield first, len(text.tokens) - 1


# --- what the extraction accounts for


def _marked(extraction: Extraction, answer: Answer, text: Text) -> _Marks:
    marks = _Marks(text)
    items: list[Medication | Allergy] = [*extraction.medications, *extraction.allergies]
    for item in items:
        if any(entry.question_id == answer.question_id for entry in item.evidence):
            _mark_item(marks, item)
    shown = (*extraction.key_notes, *extraction.patient_concerns)
    quoted = (entry for line in shown for entry in line.evidence if entry.quote in line.text)
    for entry in (entry for entry in quoted if entry.question_id == answer.question_id):
        start = answer.text.find(entry.quote)
        for index, token in enumerate(text.tokens):
            if 0 <= start <= token.start and token.end <= start + len(entry.quote):
                marks.said[index] = True
    return marks


def _mark_item(marks: _Marks, item: Medication | Allergy) -> None:
    """Mark the name wherever it stands, and each detail at the place nearest to the name."""
    name = item.name if isinstance(item, Medication) else item.substance
    places = marks.occurrences(_RESPELLED.sub("", name))
    for first, last in places:
        for index in range(first, last + 1):
            marks.names[index] = marks.said[index] = True
    details = (item.dose, item.frequency) if isinstance(item, Medication) else (item.reaction,)
    for detail in details:
        stands = [stand for stand in marks.occurrences(detail or "") if not all(marks.said[stand[0] : stand[1] + 1])]
        if places and stands:
            first, last = min(stands, key=lambda stand: min(_distance(place, stand) for place in places[:8]))
            for index in range(first, last + 1):
                marks.said[index] = True


def _distance(name: tuple[int, int], stand: tuple[int, int]) -> int:
    """How far a detail stands from a name; before it counts double."""
    return stand[0] - name[1] if stand[0] > name[1] else 2 * (name[0] - stand[1]) + 1


# --- what is left over


def _left_over(marks: _Marks, first: int, last: int) -> Iterator[tuple[int, int, bool]]:
    """(first token, last token, may be a name) of what nothing accounts for in a piece."""
    text = marks.text
    named = any(marks.names[first : last + 1])
    left = [i for i in range(first, last + 1) if not marks.said[i] and not _names_nothing(marks, i, first, named)]
    if not left or denials.is_unchanged(" ".join(text.norms[first : last + 1][: denials.LONGEST_NONE])):
        return
    if not named and not any(marks.said[first : last + 1]):
        yield first, last, _piece_may_be_name(text, left, first, last)
        return
    start = left[0]
    for here, following in zip(left, [*left[1:], last + 9], strict=True):
        if following - here > 3 or any(marks.said[here:following]):
            run = [i for i in left if start <= i <= here]
            unit = text.norms[here][0].isdigit() and here < last and text.norms[here + 1] in _UNITS
            yield start, here + unit, any(_is_uncommon(text, i) for i in run)
            start = following


def _names_nothing(marks: _Marks, index: int, first: int, named: bool) -> bool:
    """Whether a word is of the closed lists, a time, a number of a list, or an ordinary word of what it is for."""
    text, word = marks.text, marks.text.norms[index]
    if word in plain_words() or word.removesuffix("'s") in plain_words():
        return True
    if word in words_of("placeholders"):
        return named or any(other in words_of("denials") for other in text.norms[max(first, index - DENIES) : index])
    if word[0].isdigit():
        return (
            _is_time(text, index)
            or _is_old_dose(marks, index)
            or (index == first and bool(_NUMBERED.search(text.raw[: text.tokens[index].start][-6:])))
        )
    if not word[0].isalpha():
        return True
    reason = any(other in _INDICATION for other in text.norms[max(first, index - 6) : index])
    return named and reason and not _is_uncommon(text, index)


def _is_old_dose(marks: _Marks, index: int) -> bool:
    """Whether a number stands before an arrow or "to" and an item's dose: "20 -> 40"."""
    ahead = range(index + 1, min(index + 4, len(marks.said)))
    new = next((i for i in ahead if marks.said[i] and marks.text.norms[i][0].isdigit()), None)
    return new is not None and bool(
        _CHANGE.search(marks.text.raw[marks.text.tokens[index].end : marks.text.tokens[new].start])
    )


def _is_time(text: Text, index: int) -> bool:
    """Whether a number is a year, or stands beside a word of time: "3 weeks ago", "when I was 5"."""
    if _YEAR.match(text.norms[index]):
        return True
    around = [*text.norms[max(index - 1, 0) : index], *text.norms[index + 1 : index + 2]]
    before = text.norms[max(index - 3, 0) : index]
    times = words_of("times") - words_of("functions")
    return (
        any(word in times for word in around) or before[-2:] in (["i", "was"], ["age", "of"]) or before[-1:] == ["was"]
    )


def _piece_may_be_name(text: Text, left: list[int], first: int, last: int) -> bool:
    """Whether a piece that nothing accounts for could name a medicine or an allergen."""
    if any(_is_uncommon(text, index) or text.norms[index] in words_of("placeholders") for index in left):
        return True
    opener = text.norms[first] in words_of("openers") or text.norms[first] in _INDICATION
    return last - first < SHORT and not opener and any(text.norms[i][0].isalpha() for i in left)


def _is_uncommon(text: Text, index: int) -> bool:
    """Whether a word is none of the commonest of the language."""
    word = text.norms[index]
    return (
        word[0].isalpha() and len(word) >= 3 and word not in load().ordinary and word.rstrip("s") not in load().ordinary
    )
