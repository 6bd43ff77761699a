"""Reads the clause before a name: who, when, whether, and whether it does harm. The later cue wins over the earlier,
and a cue that trails another name in its piece of the answer says nothing about the names after the piece.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from aiassist.engine import cues
from aiassist.engine.answer_reading import Reading
from aiassist.engine.details import REACTION
from aiassist.engine.mentions import Name
from aiassist.engine.segments import pieces_of
from aiassist.engine.text import Text, clause_bounds, flat, gap_mark, parse, with_apostrophe

NEGATION_REACH = 60  # characters of folded text
_TRAILING = frozenset(
    ["doubt", "past", "recent", "other", "child", "negated", "tolerated", "asked", "allergy", "treated"]
)
_OR = re.compile(r"(?<!\w)(?:or|nor|ni|neither|o|u)(?!\w)")
_AND_BEHIND = re.compile(r"(?<!\w)(?:and|y|e|plus)\s*$")
_OBJECT = re.compile(
    r"(?<!\w)(?:any(?:thing)?|medic\w{2,8}|meds?|pills?|pastillas?|drugs?|vitamins?|vitaminas?|"
    r"allerg\w{1,6}|alergi\w{1,4}|nada|nothing|prescri\w{3,7}|refills?|supplements?|it|them|that)(?!\w)"
)
_DRUGS = re.compile(r"(?<!\w)(?:drugs?|med\w{0,10}|medic\w{2,8}|farmacos?|remedios?)(?!\w)")
_AFFIRMS = re.compile(
    r"(?<!\w)(?:on|take|takes|taking|use|using|just|only|now|but|i|i'm|im|am|have|yes|tomo|uso|si|solo|currently|also|gives?|makes?|causes?)(?!\w)"
)


@dataclass(slots=True)
class Said:
    """What the clause before a name has established so far. `negated` is where the denial ends, or -1.

    `denied` when an allergy is denied, `tolerated` when the substance is said to do no harm, `doubtful` when a denial
    before a comma may or may not reach the name, `reported` when a relative says so.
    """

    other: bool = False
    child: bool = False
    negated: int = -1
    past: bool = False
    recent: bool = False
    asked: bool = False
    allergy: bool = False
    denied: bool = False
    tolerated: bool = False
    use: bool = False
    third: bool = False
    doubtful: bool = False
    reported: bool = False

    @property
    def not_allergic(self) -> bool:
        """Whether the substance does no harm."""
        return self.denied or self.tolerated

    def hear(self, kind: str, end: int) -> None:
        """Apply one cue that ends at character `end`."""
        getattr(self, f"_{kind}")(end)

    def _fresh(self, end: int) -> None:
        """A new statement of the patient's own begins."""
        self._goes_on(end)
        self.other = self.child = False

    def _goes_on(self, end: int) -> None:
        """A new statement about the same person begins."""
        self.negated = -1
        self.past = self.recent = self.asked = self.allergy = self.denied = self.tolerated = False

    def _renewed(self, end: int) -> None:
        self._fresh(end)
        self.use = True

    def _self(self, end: int) -> None:
        self.other = self.child = False

    def _other(self, end: int) -> None:
        self.other = True

    def _child(self, end: int) -> None:
        self.child = True

    def _except(self, end: int) -> None:
        self.negated, self.denied, self.tolerated = -1, False, False

    def _nothing(self, end: int) -> None:
        """Words that look like a cue and are none: "not sure", "never miss"."""

    def _negated(self, end: int) -> None:
        self.negated, self.allergy = end, False

    def _past(self, end: int) -> None:
        self.past, self.use = True, False

    def _recent(self, end: int) -> None:
        self.recent = True

    def _asked(self, end: int) -> None:
        self.asked = True

    def _doubt(self, end: int) -> None:
        self.doubtful = True

    def _reported(self, end: int) -> None:
        self.reported = True

    def _treated(self, end: int) -> None:
        self.use, self.allergy = True, False

    def _allergy(self, end: int) -> None:
        self.allergy, self.denied = self.negated < 0, self.negated >= 0

    def _tolerated(self, end: int) -> None:
        self.tolerated = True

    def _use(self, end: int) -> None:
        self.use = True
        if not self.past:
            self.recent = False


