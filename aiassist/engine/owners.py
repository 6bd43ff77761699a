"""To which name a dose or a frequency belongs: to the one that it follows or leads to inside its piece of the answer.

Every span of `details.spans_in` has one owner or none.
"""

# Tables of patterns read better unwrapped.

import re
from dataclasses import dataclass, field

from aiassist.engine import accounting, details
from aiassist.engine.details import Span
from aiassist.engine.mentions import Name
from aiassist.engine.segments import pieces_of
from aiassist.engine.text import LONGEST_CLAUSE, Text, flat

FARTHEST = 200  # characters between a name and its dose
_ADJACENT = re.compile(
    r"(?:[\s,:;()\-–—=@]|\.(?!\d)){0,6}(?:(?:at|to|is|was|de|of|the|con|sodium|tabs?|now|only|solo|una|otc|generic|brand|generico|strength|dose|dosis|about|\(\w{1,20}\)) ?){0,2}[\s(]{0,2}"
)
_LEADS = re.compile(
    r"\s{0,2}(?:(?:of|de|del|tablets?|pills?|capsules?|caps?|tabs?|pastillas?|tabletas?|comprimidos?|x|dose of|the|my|a|baby|low dose|each of)\b\s{0,2}){0,2}\(?"
)
_OF = re.compile(r"\s{0,2}(?:(?:tablets?|pills?|capsules?|pastillas?|tabletas?)\s)?(?:of|de)\s{1,2}")
# Between an old dose and a new one, and before a new one.
CHANGED = re.compile(
    r"\s{0,2}(?:-{1,2}>|=>|→|➔|>{1,2}|(?:mg )?(?:(?:went |going |got )?(?:up |down )?(?:to|now)|now|ahora|changed to|increased to|decreased to|raised to|lowered to|y ahora|a|hasta)\b)\s{0,2}"
)
NOW_BEFORE = re.compile(
    r"(?:now|ahora|currently|actualmente|new dose|changed to|increased to|went up to|up to|upped to|bumped to|raised to|decreased to|lowered to|reduced to|down to|moved to|me (?:lo |la )?(?:subieron|bajaron|aumentaron|cambiaron) a|subio a|bajo a)\b[\s:]{0,2}(?:it's |its |is |at |on |taking |i take |tomo |de )?$"
)
_ENTRY = re.compile(r"[,;\n|]")
_BOTH = re.compile(r"\b(?:both|all(?: of them)?|each|todas|todos|ambas|ambos|cada una)\b")


@dataclass(slots=True)
class Own:
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

    own: list[Own]

    def has_details(self, index: int) -> bool:
        """Whether a dose or a frequency belongs to name `index`."""
        return bool(self.own[index].doses or self.own[index].frequencies)


def owners_of(text: Text, names: list[Name]) -> Owners:
    """Give every dose and frequency of a text to one of its names, or to none."""
    owners = Owners([Own() for _ in names])
    if not names:
        return owners
    spans = sorted([*details.spans_in(text.raw), *_bare_doses(text, names)], key=lambda span: (span.start, -span.end))
    at, end = 0, 0
    for span in spans:
        if span.kind == "time" or span.start < end:
            continue
        end = span.end
        while at < len(names) and text.tokens[names[at].first].start < span.end:
            at += 1
        previous, following = at - 1, at if at < len(names) else -1
        for part in _at_comma(text, names, previous, following, span):
            owner = _owner(text, names, previous, following, part)
            if owner >= 0:
                owners.own[owner].add(part)
                _share(text, names, owners, owner, part)
    return owners


def _at_comma(text: Text, names: list[Name], previous: int, following: int, span: Span) -> list[Span]:
    """The span, cut at its last comma where what follows the comma leads to a name: "25 mg HS, prn [Ativan]"."""
    comma = text.raw.rfind(",", span.start, span.end)
    if span.kind != "frequency" or comma < 0 or previous < 0 or following < 0:
        return [span]
    gap = text.raw[span.end : text.tokens[names[following].first].start]
    if not _LEADS.fullmatch(gap):
        return [span]
    rest = comma + 1 + len(text.raw[comma + 1 : span.end]) - len(text.raw[comma + 1 : span.end].lstrip())
    return [Span("frequency", span.start, comma), Span("frequency", rest, span.end)]


def _owner(text: Text, names: list[Name], previous: int, following: int, span: Span) -> int:
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
    if _leads_with_a_name(text, names[previous], token):
        return -1
    if before:
        return previous
    return previous if _same_talk(text, names[previous], token) else -1


def _leads_with_a_name(text: Text, name: Name, token: int) -> bool:
    """Whether an entry of its own begins between a name and a dose, with a word that is known for nothing else:
    "MTX 10 weekly, FA [1 mg]".
    """
    starts = [i for i in range(name.last + 1, token) if _ENTRY.search(text.gap(i - 1))]
    if not starts:
        return False
    first = text.norms[starts[-1]]
    return first.isalpha() and first not in accounting.all_words()


