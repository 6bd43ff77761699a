"""Whether a free sentence changes what its quote says: a number, a side, a time, a trend, a person, a doubt.

A value belongs to its noun: it has to be said in the quote, and nearer to the words that the sentence puts beside it
than any other value of its family.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from aiassist.engine.frequencies import contradicts
from aiassist.engine.noun_scopes import DOSES, UNITS, Segment, all_values, is_person, segments_of
from aiassist.engine.schema import Reason
from aiassist.engine.stances import without_what_was
from aiassist.engine.synonyms import FAMILIES

MOST = 150  # segments of the quotes of one sentence that are read; what stands behind them proves nothing
APART = 2  # how much farther the next sentence is than the next segment
_THEN = re.compile(
    r"\b(?:was|were|had|been|previous\w*|former\w*|used to|before|until|past|ago|last|history|prior|earlier|initial\w*|"
    r"from|tried|finished|complet\w*|antes|era|estaba|tuvo|tenia|fue|fumaba|tomaba|anterior\w*|de \S*\d|hasta|previ\w*|"
    r"resolv\w*)\b|\b(?:in|en|of|de) (?:19|20)\d\d"
)
# Families whose values belong to a noun.
_BOUND = ("name", "side", "part", "severity", "trend", "amount", "weight", "when", "daypart")
_LOOSE = frozenset(["part", "severity", "daypart"])  # of these, only a rival in the very words counts
_NO_NOUNS = frozenset({*FAMILIES, "when", "daypart"} - {"part"})
_NOT = re.compile(
    r"\b(?:declin\w*|refus\w*|reject\w*|rechaz\w*|only|no|not|without|denies|denied|"
    r"never|sin|niega|nunca|ni|ya no)\b|n't\b"
)
_GROUPS = {
    "family": None,  # proved by any person
    "parent": {"mother", "father"},
    "sibling": {"sister", "brother"},
    "child": {"son", "daughter"},
    "spouse": {"wife", "husband"},
    "partner": {"wife", "husband", "spouse"},
}


@dataclass(slots=True)
class _Said:
    """What the quotes say, what their questions add to it, and the whole sentences around them."""

    segments: Sequence[Segment]
    asked: Sequence[Segment]
    around: Sequence[Segment]

    def values(self, family: str) -> set[str]:
        return all_values((*self.segments, *self.asked), family)


def changes(
    text: str, quotes: Sequence[str], around: Sequence[str], questions: Sequence[str], *, relatives: bool, worries: bool
) -> list[Reason]:
    """What of `text` its quotes do not say, or say of something or another person.

    `around` are the sentences that the quotes are taken from: a quote that is cut short denies nothing. `questions`
    are the labels of the quoted answers; `relatives`: they ask about relatives. `worries`: the sentence is listed as a
    worry, so that it states no fact.
    """
    asked = _read(questions, relatives=False)
    said = _Said(_beginning_with(asked, _read(quotes, relatives=relatives)), asked, _read(around, relatives=relatives))
    told = segments_of(text)
    reasons = []
    contradicted = any(contradicts(without_what_was(quote), text) for quote in quotes)
    if (
        contradicted
        or _number_is_new(told, said)
        or any(_misplaced(segment, said.segments, numbers=True) for segment in told)
    ):
        reasons.append(Reason.NUMBER_NOT_IN_QUOTE)
    if _word_is_new(told, said) or any(_misplaced(segment, said.segments, numbers=False) for segment in told):
        reasons.append(Reason.CHANGED_WORD)
    if _person_differs(told, said):
        reasons.append(Reason.ANOTHER_PERSON)
    if _is_over(told, said.around):
        reasons.append(Reason.LOOKS_PAST)
    if not worries and _doubt_is_lost(told, said.around):
        reasons.append(Reason.LOST_DOUBT)
    return reasons


def _read(texts: Sequence[str], *, relatives: bool) -> list[Segment]:
    """The segments of several texts, the sentences of which are counted through; `MOST` at most."""
    read: list[Segment] = []
    for text in texts:
        after = read[-1].sentence + 1 if read else 0
        parts = segments_of(text, family_history=relatives)
        read += [replace(part, sentence=part.sentence + after) for part in parts[: MOST - len(read)]]
    return read


def _beginning_with(asked: Sequence[Segment], segments: list[Segment]) -> list[Segment]:
    """The segments of the quotes, the first of which answers the question and so is about its words too."""
    if not segments:
        return []
    words = segments[0].words | {word for segment in asked for word in segment.words}
    return [replace(segments[0], words=words), *segments[1:]]


def is_said_of(text: str, quotes: Sequence[str]) -> bool:
    """Whether the quotes say the words of `text` of the name in it, and not nearer to another name."""
    said = _read(quotes, relatives=False)
    return not any(
        _belongs_elsewhere("name", name, segment, said)
        for segment in segments_of(text)
        for name in _claims("name", segment)
    )


# --- numbers


def _number_is_new(told: Sequence[Segment], said: _Said) -> bool:
    """Whether a number, or what it counts, is not said; "once" is said by words without a number."""
    segments = (*said.segments, *said.asked)
    known = {number for segment in segments for number in segment.supported}
    counted = {measure for segment in segments for measure in segment.measures}
    bare = {
        value for segment in segments for kind in ("bare", "year") for value in segment.values.get(f"number:{kind}", ())
    }
    for segment in told:
        missing = segment.numbers - known
        if missing and not (missing == {1.0} and not (known - {1.0})):
            return True
        if any(_counts_another(measure, counted, bare) for measure in segment.measures - counted):
            return True
    return False


def _counts_another(measure: tuple[float, str], counted: set[tuple[float, str]], bare: set[str]) -> bool:
    """Whether a number is said of another thing, or the thing with another number: "40 nights" for "3 nights … 40"."""
    number, unit = measure
    if any(other == number and thing in UNITS for other, thing in counted) and unit in UNITS:
        return f"{number:g}" not in bare
    return unit not in DOSES and any(thing == unit for _, thing in counted)


# --- words that exclude one another


def _word_is_new(told: Sequence[Segment], said: _Said) -> bool:
    """Whether a side, a body part, a month, a trend … is not said."""
    for family in FAMILIES:
        known = said.values(family)
        for value in {value for segment in told for value in segment.values.get(family, ())}:
            if value not in known and not _shown_by_numbers(family, value, told, said):
                return True
        for value in {value for segment in told for value in segment.weak.get(family, ())}:
            if value not in known and known:
                return True
    return False


def _shown_by_numbers(family: str, value: str, told: Sequence[Segment], said: _Said) -> bool:
    """Whether "rose" is said by numbers: "rose from 3.1 to 4.6", "4 mg, it was 6"."""
    if family != "amount" or said.values(family) - {value}:
        return False
    for segments in (told, *_by_sentence(said.segments)):
        old = [float(number) for segment in segments if segment.past for number in _numbers_of(segment)]
        new = [float(number) for segment in segments if not segment.past for number in _numbers_of(segment)]
        if old and new and (max(old) < max(new) if value == "up" else max(old) > max(new)):
            return True
    return False


def _by_sentence(segments: Sequence[Segment]) -> list[Sequence[Segment]]:
    return [list(group) for _, group in groupby(segments, key=lambda segment: segment.sentence)]


def _numbers_of(segment: Segment) -> list[str]:
    return [
        value.split(" ")[0]
        for family, values in segment.values.items()
        if family.startswith("number:") and family not in ("number:year", "number:clock")
        for value in values
    ]


# --- what belongs together


def _misplaced(segment: Segment, said: Sequence[Segment], *, numbers: bool) -> bool:
    """Whether a value of the segment is said of other words than those beside it here."""
    families = [name for name in segment.values if name.startswith("number:")] if numbers else list(_BOUND)
    if not numbers and _is_turned_round(segment, said):
        return True
    return any(
        _belongs_elsewhere(family, value, segment, said) for family in families for value in _claims(family, segment)
    ) or (numbers and _is_old(segment, said))


_FROM_TO = re.compile(
    r"\b(?:from|de|del|desde) (?:my |the |el |la )?(\w+).{0,40}? (?:to|a|al|por) (?:my |the |el |la )?(\w+)"
)


def _is_turned_round(segment: Segment, said: Sequence[Segment]) -> bool:
    """Whether "from A to B" is told as "from B to A"."""
    told = {(match.group(1), match.group(2)) for match in _FROM_TO.finditer(segment.folded)}
    quoted = {(match.group(1), match.group(2)) for other in said for match in _FROM_TO.finditer(other.folded)}
    return any((second, first) in quoted for first, second in told)


def _claims(family: str, segment: Segment) -> set[str]:
    return segment.values.get(family, set()) | segment.weak.get(family, set())


def _belongs_elsewhere(family: str, value: str, segment: Segment, said: Sequence[Segment]) -> bool:
    if family.startswith("number:"):
        here, rivals = _places_of_number(family, value, segment, said)
    else:
        here = [i for i, other in enumerate(said) if other.says(family, value)]
        rivals = [i for i, other in enumerate(said) if _others_of(family, other) - _others_of(family, segment)]
    if not here or not rivals:
        return False
    if family in _LOOSE:
        here = sorted({*here, *(i - 1 for i in here if i and _goes_on_a_list(said[i], said[i - 1]))})
    near = 0 if family in _LOOSE else len(said)  # how far off a rival counts
    votes = [
        (nearest := _distance(places, rivals, said)) < _distance(places, here, said) and nearest <= near
        for places in _places_of_anchors(family, segment, said)
    ]
    return bool(votes) and (all(votes) if family in _LOOSE else sum(votes) * 2 > len(votes))


def _goes_on_a_list(segment: Segment, before: Segment) -> bool:
    """Whether a segment says no more than one word: "and hands" after "my feet swell"."""
    return segment.sentence == before.sentence and len(segment.words) == 1


def _places_of_number(
    family: str, value: str, segment: Segment, said: Sequence[Segment]
) -> tuple[list[int], list[int]]:
    """Where the quotes have a number, with or without its unit, and where they have another one of its kind."""
    number = float(value.split(" ")[0])
    here = [i for i, other in enumerate(said) if number in other.numbers]
    kinds = {family} | {
        kind for i in here for kind, values in said[i].values.items() if number in _as_numbers(kind, values)
    }
    rivals = [
        i
        for i, other in enumerate(said)
        if any(_as_numbers(kind, other.values.get(kind, ())) - segment.numbers for kind in kinds)
    ]
    return here, rivals


def _as_numbers(kind: str, values: Iterable[str]) -> set[float]:
    return {float(value.split(" ")[0]) for value in values} if kind.startswith("number:") else set()


def _others_of(family: str, segment: Segment) -> set[str]:
    """What a segment says of a family; of a trend also what only proves one ("heat helps")."""
    if family == "trend":
        return segment.proofs.get(family, set())
    return _claims(family, segment)


def _places_of_anchors(family: str, segment: Segment, said: Sequence[Segment]) -> Iterator[list[int]]:
    """Where the quotes have each of the words, and each of the other values, that stand beside a value."""
    for word in segment.words - (segment.names if family == "name" else set()):
        if word.partition(":")[0] not in _NO_NOUNS and not word.startswith(f"{family}:"):
            places = [i for i, other in enumerate(said) if word in other.words]
            if places:
                yield places
    for other_family, values in segment.values.items():
        if other_family == family or not other_family.startswith(("number:", "when", "daypart", "name")):
            continue
        for value in values:
            places = [i for i, other in enumerate(said) if other.says(other_family, value)]
            if places:
                yield places


def _distance(places: Iterable[int], others: Sequence[int], said: Sequence[Segment]) -> int:
    """How far the nearest two are apart; `others` are in order."""
    nearest = len(said) + APART
    for i in places:
        at = bisect_left(others, i)
        for j in others[max(at - 1, 0) : at + 1]:
            nearest = min(nearest, abs(i - j) + APART * (said[i].sentence != said[j].sentence))
    return nearest


def _is_old(segment: Segment, said: Sequence[Segment]) -> bool:
    """Whether a number is only said of the time before a change, and told as if it were so now."""
    if segment.past or _THEN.search(segment.folded):
        return False
    for family in [name for name in segment.values if name.startswith("number:")]:
        for value in segment.values[family]:
            saying = [
                other for other in said if other.says(family, value) or float(value.split(" ")[0]) in other.numbers
            ]
            if saying and all(other.past and not _same_time(segment, other) for other in saying):
                return True
    return False


def _same_time(segment: Segment, other: Segment) -> bool:
    """Whether both name the same day, month or season."""
    return bool(segment.values.get("when", set()) & other.values.get("when", set()))


# --- persons, ends and doubts


def _person_differs(told: Sequence[Segment], said: _Said) -> bool:
    known = said.values("person")
    for segment in told:
        for person in segment.proofs.get("person", ()):
            group = _GROUPS.get(person, set())
            if person not in known and not (known if group is None else known & group):
                return True
    return any(_is_said_of_others(segment, said.around) or _owns_anew(segment, said.around) for segment in told)


_OWNER = re.compile(r"(\w+)'s ")


def _owns_anew(segment: Segment, said: Sequence[Segment]) -> bool:
    """Whether something is told as another person's ("husband's skin") that no quote gives to one."""
    owners = [word for word in _OWNER.findall(segment.folded) if is_person([word])]
    return (
        bool(owners)
        and not any(is_person([word]) for other in said for word in _OWNER.findall(f"{other.folded} "))
        and not any(other.persons for other in said)
    )


