"""To which item a dose, a frequency or a reaction belongs, and the quote that shows it.

Every span of `details.spans_in` has one owner: the name that it follows or leads to inside its piece of the answer.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from aiassist.engine import details, rows
from aiassist.engine.details import LONGEST_PART, Span
from aiassist.engine.mentions import Name
from aiassist.engine.schema import Answer
from aiassist.engine.segments import pieces_of
from aiassist.engine.text import LONGEST_CLAUSE, Text, flat, parse

QUOTE_TOKENS = 14
LONGEST_QUOTE = 1000  # characters
FARTHEST = 200  # characters between a name and its dose
_ADJACENT = re.compile(r"(?:[\s,:;(\-–—=@]|\.(?!\d)){0,6}(?:(?:at|to|is|was|de|of|the|con|sodium|tabs?|now|only|solo|una|strength|dose|dosis|about|\(\w{1,20}\)) ?){0,2}[\s(]{0,2}")
_LEADS = re.compile(r"\s{0,2}(?:(?:of|de|del|tablets?|pills?|capsules?|caps?|tabs?|pastillas?|tabletas?|comprimidos?|x|dose of|the|my|a|baby|low dose|each of)\b\s{0,2}){0,2}\(?")
_OF = re.compile(r"\s{0,2}(?:(?:tablets?|pills?|capsules?|pastillas?|tabletas?)\s)?(?:of|de)\s{1,2}")
_LINK = re.compile(r"[\s,(/)x×*=\-–:+]{0,5}(?:of|de|each|cada una|and|y|total)?[\s(]{0,2}")
# Between an old dose and a new one.
_CHANGED = re.compile(
    r"\s{0,2}(?:-{1,2}>|=>|→|➔|>{1,2}|(?:mg )?(?:(?:went |going |got )?(?:up |down )?(?:to|now)|now|ahora|changed to|increased to|decreased to|raised to|lowered to|y ahora|a|hasta)\b)\s{0,2}"
)
_CHANGE_BEFORE = re.compile(r"(?:from|was|were|used to be|antes|before|de|old|previously|started (?:at|on|with)|empece con|era)\s{0,2}(?:on |at |a |de )?$")
_NOW_BEFORE = re.compile(
    r"(?:now|ahora|currently|actualmente|new dose|changed to|increased to|went up to|up to|upped to|bumped to|raised to|decreased to|lowered to|reduced to|down to|moved to|me (?:lo |la )?(?:subieron|bajaron|aumentaron|cambiaron) a|subio a|bajo a)\b[\s:]{0,2}(?:it's |its |is |at |on |taking |i take |tomo |de )?$"
)
_CHANGE_WORD = re.compile(r"\b(?:now|ahora|changed?|increased?|went up|upped|bumped|raised|decreased?|lowered|reduced|subi\w{1,4}|baj[oa]\w{0,4}|aument\w{1,4}|cambi\w{1,4})\b|->|→|=>")
_BOTH = re.compile(r"\b(?:both|all(?: of them)?|each|todas|todos|ambas|ambos|cada una)\b")


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of an item, each verbatim or None."""

    dose: str | None = None
    frequency: str | None = None
    reaction: str | None = None

    def parts(self) -> list[str]:
        """Those that are said."""
        return [part for part in (self.dose, self.frequency, self.reaction) if part]


@dataclass(slots=True)
class _Own:
    """The spans of one name."""

    doses: list[Span] = field(default_factory=list)
    frequencies: list[Span] = field(default_factory=list)

    def add(self, span: Span) -> None:
        if span.kind == "dose":
            self.doses.append(span)
        elif span.kind == "frequency":
            self.frequencies.append(span)


@dataclass(slots=True)
class Owners:
    """The names of an answer with the spans that belong to each."""

    own: list[_Own]

    def has_details(self, index: int) -> bool:
        """Whether a dose or a frequency belongs to name `index`."""
        return bool(self.own[index].doses or self.own[index].frequencies)


@lru_cache(maxsize=256)
def owners_of(raw: str, names: tuple[Name, ...]) -> Owners:
    """Give every dose and frequency of `raw` to one of its names, or to none."""
    text = parse(raw)
    owners = Owners([_Own() for _ in names])
    spans = sorted([*details.spans_in(raw), *_bare_doses(text, names)], key=lambda span: (span.start, -span.end))
    at, end, last_owner = 0, 0, -1
    for span in spans:
        if span.kind == "time" or span.start < end:
            continue
        end = span.end
        while at < len(names) and text.tokens[names[at].first].start < span.end:
            at += 1
        previous, following = at - 1, at if at < len(names) else -1
        owner = _owner(text, names, previous, following, span)
        if owner < 0 and previous < 0 and last_owner < 0:
            continue
        owner = owner if owner >= 0 else -1
        if owner >= 0:
            owners.own[owner].add(span)
            last_owner = owner
            _share(text, names, owners, owner, span)
    return owners


