"""The dose, frequency and reaction of one name, and the quote that shows them."""

# Tables of patterns read better unwrapped.

import re
from dataclasses import dataclass
from itertools import pairwise

from aiassist.engine import rows
from aiassist.engine.answer_reading import Reading
from aiassist.engine.details import LONGEST_PART, Span, amount_in
from aiassist.engine.owners import CHANGED, FARTHEST, NOW_BEFORE, Own
from aiassist.engine.text import Text, flat

QUOTE_TOKENS = 14
LONGEST_QUOTE = 1000  # characters
_LINK = re.compile(r"[\s,(/)x×*=\-–:+]{0,5}(?:of|de|each|cada una|and|y|total)?[\s(]{0,2}")
_CHANGE_BEFORE = re.compile(
    r"(?:from|was|were|used to be|antes|before|de|old|previously|started (?:at|on|with)|empece con|era)\s{0,2}(?:on |at |a |de )?$"
)
_CHANGE_WORD = re.compile(
    r"\b(?:now|ahora|changed?|increased?|went up|upped|bumped|raised|decreased?|lowered|reduced|subi\w{1,4}|baj[oa]\w{0,4}|aument\w{1,4}|cambi\w{1,4})\b|->|→|=>"
)


_EXCEPT = re.compile(r"[\s,(]{1,3}(?:except|excepto|salvo|but|pero|or|and|y|alternating with)(?: for| on)?[\s(]{1,2}")
_RANGE = re.compile(r"\d[\d.]{0,7} ?(?:to|a|-{1,2}>|→) ?(\d.*)")
_FROM = re.compile(r"(?<!\w)(?:from|de) $")


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of an item, each verbatim or None."""

    dose: str | None = None
    frequency: str | None = None
    reaction: str | None = None

    def parts(self) -> list[str]:
        """Those that are said."""
        return [part for part in (self.dose, self.frequency, self.reaction) if part]


def details_of(reading: Reading, index: int) -> Details:
    """Dose, frequency and reaction of a name. The columns of its row go before what its name cell says."""
    answer, text, names = reading.answer, reading.text, reading.names
    own = reading.owners.own[index]
    said = Details(_dose(text, own), _frequency(text, own), None)
    row = rows.row_at(answer, text.tokens[names[index].first].start)
    if row is None:
        return said
    beside = [name for name in names if row.name.start <= text.tokens[name.first].start < row.name.end]
    if beside != [names[index]]:
        return _of_shared_row(reading, row, index, named=names[index] in beside)
    inside = _inside(own, row)
    columns = rows.columns_of(answer, row, _dose(text, inside), _frequency(text, inside))
    dose = said.dose if has_new_dose(reading, index) else columns.dose
    return Details(dose, columns.frequency, columns.reaction)


def _inside(own: Own, row: rows.Row) -> Own:
    """The doses and frequencies that the name cell itself says."""
    return Own(
        [span for span in own.doses if span.end <= row.name.end],
        [span for span in own.frequencies if span.end <= row.name.end],
    )


def _of_shared_row(reading: Reading, row: rows.Row, index: int, *, named: bool) -> Details:
    """The details of one of several names of a row: its columns say how often, and of which name the dose is nobody
    knows.
    """
    if not named:
        return Details()
    inside = _inside(reading.owners.own[index], row)
    columns = rows.columns_of(reading.answer, row, None, None)
    own = _dose(reading.text, inside), _frequency(reading.text, inside)
    return Details(own[0], columns.frequency or own[1], columns.reaction)


def _dose(text: Text, own: Own) -> str | None:
    """The dose: the new one after a change, the whole schedule of several, or the parts that stand together."""
    if not own.doses:
        return None
    folded = flat(text.raw)
    doses = sorted(own.doses, key=lambda span: span.start)
    changed = _after_change(folded, doses)
    if changed is not None:
        doses = [changed]
    first, end, scheduled = doses[0], doses[0].end, False
    for span in doses[1:]:
        between = folded[end : span.start]
        if _is_schedule(own, end, span) and not _same_kind(folded, first, span):
            continue
        following = [f for f in own.frequencies if f.start >= span.end and f.start - span.end <= 3]
        exception = bool(following) and bool(_EXCEPT.fullmatch(between))
        if exception or _LINK.fullmatch(between) or _is_schedule(own, end, span):
            end = span.end
            scheduled = scheduled or not _LINK.fullmatch(between)
            end = following[0].end if following and scheduled else end
    return text.raw[first.start : end].strip(" ,(")[:LONGEST_PART]


def _is_schedule(own: Own, end: int, span: Span) -> bool:
    """Whether a frequency stands between two doses: "5 mg on Mondays and 2.5 mg on Tuesdays"."""
    return any(end <= frequency.start and frequency.end <= span.start for frequency in own.frequencies)


def _same_kind(folded: str, one: Span, other: Span) -> bool:
    """Whether two doses are both strengths, or both amounts: "4 mg … 1/2 tab" are not."""
    return amount_in(folded[one.start : one.end]) == amount_in(folded[other.start : other.end])


def _after_change(folded: str, doses: list[Span]) -> Span | None:
    """The new dose, where the words say that an old one was changed."""
    for span in doses:
        ranged = _RANGE.fullmatch(folded, span.start, span.end)
        if ranged and (
            _CHANGE_WORD.search(folded, max(span.start - 30, 0), span.start)
            or _FROM.search(folded, max(span.start - 8, 0), span.start)
        ):
            return Span("dose", ranged.start(1), span.end)
    for old, new in pairwise(doses):
        between = folded[old.end : new.start]
        lead = folded[max(old.start - 30, 0) : old.start]
        if CHANGED.fullmatch(between) and (">" in between or "→" in between or "now" in between or "ahora" in between):
            return doses[-1]
        if _CHANGE_BEFORE.search(lead) and (CHANGED.search(between) or _CHANGE_WORD.search(between)):
            return doses[-1]
        if NOW_BEFORE.search(folded, max(new.start - 40, old.end), new.start):
            return new
        if _CHANGE_WORD.search(lead[-30:]) and CHANGED.fullmatch(between):
            return doses[-1]
    return None


def _frequency(text: Text, own: Own) -> str | None:
    if not own.frequencies:
        return None
    spans = sorted(own.frequencies, key=lambda span: span.start)
    first, end = spans[0], spans[0].end
    for span in spans[1:]:
        between = text.raw[end : span.start]
        if len(between) <= 24 and (
            re.fullmatch(r"[\s,;(/)\-]*(?:and|y|or|o)?[\s(]*", between)
            or any(end <= dose.start and dose.end <= span.start for dose in own.doses)
        ):
            end = span.end
    return text.raw[first.start : end].strip(" ,(")[:LONGEST_PART]


def quote_of(reading: Reading, index: int, first: int, said: Details) -> str:
    """The words to show as evidence: around the name, from the clause's start, and as far as the details reach."""
    text, name = reading.text, reading.names[index]
    start = max(min(first, name.first), name.first - QUOTE_TOKENS)
    end = max(name.last, min(text.sentence_of(name.first).last, name.last + QUOTE_TOKENS))
    anchor = text.tokens[name.first].start
    low, high = max(anchor - FARTHEST, 0), min(text.tokens[name.last].end + 2 * FARTHEST, len(text.raw))
    for part in said.parts():
        at = text.raw.find(part, anchor, high)
        at = at if at >= 0 else text.raw.find(part, low, high)
        while at >= 0 and start > 0 and text.tokens[start].start > at:
            start -= 1
        while at >= 0 and end + 1 < len(text.tokens) and text.tokens[end].end < at + len(part):
            end += 1
    while end > name.last and text.tokens[end].end - text.tokens[start].start > LONGEST_QUOTE:
        end -= 1
    while start < name.first and text.tokens[end].end - text.tokens[start].start > LONGEST_QUOTE:
        start += 1
    return text.whole_span(start, end) + (")" if end == name.last and name.bracket else "")


def has_new_dose(reading: Reading, index: int) -> bool:
    """Whether the words behind a name change its dose: "was 50 until August, now 100"."""
    doses = sorted(reading.owners.own[index].doses, key=lambda span: span.start)
    return _after_change(flat(reading.text.raw), doses) is not None