def _is_said_of_others(segment: Segment, said: Sequence[Segment]) -> bool:
    """Whether the words of a segment are only said of persons whom it does not name, or only of the patient."""
    saying = [other for other in said if other.words & segment.words]
    if (
        segment.proofs.get("person")
        and segment.persons
        and saying
        and all(_is_of_self(other, segment) for other in saying)
    ):
        return True
    if not saying or not all(other.persons for other in saying):
        return False
    if segment.persons and ("family" in segment.persons or any("family" in other.persons for other in saying)):
        return False
    named = segment.persons | segment.proofs.get("person", set())
    return not any(other.persons & named or _same_group(other.persons, named) for other in saying)


_REPORTS = re.compile(
    r"\b(?:says?|said|thinks?|told|tells?|notic\w*|reports?|according|per|claims?|dice|dijo|cree|segun|nota|piensa)\b"
)


def _is_of_self(segment: Segment, told: Segment) -> bool:
    """Whether a segment is about the patient, other than as `told`: another person only reports it there."""
    if segment.persons:
        return False
    if "person" not in segment.proofs:
        return True
    return bool(_REPORTS.search(segment.folded)) and not _REPORTS.search(told.folded)


def _same_group(persons: set[str], named: set[str]) -> bool:
    return any((_GROUPS.get(name) or set()) & persons for name in named)