def _owner(text: Text, names: tuple[Name, ...], previous: int, following: int, span: Span) -> int:
    """The name that a span belongs to, or -1."""
    pieces = pieces_of(text.raw)
    token = _token_at(text, span.start)
    piece = pieces.of(token)
    if previous >= 0 and text.tokens[names[previous].first].start <= span.start < text.tokens[names[previous].last].end:
        return -1  # a part of the name: "70/30", "b12"
    before = previous >= 0 and piece is not None and names[previous].last >= piece.first
    ahead = following >= 0 and piece is not None and names[following].first <= piece.last
    if ahead:
        gap = text.raw[span.end : text.tokens[names[following].first].start]
        if _OF.fullmatch(gap):
            return following
        if not before or (_LEADS.fullmatch(gap) and not _touches(text, names[previous], span)):
            leads = span.kind == "frequency" or len(gap) <= FARTHEST
            return following if leads and not before else following if _LEADS.fullmatch(gap) else previous
    if previous < 0 or span.start - text.tokens[names[previous].last].end > FARTHEST:
        return -1
    if before:
        return previous
    return previous if _same_talk(text, names[previous], token) else -1


def _touches(text: Text, name: Name, span: Span) -> bool:
    return bool(_ADJACENT.fullmatch(flat(text.raw[text.tokens[name.last].end : span.start])))


def _same_talk(text: Text, name: Name, token: int) -> bool:
    """Whether a token without a name in its piece still speaks of the name: in its sentence or the next one."""
    sentence, other = text.sentence_of(name.last), text.sentence_of(token)
    if sentence == other or text.sentence_after(sentence) == other:
        return token - name.last <= LONGEST_CLAUSE
    return False


def _share(text: Text, names: tuple[Name, ...], owners: Owners, owner: int, span: Span) -> None:
    """Give a frequency of "both" or "all" to the names before it too."""
    if span.kind != "frequency":
        return
    lead = flat(text.raw[max(span.start - 30, text.tokens[names[owner].last].end) : span.start])
    if not _BOTH.search(lead):
        return
    sentence = text.sentence_of(names[owner].first)
    for index in range(owner - 1, -1, -1):
        if names[index].first < sentence.first:
            break
        if not owners.own[index].frequencies:
            owners.own[index].add(span)


def _token_at(text: Text, position: int) -> int:
    """The token at or after a raw position."""
    low, high = 0, len(text.tokens) - 1
    while low < high:
        middle = (low + high) // 2
        if text.tokens[middle].end <= position:
            low = middle + 1
        else:
            high = middle
    return low


# --- doses without a unit


def _bare_doses(text: Text, names: tuple[Name, ...]) -> list[Span]:
    """Numbers that are doses by their place: right behind a name, after "now" or an arrow, or before a second
    frequency ("500 in am and 1000 in pm").
    """
    folded = flat(text.raw)
    spans = details.spans_in(text.raw)
    taken = [(span.start, span.end) for span in spans]
    found: list[Span] = []
    for index, name in enumerate(names):
        start = text.tokens[name.last].end
        stop = text.tokens[names[index + 1].first].start if index + 1 < len(names) else len(text.raw)
        stop = min(stop, start + FARTHEST)
        match = _ADJACENT.match(folded, start, stop)
        at = match.end() if match else start
        while at < stop:
            number = details.BARE_DOSE.match(folded, at, min(stop, at + 24))
            if number is None or _overlaps(taken, number.start(), number.end()):
                break
            found.append(Span("dose", number.start(), number.end()))
            change = _CHANGED.match(folded, number.end(), stop)
            if change is None:
                break
            at = change.end()
        found += _later_numbers(folded, spans, at, stop)
    return found


_NUMBER_BEFORE = re.compile(rf"(?:and|y|,|\+|/|then|luego)\s{{0,2}}({details.BARE_DOSE.pattern})\s{{0,2}}$")