def _touches(text: Text, name: Name, span: Span) -> bool:
    return bool(_ADJACENT.fullmatch(flat(text.raw[text.tokens[name.last].end : span.start])))


def _same_talk(text: Text, name: Name, token: int) -> bool:
    """Whether a token without a name in its piece still speaks of the name: in its sentence or the next one."""
    sentence, other = text.sentence_of(name.last), text.sentence_of(token)
    if sentence == other or text.sentence_after(sentence) == other:
        return token - name.last <= LONGEST_CLAUSE
    return False


def _share(text: Text, names: list[Name], owners: Owners, owner: int, span: Span) -> None:
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


def _bare_doses(text: Text, names: list[Name]) -> list[Span]:
    """Numbers that are doses by their place: right behind a name, after "now" or an arrow, or before a second
    frequency ("500 in am and 1000 in pm").
    """
    folded = flat(text.raw)
    spans = details.spans_in(text.raw)
    taken = [(span.start, span.end) for span in spans]
    found: list[Span] = []
    for index, name in enumerate(names):
        start = text.tokens[name.last].end
        glued = details.GLUED_DOSE.match(folded, start) if start < len(folded) and folded[start].isdigit() else None
        if glued:
            found.append(Span("dose", glued.start(), glued.end()))
            start = glued.end()
        stop = text.tokens[names[index + 1].first].start if index + 1 < len(names) else len(text.raw)
        stop = min(stop, start + FARTHEST)
        match = _ADJACENT.match(folded, start, stop)
        at = match.end() if match else start
        while at < stop:
            number = details.BARE_DOSE.match(folded, at, min(stop, at + 24))
            if number is None or _overlaps(taken, number.start(), number.end()):
                break
            found.append(Span("dose", number.start(), number.end()))
            change = CHANGED.match(folded, number.end(), stop)
            if change is None:
                break
            at = change.end()
        found += _later_numbers(folded, spans, at, stop)
        found += _leading_number(text, names, index, folded, taken)
    return found


_NUMBER_BEFORE = re.compile(
    rf"(?:and|y|,|\+|/|then|luego|except|excepto|salvo|but|pero|alternating with|alternate|or)\s{{0,2}}({details.BARE_DOSE.pattern})\s{{0,2}}$"
)


_LEADING_NUMBER = re.compile(
    rf"(?:^|[\s,;(])({details.BARE_DOSE.pattern}|half(?: an?| of an?)?|medi[oa]|two|three|dos|tres)\s{{1,2}}(?:of |of the |de |de la |a |an )?$"
)


def _leading_number(text: Text, names: list[Name], index: int, folded: str, taken: list[tuple[int, int]]) -> list[Span]:
    """A number without a unit right before a name that opens its piece: "20 of lisinopril", "half a Xanax"."""
    name = names[index]
    here = text.tokens[name.first].start
    match = _LEADING_NUMBER.search(folded, max(here - 26, 0), here)
    if match is None or _overlaps(taken, match.start(1), match.end(1)):
        return []
    piece = pieces_of(text.raw).of(_token_at(text, match.start(1)))
    opens = piece is not None and not (index and names[index - 1].last >= piece.first)
    return [Span("dose", match.start(1), match.end(1))] if opens else []


_FROM_TO = re.compile(
    r"(?:from|de) (\d+(?:\.\d+)?)(?: ?(?:mg|mcg))?,? (?:up |down )?(?:to|a) (\d+(?:\.\d+)?(?: ?(?:mg|mcg|ml|units?))?)(?![\w.])"
)


def _later_numbers(folded: str, spans: tuple[Span, ...], start: int, stop: int) -> list[Span]:
    """Bare numbers further on: before a second frequency, and behind "now" or "changed to"."""
    found: list[Span] = []
    own = [span for span in spans if start <= span.start < stop]
    for span in own[1:]:
        match = (
            _NUMBER_BEFORE.search(folded, max(span.start - 24, start), span.start) if span.kind == "frequency" else None
        )
        if match:
            found.append(Span("dose", match.start(1), match.start(1) + len(match.group(1).rstrip())))
    for match in _FROM_TO.finditer(folded, start, stop):
        found += [Span("dose", match.start(group), match.end(group)) for group in (1, 2)]
    for number in re.finditer(r"(?<![\w.,/])[.,]?\d", folded[start:stop]):
        at = start + number.start()
        if not NOW_BEFORE.search(folded, max(at - 40, start), at):
            continue
        match = details.BARE_DOSE.match(folded, at, min(at + 24, stop))
        if match and not any(span.start <= at < span.end for span in own):
            found.append(Span("dose", match.start(), match.end()))
    return found


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(first < end and start < last for first, last in taken)