# In the order of precedence: where two overlap, the earlier counts and the later does not.
_EVENTS = (
    ("renewed", cues.RENEWED),
    ("treated", cues.ALLERGY_TREATED),
    ("tolerated", cues.NO_PROBLEM),
    ("allergy", cues.ALLERGY_BEFORE),
    ("tolerated", cues.TOLERATED),
    ("doubt", cues.DOUBT_BEFORE),
    ("nothing", cues.NOT_NEGATION),
    ("past", cues.PAST),
    ("asked", cues.ASKING),
    ("reported", cues.REPORTED),
    ("other", cues.FAMILY),
    ("child", cues.CHILDREN),
    ("except", cues.EXCEPT),
    ("negated", cues.NEGATION),
    ("recent", cues.RECENT),
    ("use", cues.USE),
)
_EVENTS_OF_QUESTIONS = (*_EVENTS[:9], ("asked", cues.ASKING_AUX), *_EVENTS[9:])


@dataclass(frozen=True, slots=True)
class Lead:
    """The folded words before a name in its clause, without closed brackets, and which token each stands for."""

    words: str
    starts: tuple[int, ...]
    tokens: tuple[int, ...]

    def token_at(self, position: int) -> int:
        """The token that a character of `words` belongs to."""
        at = bisect_right(self.starts, position) - 1
        return self.tokens[max(at, 0)] if self.tokens else -1


def lead_of(text: Text, name: Name) -> Lead:
    """The words before a name, from where its clause begins."""
    first, _ = clause_bounds(text, name.first)
    hidden = _closed_brackets(text, first, name.first)
    words, starts, tokens, at = [], [], [], 0
    for index in range(first, name.first):
        if index in hidden:
            continue
        for part in (with_apostrophe(text.norms[index]), gap_mark(text, index)):
            if part:
                words.append(part)
                starts.append(at)
                tokens.append(index)
                at += len(part) + 1
    return Lead(" ".join(words), tuple(starts), tuple(tokens))


def _closed_brackets(text: Text, first: int, last: int) -> set[int]:
    """The tokens from `first` to before `last` inside brackets that close before `last`."""
    hidden: set[int] = set()
    opened: list[int] = []
    for index in range(first, last):
        if index > first:
            gap = text.gap(index - 1)
            opened += [index] * min(gap.count("("), 3)
        if ")" in text.gap(index) and opened:
            hidden.update(range(opened.pop(), index + 1))
    return hidden


@lru_cache(maxsize=1024)
def _events_in(words: str, asks: bool) -> tuple[tuple[int, int, str], ...]:
    """The cues in the words before a name, not overlapping: start, end, kind."""
    events: list[tuple[int, int, str]] = []
    for kind, pattern in _EVENTS_OF_QUESTIONS if asks else _EVENTS:
        for match in pattern.finditer(words):
            if not any(match.start() < end and start < match.end() for start, end, _ in events):
                events.append((match.start(), match.end(), kind))
    return tuple(events)


def before(reading: Reading, index: int) -> Said:
    """Apply the cues before a name, in its clause, in order."""
    text, names = reading.text, reading.names
    name = names[index]
    lead = lead_of(text, name)
    pre = lead.words
    cued = _events_in(pre, text.sentence_of(name.first).asks)
    events = [event for event in cued if not _trails_another(text, names, index, lead, event)]
    events += [
        (match.start(), match.end(), "fresh") for match in cues.FRESH.finditer(pre) if not _swallowed(match, events)
    ]
    events += [(match.start(), match.end(), "self") for match in cues.SELF.finditer(pre)]
    events += [(match.start(), match.end(), "goes_on") for match in cues.GOES_ON.finditer(pre)]
    said = Said(third=bool(cues.THIRD_PERSON.search(pre)))
    for _, end, kind in sorted(events, key=lambda event: (event[0], event[2] not in ("fresh", "goes_on"))):
        said.hear(kind, end)
    if said.negated >= 0:
        _limit(reading, index, pre, said)
    if said.past and _is_new_item(reading, index, pre):
        said.past, said.use = False, False
    return said


