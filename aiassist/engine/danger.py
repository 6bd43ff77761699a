"""Finds words of danger in what a patient wrote: a reply, or an answer on a form. English and Spanish, misspelt too.

The net is wide: a part of a message is enough, anywhere in it. What the words around a phrase deny, date back, tell of
an older relative, suppose, or say as a joke is no danger. Reading takes time in proportion to the length of the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from aiassist.engine.danger_context import WORDS, around, counts
from aiassist.engine.danger_phrases_body import BODY
from aiassist.engine.danger_phrases_harm import HARM
from aiassist.engine.danger_vocabulary import CLASSES, MACROS
from aiassist.engine.lexicon import load
from aiassist.engine.phrases import SENTENCE_END, Finder, Found, Symbol
from aiassist.engine.speller import Speller
from aiassist.engine.text import norm_word

_TOKEN = re.compile(
    r"(?P<word>[^\W\d_]+(?:['’‘´`][^\W\d_]+)*)|(?P<number>\d+(?:[.,/:]\d+)*)|(?P<end>[.!?;…\n]+)|(?P<comma>[,:()–—-])"
)
_ENDINGS = ("s", "es", "'s", "d", "ed", "ing", "er")
_MOST_WORDS = 3_000  # different ones whose spelling is looked at; no form has as many
_MOST = 300  # phrases whose surroundings are looked at; a text with more is hostile, and the rest counts


class DangerKind(StrEnum):
    """What a danger is about."""

    CHEST = "chest"
    BREATH = "breath"
    SELF_HARM = "self_harm"
    DYING = "dying"
    POISONING = "poisoning"
    BLEEDING = "bleeding"
    PREGNANCY = "pregnancy"
    CHILD = "child"
    ALLERGY = "allergy"
    STROKE = "stroke"
    FAINTING = "fainting"
    SEIZURE = "seizure"
    HEAD_INJURY = "head_injury"
    PAIN = "pain"
    VIOLENCE = "violence"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Danger:
    """A phrase of danger: `quote` is raw text, from `start` to `end`."""

    kind: DangerKind
    quote: str
    start: int
    end: int


@dataclass(slots=True)
class _Tokens:
    """The words of a text, folded, with "<end>" before and after each sentence, and where they stand in it."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    commas: set[int]  # tokens that a comma, a colon or a bracket follows

    def add(self, word: str, start: int, end: int) -> None:
        self.words.append(word)
        self.starts.append(start)
        self.ends.append(end)


def find_dangers(text: str) -> tuple[Danger, ...]:
    """The dangers in a text, in its order, one of each kind. Empty when there is none."""
    tokens = _cut(text)
    found: dict[str, Danger] = {}
    for judged, match in enumerate(_finder().find([_symbol(word) for word in tokens.words])):
        if match.name in found:
            continue
        if judged < _MOST and not counts(match.name, around(tokens.words, tokens.commas, match)):
            continue
        first, last = _trimmed(tokens.words, match)
        start, end = tokens.starts[first], tokens.ends[last]
        found[match.name] = Danger(DangerKind(match.name), text[start:end], start, end)
    return tuple(sorted(found.values(), key=lambda danger: danger.start))


def _trimmed(words: Sequence[str], match: Found) -> tuple[int, int]:
    """First and last token of a match, without the ends of sentences that it asks for."""
    first, last = match.start, match.end - 1
    while first < last and words[first] == "<end>":
        first += 1
    while last > first and words[last] == "<end>":
        last -= 1
    return first, last


def _cut(text: str) -> _Tokens:
    tokens = _Tokens(["<end>"], [0], [0], set())
    read: dict[str, str] = {}
    for match in _TOKEN.finditer(text):
        raw, start = match.group(), match.start()
        if match.lastgroup == "comma":
            tokens.commas.add(len(tokens.words) - 1)
        elif match.lastgroup == "end":
            if tokens.words[-1] != "<end>" and not _inside_a_title(text, start):
                tokens.add("<end>", start, match.end())
        else:
            word = read.get(raw)
            if word is None:
                folded = norm_word(raw)
                word = read[raw] = _spelled(folded) if len(read) < _MOST_WORDS else folded
            tokens.add(word, start, match.end())
    tokens.add("<end>", len(text), len(text))
    return tokens


def _inside_a_title(text: str, at: int) -> bool:
    """Whether a mark is the point of "Dr.", which ends no sentence."""
    return text[at] == "." and text[max(0, at - 3) : at].lower().lstrip(" \n") in ("dr", "dra", "mr", "mrs", "ms", "sr")


@lru_cache(maxsize=1)
def _finder() -> Finder:
    return Finder(BODY | HARM, CLASSES, MACROS)


@lru_cache(maxsize=1)
def _speller() -> Speller:
    return Speller({word for word in _finder().words if len(word) >= 5}, shortest=4, strict=False)


@lru_cache(maxsize=8192)
def _spelled(word: str) -> str:
    """The word of danger that a misspelt word is, else the word."""
    if word in _finder().words or word in WORDS or _is_ordinary(word):
        return word
    return _speller().read(word)


def _is_ordinary(word: str) -> bool:
    """Whether a word, or the one that it is a form of, is ordinary: the list has no "swapped" and no "hears"."""
    ordinary = load().ordinary
    if word in ordinary:
        return True
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            doubled = stem[-1] == stem[-2] and stem[:-1] in ordinary
            if doubled or stem in ordinary or stem + "e" in ordinary:
                return True
    return False


@lru_cache(maxsize=8192)
def _symbol(word: str) -> Symbol:
    if word == "<end>":
        return SENTENCE_END
    if word[:1].isdigit():
        return _finder().symbol(word) | _measured(word)
    symbol = _finder().symbol(word)
    return symbol | {"<drug>"} if word in load().medicines else symbol


def _measured(number: str) -> Symbol:
    """What a number may be: many pills, a high fever, a blood sugar or a blood pressure out of range."""
    labels = set()
    parts = re.split(r"[.,/:]", number)
    value, second = (int(part) if part.isdigit() and len(part) < 5 else 0 for part in (parts[0], parts[-1]))
    if "/" in number and len(parts) == 2:
        if 200 <= value < 320 or 120 <= second < 200:
            labels.add("<pressure>")
        return frozenset(labels)
    if 8 <= value <= 500 and len(parts) == 1:
        labels.add("<many>")
    if 100 <= value <= 103:
        labels.add("<fever>")
    if 104 <= value <= 110 or 40 <= value <= 43:
        labels.add("<hot>")
    if 20 <= value <= 54 or 400 <= value <= 999:
        labels.add("<sugar>")
    if 60 <= value <= 89:
        labels.add("<oxygen>")
    if 200 <= value <= 300:
        labels.add("<pressure>")
    return frozenset(labels)
