"""A text cut into the stretches in which a number, a side or a time belongs to its noun."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from aiassist.engine import mentions
from aiassist.engine.lexicon import word_list
from aiassist.engine.synonyms import Sense, keys, listed, senses
from aiassist.engine.text import NUMBER_WORDS, Text, numbers_in, parse, with_apostrophe

_CUT = re.compile(r"[,;:()\n\[\]•|]|\s[-–—/]\s|[–—]")
_CONJUNCTIONS = frozenset(
    ["and", "but", "y", "e", "pero", "then", "while", "although", "though", "aunque", "mientras", "luego", "whereas"]
)
_OLD_TO_NEW = frozenset(["from", "to", "a", "hasta", "de"])
NEAR = 12  # words between the two numbers of a change
_CLOCK = frozenset(["at", "las"])
_ARTICLES = frozenset(["un", "una", "uno", "a", "an"])
_NO_DIGITS = frozenset(["once", "un", "una", "uno", "one", "half", "media", "medio"])
_COUNTED = frozenset(["vez", "pastilla", "tableta", "capsula", "dosis", "inhalacion", "gota"])
_ORDINALS = {
    word: float(rank)
    for words in (
        "first second third fourth fifth sixth seventh eighth ninth tenth",
        "primer segundo tercer cuarto quinto sexto septimo octavo noveno decimo",
        "primera segunda tercera cuarta quinta sexta septima octava novena decima",
    )
    for rank, word in enumerate(words.split(), 1)
}
DOSES = frozenset(["mg", "mcg", "g", "ml", "unit", "puff", "pill", "%"])
_KINDS = {
    **dict.fromkeys(DOSES, "dose"),
    **dict.fromkeys(("minute", "hour", "day", "week", "month", "year"), "duration"),
    **dict.fromkeys(("pound", "kilo"), "weight"),
    **dict.fromkeys(("drink", "smoke", "times"), "count"),
}
UNITS = frozenset(_KINDS)
_NAMED = frozenset(["drink", "smoke"])  # units that are also what is talked about
# What was so before, and is no more, or not yet.
_PAST = re.compile(
    r"\b(?:used to|previously|formerly|anteriormente|antes(?! de)|before that|before this|back then|up from|down from|"
    r"before(?= ?$)|until|till|hasta|(?:was|were|era|eran|estaba|estaban)(?: (?!not)\w+){0,2} \d\S*|solia\w*|"
    r"fumaba|tomaba|usaba|bebia)"
    r"(?!\w)|^from \S*\d|^de \d"
)
_COMPARED = re.compile(r"(?:than|que|de lo que|de|as) (?:before|antes|previously)|(?:it )?used to be (?=$)")
_SELF = re.compile(r"i|i'm|i've|i'd|i'll|im|ive|me|myself|we|yo|tengo|tomo|soy|estoy|fumo|bebo|uso|puedo|nuestro")
_OWN = frozenset(["my", "mi", "mis", "our"])
_LIKE = re.compile(r"\b(?:like|como|as|than|que)(?: a)? (?:my|mi|mis|her|his|su)\b")


@dataclass(slots=True)
class Segment:
    """One stretch, never changed once it is cut.

    `words` are the keys of its words of weight, `values` what it claims of each family, `weak` what it claims only
    against another value, `proofs` all that it can prove. `measures` are numbers with what they count, `names` the
    words that name a medicine or an allergen, `persons` those it is about other than the patient. `start` and `end`
    index the raw text. `asks`: its sentence is a question.
    """

    sentence: int
    start: int = 0
    end: int = 0
    folded: str = ""
    asks: bool = False
    words: set[str] = field(default_factory=set)
    values: dict[str, set[str]] = field(default_factory=dict)
    weak: dict[str, set[str]] = field(default_factory=dict)
    proofs: dict[str, set[str]] = field(default_factory=dict)
    numbers: set[float] = field(default_factory=set)
    supported: set[float] = field(default_factory=set)
    measures: set[tuple[float, str]] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    @property
    def past(self) -> bool:
        """Whether it says what was so before a change."""
        return bool(_PAST.search(_COMPARED.sub(" ", self.folded)))

    def says(self, family: str, value: str) -> bool:
        """Whether a value of a family is said or proved here."""
        return value in self.proofs.get(family, ())


@lru_cache(maxsize=512)
def segments_of(raw: str, *, family_history: bool = False) -> tuple[Segment, ...]:
    """The segments of a text in order. `family_history`: what names no person is about the family."""
    text = parse(raw)
    meant, named = senses(text.norms), keys(text.norms)
    named_here = mentions.find(text, guess=False)
    segments: list[Segment] = []
    for number, sentence in enumerate(text.sentences):
        cuts = [i for i in range(sentence.first + 1, sentence.last + 1) if _cuts_before(text, i)]
        for first, stop in zip([sentence.first, *cuts], [*cuts, sentence.last + 1], strict=True):
            segments.append(_segment(text, first, stop, number, meant, named))
            segments[-1].asks = sentence.asks
            _name(segments[-1], [name for name in named_here if first <= name.first < stop], named)
    _spread_persons(segments, family_history)
    return tuple(segments)


def _name(segment: Segment, names: list[mentions.Name], named: list[frozenset[str]]) -> None:
    """Note the medicines and allergens of a segment."""
    if names:
        segment.values["name"] = segment.proofs["name"] = {name.entry.ingredient for name in names}
        segment.names = {key for name in names for i in range(name.first, name.last + 1) for key in named[i]}


def _cuts_before(text: Text, index: int) -> bool:
    """Whether a segment begins at this token."""
    norm, gap = text.norms[index], text.gap(index - 1)
    if _CUT.search(gap):
        return not (gap.strip() == "," and text.norms[index][0].isdigit() and text.norms[index - 1][0].isdigit())
    if norm in _CONJUNCTIONS:
        return True
    following = text.norms[index + 1 : index + 3]
    return norm in _OLD_TO_NEW and any(word[0].isdigit() for word in following[:1]) and _is_change(text, index)


def _is_change(text: Text, index: int) -> bool:
    """Whether "from 20 … to 10" is said around this token: both of its words, each before a number, in one sentence."""
    sentence = text.sentence_of(index)
    norms = text.norms[max(sentence.first, index - NEAR) : min(sentence.last, index + NEAR) + 1]
    leads = [word for word, number in pairwise(norms) if number[0].isdigit()]
    return ("from" in leads and "to" in leads) or ("de" in leads and ("a" in leads or "hasta" in leads))


def _segment(
    text: Text, first: int, stop: int, number: int, meant: list[list[Sense]], named: list[frozenset[str]]
) -> Segment:
    span = text.tokens[first].start, text.tokens[stop - 1].end
    segment = Segment(number, *span, in_digits(text.norms[first:stop]))
    for i in range(first, stop):
        norm = text.norms[i]
        for sense in meant[i]:
            _note(segment, sense)
        if is_weighty(norm) and listed("unit").get(norm, "drink") in _NAMED:
            segment.words |= {key for key in named[i] if key.partition(":")[0] not in ("person", "doubt")}
    _count(segment, [_unless_part_of_a_name(text, i) for i in range(first, stop)])
    return segment


def in_digits(norms: Sequence[str]) -> str:
    """Folded words as a text, with single number words as digits: "from twenty to forty" is "from 20 to 40"."""
    words = []
    for norm in norms:
        values = numbers_in(norm) if norm in NUMBER_WORDS and norm not in _NO_DIGITS else set()
        words.append(f"{values.pop():g}" if len(values) == 1 else with_apostrophe(norm))
    return " ".join(words)


def is_weighty(norm: str) -> bool:
    """Whether a folded word says something of its own: no number, no joining word."""
    light = norm in word_list("sentence") or norm in listed("light")
    return len(norm) > 2 and not light and not norm[0].isdigit()


def _note(segment: Segment, sense: Sense) -> None:
    segment.proofs.setdefault(sense.family, set()).add(sense.value)
    if sense.weight == "":
        segment.values.setdefault(sense.family, set()).add(sense.value)
    elif sense.weight == "~":
        segment.weak.setdefault(sense.family, set()).add(sense.value)


def _unless_part_of_a_name(text: Text, index: int) -> str:
    """The folded word, or "," for the number in "A1c" and "B12"."""
    norm = text.norms[index]
    if index and norm[0].isdigit() and not text.gap(index - 1) and len(text.norms[index - 1]) <= 2:
        return "," if text.norms[index - 1].isalpha() else norm
    return norm


def _count(segment: Segment, norms: Sequence[str]) -> None:
    """The numbers of a segment, alone and with their units."""
    spoken = [
        "," if norm in _ARTICLES and not (norm != "a" and norms[i + 1 : i + 2] and norms[i + 1] in _COUNTED) else norm
        for i, norm in enumerate(norms)
    ]
    segment.numbers = numbers_in(" ".join(spoken))
    segment.supported = segment.numbers | {_ORDINALS[norm] for norm in norms if norm in _ORDINALS}
    if _ARTICLES & set(norms):
        segment.supported.add(1.0)
    measured: set[float] = set()
    for i, norm in enumerate(norms):
        unit = listed("unit").get(norm)
        if unit is None or (norm in ("u", "x", "h", "min", "time", "drink") and not _number_before(norms, i)):
            continue
        start = i
        while start and (norms[start - 1][0].isdigit() or norms[start - 1] in NUMBER_WORDS | {"to", "or", "o", "and"}):
            start -= 1
        found = numbers_in(" ".join(word for word in norms[start:i] if word not in _ARTICLES))
        segment.measures |= {(value, unit) for value in found}
        if not found and i and norms[i - 1] in _ARTICLES:
            segment.measures.add((1.0, unit))
        measured |= found
        if unit in _KINDS:
            segment.values.setdefault(f"number:{_KINDS[unit]}", set()).update(f"{value:g} {unit}" for value in found)
    for norm, counted in pairwise(norms):
        if norm[0].isdigit() and is_weighty(counted) and counted not in listed("unit"):
            segment.measures |= {(value, key) for value in numbers_in(norm) for key in keys([counted])[0]}
    _other_numbers(segment, norms, measured)
    for name in [name for name in segment.values if name.startswith("number:")]:
        segment.proofs[name] = set(segment.values[name])


def _number_before(norms: Sequence[str], index: int) -> bool:
    return index > 0 and (norms[index - 1][0].isdigit() or norms[index - 1] in NUMBER_WORDS)


def _other_numbers(segment: Segment, norms: Sequence[str], measured: set[float]) -> None:
    """Numbers without a unit, told apart as years, times of day and others."""
    clock = {
        value
        for before, norm in pairwise(norms)
        if before in _CLOCK and norm[0].isdigit()
        for value in numbers_in(norm)
    }
    for value in segment.numbers - measured:
        year = 1900 <= value <= 2100 and value == int(value)
        kind = "year" if year else "clock" if value in clock else "bare"
        segment.values.setdefault(f"number:{kind}", set()).add(f"{value:g}")


def _spread_persons(segments: list[Segment], family_history: bool) -> None:
    """Say of every segment whom it is about: a person named in it or before it in the sentence, until the patient
    speaks of themselves.
    """
    about: set[str] = set()
    sentence = -1
    for segment in segments:
        if segment.sentence != sentence:
            about, sentence = set(), segment.sentence
        named = segment.proofs.get("person", set())
        if named and not _LIKE.search(segment.folded):
            about = set() if _speaks_of_self(segment) else set(named)
        elif _speaks_of_self(segment):
            about = set()
        segment.persons = set(about) or ({"family"} if family_history and not named else set())


def _speaks_of_self(segment: Segment) -> bool:
    """Whether the patient is the subject after another person is named: "my wife says I snore", not "I have a sister"."""
    words = segment.folded.split()
    for i, word in enumerate(words):
        if word in _OWN and not is_person(words[i + 1 : i + 3]):
            return True
        has = word == "tengo" or words[i + 1 : i + 2] in (["have"], ["had"], ["lost"], ["got"])
        beside = word == "me" and words[max(i - 1, 0)] in ("with", "to", "from", "than", "like", "for", "near")
        if _SELF.fullmatch(word) and not beside and not (has and is_person(words[i + 1 : i + 5])):
            return True
    return False


def is_person(words: Iterable[str]) -> bool:
    """Whether one of these folded words names another person: a relative, a friend."""
    return any(sense.family == "person" for meant in senses(list(words)) for sense in meant)


def all_values(segments: Iterable[Segment], family: str) -> set[str]:
    """Every value of a family that these segments say or prove."""
    return {value for segment in segments for value in segment.proofs.get(family, ())}