def _is_over(told: Sequence[Segment], said: Sequence[Segment]) -> bool:
    """Whether something that the quote says has ended is told as going on."""
    ended = [
        segment.says("startstop", "stop") or (i + 1 < len(said) and _ends_what_was_before(said[i + 1], segment))
        for i, segment in enumerate(said)
    ]
    for segment in told:
        whole = " ".join(other.folded for other in told if other.sentence == segment.sentence)
        if _THEN.search(whole) or _NOT.search(whole) or "stop" in all_values(told, "startstop"):
            continue
        votes = []
        for word in segment.words:
            places = [i for i, other in enumerate(said) if word in other.words]
            if places:
                votes.append(all(ended[i] for i in places))
        if sum(votes) * 2 >= len(votes) > 0:
            return True
    return False


_GONE = re.compile(
    r"\b(?:not|none|no|isn't|aren't|gone|went away|resolved|nothing|nada|ningun\w*|se quito|se fue|paso)\b"
)


def _ends_what_was_before(segment: Segment, before: Segment) -> bool:
    """Whether a segment says nothing but that what stands before it has ended: ", not any more", ", none since"."""
    own = {word for word in segment.words if not word.startswith(("startstop:", "when:"))}
    over = segment.says("startstop", "stop") or _GONE.search(segment.folded)
    return segment.sentence == before.sentence and bool(over) and not own and not segment.numbers


def _doubt_is_lost(told: Sequence[Segment], said: Sequence[Segment]) -> bool:
    """Whether something that the quote doubts, fears or asks is told as a fact."""
    if any(segment.asks or _is_doubted(segment) or "doubt" in segment.proofs for segment in told):
        return False
    doubted = [
        segment.asks
        or _is_doubted(segment)
        or (i + 1 < len(said) and _is_doubted(said[i + 1]) and _is_bare(said[i + 1]))
        for i, segment in enumerate(said)
    ]
    for segment in told:
        votes = []
        for word in segment.words:
            places = [i for i, other in enumerate(said) if word in other.words]
            if places:
                votes.append(all(doubted[i] for i in places))
        if sum(votes) * 2 > len(votes) > 0:
            return True
    return False


def _is_doubted(segment: Segment) -> bool:
    return bool(segment.values.get("doubt")) or "word:worry" in segment.words


def _is_bare(segment: Segment) -> bool:
    """Whether a segment has no words of its own: "not sure"."""
    return not {word for word in segment.words if not word.startswith(("doubt", "startstop"))} - {"sure", "segur"}
