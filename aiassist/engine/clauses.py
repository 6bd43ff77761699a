"""Reads the clause around a name: who, when, whether, and whether it does harm. The later cue wins over the earlier."""

import re
from dataclasses import dataclass

from aiassist.engine import cues, details, mentions
from aiassist.engine.findings import FindingStatus
from aiassist.engine.mentions import Name
from aiassist.engine.schema import Answer
from aiassist.engine.text import LONGEST_CLAUSE, Text, clause_bounds, folded_span, gap_mark, parse

NEGATION_REACH = 60  # characters of folded text
_LIST_WORDS = frozenset(["and", "or", "y", "o", "e", "the", "la", "el", "both"])
_GOES_ON = frozenset(
    ["it", "that", "this", "they", "both", "me", "i", "reaction", "causes", "gives", "made", "gave", "da", "dio", "se"]
)


@dataclass(slots=True)
class Said:
    """What the clause before a name has established so far."""

    other: bool = False
    child: bool = False
    negated: int = -1
    past: bool = False
    recent: bool = False
    asked: bool = False
    allergy: bool = False
    not_allergic: bool = False
    use: bool = False
    third: bool = False

    def hear(self, kind: str, end: int) -> None:
        """Take in one cue that ends at character `end`."""
        getattr(self, f"_{kind}")(end)

    def _fresh(self, end: int) -> None:
        """A new statement of the patient's own begins."""
        self._goes_on(end)
        self.other = self.child = False

    def _goes_on(self, end: int) -> None:
        """A new statement about the same person begins."""
        self.negated = -1
        self.past = self.recent = self.asked = self.allergy = self.not_allergic = False

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
        self.negated, self.not_allergic = -1, False

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

    def _treated(self, end: int) -> None:
        self.use, self.allergy = True, False

    def _allergy(self, end: int) -> None:
        self.allergy, self.not_allergic = self.negated < 0, self.negated >= 0

    def _tolerated(self, end: int) -> None:
        self.not_allergic = True

    def _use(self, end: int) -> None:
        self.use = True
        if not self.past:
            self.recent = False


# In the order of precedence: where two overlap, the earlier is heard and the later is not.
_EVENTS = (
    ("renewed", cues.RENEWED),
    ("treated", cues.ALLERGY_TREATED),
    ("allergy", cues.ALLERGY_BEFORE),
    ("tolerated", cues.TOLERATED),
    ("nothing", cues.NOT_NEGATION),
    ("past", cues.PAST),
    ("asked", cues.ASKING),
    ("other", cues.FAMILY),
    ("child", cues.CHILDREN),
    ("except", cues.EXCEPT),
    ("negated", cues.NEGATION),
    ("recent", cues.RECENT),
    ("use", cues.USE),
)
_EVENTS_OF_QUESTIONS = (*_EVENTS[:7], ("asked", cues.ASKING_AUX), *_EVENTS[7:])


def before(text: Text, name: Name) -> Said:
    """Play the cues before a name, in its clause, in order."""
    first, _ = clause_bounds(text, name.first)
    pre = folded_span(text, first, name.first - 1)
    if pre and (mark := gap_mark(text, name.first - 1)):
        pre += f" {mark}"
    events: list[tuple[int, int, str]] = []
    for kind, pattern in _EVENTS_OF_QUESTIONS if text.sentence_of(name.first).asks else _EVENTS:
        for match in pattern.finditer(pre):
            if not any(match.start() < end and start < match.end() for start, end, _ in events):
                events.append((match.start(), match.end(), kind))
    events += [
        (match.start(), match.end(), "fresh") for match in cues.FRESH.finditer(pre) if not _swallowed(match, events)
    ]
    events += [(match.start(), match.end(), "self") for match in cues.SELF.finditer(pre)]
    events += [(match.start(), match.end(), "goes_on") for match in cues.GOES_ON.finditer(pre)]
    said = Said(third=bool(cues.THIRD_PERSON.search(pre)))
    for _, end, kind in sorted(events, key=lambda event: (event[0], event[2] not in ("fresh", "goes_on"))):
        said.hear(kind, end)
    if said.negated >= 0 and len(pre) - said.negated > NEGATION_REACH:
        said.negated = -1
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


def after(text: Text, names: list[Name], index: int) -> str:
    """What follows a name in its clause, past the rest of a list of names ("aspirin and ibuprofen give me hives")."""
    _, last = clause_bounds(text, names[index].first)
    sentence = text.sentence_of(names[index].first)
    following = next((other for other in names[index + 1 :] if other.first > last), None)
    if following is None or following.first > sentence.last:
        last = min(sentence.last, names[index].last + LONGEST_CLAUSE)
    stop, position = last, index
    here = names[index].last
    while position + 1 < len(names) and names[position + 1].first <= last:
        between = text.norms[here + 1 : names[position + 1].first]
        if not all(word in _LIST_WORDS for word in between) or ";" in text.gap(here):
            stop = names[position + 1].first - 1
            break
        position += 1
        here = names[position].last
    if here >= stop:
        return ""
    mark = gap_mark(text, here)
    return f" {mark} {folded_span(text, here + 1, stop)}" if mark else " " + folded_span(text, here + 1, stop)


def next_sentence(text: Text, names: list[Name], index: int) -> str:
    """The sentence after the name's own, when it goes on about the name ("It gave me a rash")."""
    sentence = text.sentence_of(names[index].first)
    if index + 1 < len(names) and names[index + 1].first <= sentence.last:
        return ""
    following = text.sentence_after(sentence)
    if following is None or text.norms[following.first] not in _GOES_ON:
        return ""
    return " " + folded_span(text, following.first, min(following.last, following.first + LONGEST_CLAUSE))