def _later_numbers(folded: str, spans: tuple[Span, ...], start: int, stop: int) -> list[Span]:
    """Bare numbers further on: before a second frequency, and behind "now" or "changed to"."""
    found: list[Span] = []
    own = [span for span in spans if start <= span.start < stop]
    for span in own[1:]:
        match = _NUMBER_BEFORE.search(folded, max(span.start - 24, start), span.start) if span.kind == "frequency" else None
        if match:
            found.append(Span("dose", match.start(1), match.start(1) + len(match.group(1).rstrip())))
    for number in re.finditer(r"(?<![\w.,/])[.,]?\d", folded[start:stop]):
        at = start + number.start()
        if not _NOW_BEFORE.search(folded, max(at - 40, start), at):
            continue
        match = details.BARE_DOSE.match(folded, at, min(at + 24, stop))
        if match and not any(span.start <= at < span.end for span in own):
            found.append(Span("dose", match.start(), match.end()))
    return found


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(first < end and start < last for first, last in taken)


# --- what belongs to an item


def details_of(answer: Answer, text: Text, names: list[Name], index: int) -> Details:
    """Dose, frequency and reaction of a name. The columns of its row go before what its name cell says."""
    own = owners_of(text.raw, tuple(names)).own[index]
    said = Details(_dose(text, own), _frequency(text, own), None)
    row = rows.row_at(answer, text.tokens[names[index].first].start)
    if row is None:
        return said
    beside = [name for name in names if row.name.start <= text.tokens[name.first].start < row.name.end]
    if beside != [names[index]]:
        return _of_shared_row(answer, row, said, named=names[index] in beside)
    inside = Details(_inside(answer, row, said.dose), _inside(answer, row, said.frequency), None)
    columns = rows.columns_of(answer, row, inside.dose, inside.frequency)
    return Details(columns.dose, columns.frequency, columns.reaction)


def _inside(answer: Answer, row: rows.Row, part: str | None) -> str | None:
    """A dose or frequency that the name cell itself says."""
    return part if part and part in answer.text[row.name.start : row.name.end] else None


def _of_shared_row(answer: Answer, row: rows.Row, said: Details, *, named: bool) -> Details:
    """The details of one of several names of a row: its columns say how often, and of which name the dose is nobody
    knows.
    """
    if not named:
        return Details()
    columns = rows.columns_of(answer, row, None, None)
    return Details(_inside(answer, row, said.dose), columns.frequency or said.frequency, columns.reaction)


def _dose(text: Text, own: _Own) -> str | None:
    """The dose: the new one after a change, the whole schedule of several, or the parts that stand together."""
    if not own.doses:
        return None
    folded = flat(text.raw)
    doses = sorted(own.doses, key=lambda span: span.start)
    changed = _after_change(folded, doses)
    if changed is not None:
        doses = [changed]
    first, end = doses[0], doses[0].end
    for span in doses[1:]:
        between = folded[end : span.start]
        if _LINK.fullmatch(between) or _is_schedule(own, end, span):
            end = span.end
            following = [f for f in own.frequencies if f.start >= span.end and f.start - span.end <= 3]
            if following and not _LINK.fullmatch(between):
                end = following[0].end
    return text.raw[first.start : end].strip(" ,(")[:LONGEST_PART]


def _is_schedule(own: _Own, end: int, span: Span) -> bool:
    """Whether a frequency stands between two doses: "5 mg on Mondays and 2.5 mg on Tuesdays"."""
    return any(end <= frequency.start and frequency.end <= span.start for frequency in own.frequencies)


def _after_change(folded: str, doses: list[Span]) -> Span | None:
    """The new dose, where the words say that an old one was changed."""
    for old, new in zip(doses, doses[1:], strict=False):
        between = folded[old.end : new.start]
        lead = folded[max(old.start - 30, 0) : old.start]
        if _CHANGED.fullmatch(between) and (">" in between or "→" in between or "now" in between or "ahora" in between):
            return doses[-1]
        if _CHANGE_BEFORE.search(lead) and (_CHANGED.search(between) or _CHANGE_WORD.search(between)):
            return doses[-1]
        if _NOW_BEFORE.search(folded, max(new.start - 40, old.end), new.start):
            return new
        if _CHANGE_WORD.search(lead[-30:]) and _CHANGED.fullmatch(between):
            return doses[-1]
    return None


def _frequency(text: Text, own: _Own) -> str | None:
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


def quote_of(text: Text, names: list[Name], index: int, first: int, said: Details) -> str:
    """The words to show as evidence: around the name, from the clause's start, and as far as the details reach."""
    name = names[index]
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
    return text.whole_span(start, end)


def has_new_dose(text: Text, names: list[Name], index: int) -> bool:
    """Whether the words behind a name change its dose: "was 50 until August, now 100"."""
    doses = sorted(owners_of(text.raw, tuple(names)).own[index].doses, key=lambda span: span.start)
    return _after_change(flat(text.raw), doses) is not None