def _swallowed(match: re.Match[str], events: list[tuple[int, int, str]]) -> bool:
    """Whether "I take" is only a part of another cue: of "should I take", or of "before I used to take"."""
    for start, end, kind in events:
        if match.start() < end and start < match.end():
            if kind in ("asked", "nothing"):
                return True
            if kind in ("past", "recent") and start < match.start():
                return True
    return False


def _trails_another(text: Text, names: list[Name], index: int, lead: Lead, event: tuple[int, int, str]) -> bool:
    """Whether a cue stands behind another name in a piece that ends before this name: "Zoloft stopped, [Lexapro]"."""
    if event[2] not in _TRAILING or not lead.tokens:
        return False
    first, last = lead.token_at(event[0]), lead.token_at(event[1] - 1)
    pieces = pieces_of(text.raw)
    piece, own = pieces.of(first), pieces.of(names[index].first)
    if piece is None or own is None or piece == own or pieces.of(last) == own:
        return False
    return any(piece.first <= other.first and other.last < first for other in names[max(index - 4, 0) : index])


def _is_new_item(reading: Reading, index: int, pre: str) -> bool:
    """Whether a name after a comma is no more of what was stopped: "no longer take Lipitor, [Crestor 20] instead"."""
    names = reading.names
    comma = pre.rstrip().endswith(",")
    if not comma or index == 0 or _or_follows(reading.text, names, index):
        return False
    piece = pieces_of(reading.text.raw).of(names[index].first)
    instead = reading.text.norms[names[index].last + 1 : (piece.last if piece else names[index].last) + 1]
    own = reading.owners.has_details(index) and not reading.owners.has_details(index - 1)
    return own or "instead" in instead or "ahora" in instead or "now" in instead


def _limit(reading: Reading, index: int, pre: str, said: Said) -> None:
    """Lift the denial where it does not reach the name, or note that it may not."""
    text, names = reading.text, reading.names
    if len(pre) - said.negated > NEGATION_REACH:
        said.negated = -1
        return
    between = pre[said.negated :]
    own_details = reading.owners.has_details(index)
    parts = between.split(",")
    if len(parts) == 1:
        if own_details and _AND_BEHIND.search(between) and _names_in(text, names, index, between):
            said.negated = -1
        return
    complete = not parts[0].strip() or bool(_OBJECT.search(parts[0])) or _names_in(text, names, index, between)
    if not complete:
        return
    if names[index].medicine is None and _DRUGS.search(parts[0]):
        said.negated, said.denied = -1, False
        return
    listed = bool(_OR.search(between)) or _or_follows(text, names, index)
    reacts = REACTION.match(flat(text.raw), text.tokens[names[index].last].end + 1)
    if (
        own_details
        or reacts
        or _affirmed_behind(text, names[index])
        or (_AFFIRMS.search(parts[-1]) and not cues.NEGATION.search(parts[-1]))
    ):
        said.negated, said.denied = -1, False
    elif not listed or not parts[0].strip():
        said.negated, said.denied, said.doubtful = -1, False, bool(parts[0].strip())


def _affirmed_behind(text: Text, name: Name) -> bool:
    """Whether "yes" or "sí" follows: "no soy alérgico a la penicilina, a las sulfas sí"."""
    after = text.norms[name.last + 1 : name.last + 3]
    return after[:1] in (["si"], ["yes"], ["yeah"]) or after == ["i", "am"]


def _names_in(text: Text, names: list[Name], index: int, words: str) -> bool:
    """Whether one of the names before stands in the folded words."""
    return any(
        " ".join(text.norms[other.first : other.core + 1]) in words for other in names[max(index - 6, 0) : index]
    )


def _or_follows(text: Text, names: list[Name], index: int) -> bool:
    """Whether the list that the name is in ends with "or"."""
    for here, following in zip(names[index : index + 6], names[index + 1 : index + 7], strict=False):
        between = text.norms[here.last + 1 : following.first]
        if any(_OR.fullmatch(word) for word in between):
            return True
        if between:
            return False
    return False


@lru_cache(maxsize=256)
def instruction_in(raw: str) -> int:
    """The first token of the first sentence that reads like an instruction to a machine; -1 when there is none."""
    text = parse(raw)
    for sentence in text.sentences:
        if cues.INSTRUCTION.search(" ".join(text.norms[sentence.first : sentence.last + 1])):
            return sentence.first
    return -1