def status_of(answer: Answer, text: Text, names: list[Name], index: int, said: Said) -> FindingStatus | None:
    """The verdict on one name, from what stands before and after it and from the topic; None when the words prove
    nothing.
    """
    name = names[index]
    post = after(text, names, index)
    if said.other and answer.topic == "medications" and _takes_a_relatives(text, name, post):
        return "unclear"
    if said.other or answer.topic == "family_history":
        return "family"
    if said.child and not cues.CHILDREN.search(" ".join(parse(answer.label).norms)):
        return "family"
    if cues.FAMILY_AFTER.match(post.strip()) and (said.third or "family" in post):
        return "family"
    treated = bool(_TREATED_AFTER.match(post))
    harm = _harm(answer, text, name, said, post, treated, next_sentence(text, names, index))
    if harm is not None:
        return harm
    return None if name.medicine is None else _use(answer, text, name, said, post, treated)


_TREATED_AFTER = re.compile(rf" (?:\w+ ){{0,4}}?{cues.ALLERGY_TREATED.pattern}")


def _harm(
    answer: Answer, text: Text, name: Name, said: Said, post: str, treated: bool, following: str
) -> FindingStatus | None:
    """Whether the patient reacts to the substance, denies it, or (None) the talk is of taking it."""
    if said.not_allergic:
        return "not_allergic"
    allergies = answer.topic == "allergies"
    reacts = _reacts_after(post, mild=allergies)
    told = said.allergy or bool(cues.ALLERGY_NOUN.match(post)) or reacts
    told = told or (said.negated < 0 and _reacts_after(following, mild=allergies))
    told = told or bool(name.allergen and "allerg" in name.allergen.name)
    told = told or bool(cues.ALLERGY_ALSO.search(post) and not cues.NEGATION.search(post))
    if told and (said.allergy or not treated):
        if said.negated >= 0 and not said.allergy and not reacts:
            return "not_allergic"
        return "asked" if said.asked and not said.allergy else "allergy"
    if allergies and not treated:
        if cues.HARMLESS_AFTER.match(post.strip()):
            return "not_allergic"
        if said.negated >= 0 or (said.asked and not said.use):
            return "not_allergic"
        taken = name.medicine is not None and ((said.use and _strong_use(text, name)) or said.past)
        return None if taken else "allergy"
    return None


def _use(answer: Answer, text: Text, name: Name, said: Said, post: str, treated: bool) -> FindingStatus | None:
    """Whether and when a medicine is taken."""
    asked_for = answer.topic == "medications"
    tail = post.strip()
    if said.negated >= 0:
        return "past" if cues.PAST_AFTER.match(tail) else "negated"
    if said.past:
        return "past"
    if said.asked:
        return "unclear" if cues.ASKED_OF_USE.search(_lead(text, name)) else "asked"
    if _past_after(post):
        return "past"
    if cues.NOT_TAKEN_AFTER.match(tail) or _is_denied_next(text, name):
        return "negated"
    if not said.use and _A_YEAR.match(tail):
        return "past"
    if mentions.is_weak(name, text) and not (asked_for or said.use or said.recent):
        return None
    if cues.INEFFECTIVE.match(tail) and not said.use:
        return "unclear"
    if said.recent or (not asked_for and cues.RECENT_AFTER.match(tail)):
        return "recent"
    return "current" if said.use or asked_for or treated else "unclear"


def _takes_a_relatives(text: Text, name: Name, post: str) -> bool:
    """ "my wife's ambien sometimes", said by somebody who is asked what they take, and nothing else about her."""
    nothing_else = not post.strip() or bool(details.frequency_in(post) or cues.NOW_AND_THEN.search(post))
    return nothing_else and bool(cues.RELATIVES_OWN.search(_lead(text, name)))


def _strong_use(text: Text, name: Name) -> bool:
    return bool(cues.STRONG_USE.search(_lead(text, name)))


def _lead(text: Text, name: Name) -> str:
    """The folded words of the clause before a name, with a space behind them."""
    first, _ = clause_bounds(text, name.first)
    words = folded_span(text, first, name.first - 1)
    return f"{words} " if words else ""


_A_YEAR = re.compile(r"(?:in|en) (?:19|20)\d\d(?= ?$| ?,)")


def _is_denied_next(text: Text, name: Name) -> bool:
    """Whether the name is a question that the patient asks and answers: "Warfarin? No."."""
    sentence = text.sentence_of(name.first)
    following = text.sentence_after(sentence)
    if following is None or not sentence.asks or name.first != sentence.first or following.last - following.first > 2:
        return False
    return bool(cues.DENIED.match(folded_span(text, following.first, following.last)))


def _reacts_after(post: str, *, mild: bool) -> bool:
    """Whether the words right after say that the substance does harm: the verb and, within reach, a reaction.

    `mild` also counts what any medicine may do ("makes me tired"): where allergies are asked for.
    """
    match = cues.ALLERGY_AFTER.search(post[:70])
    if match is None or match.start() > 24 or cues.NEGATION.search(post[: match.start()]):
        return False
    reaction = details.REACTION if mild else details.SEVERE_REACTION
    return bool(reaction.search(post[match.start() : match.start() + 90]))


def _past_after(post: str) -> bool:
    match = cues.PAST_AFTER.search(post[:60])
    return bool(match and match.start() <= 40 and not cues.FRESH.search(post[: match.start()]))
