"""Misspelt words of a known vocabulary: read as the word meant where no other word is near."""

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from aiassist.engine.lexicon import load

SHORTEST = 5
_DOUBLED = re.compile(r"(.)\1+")
_LONG, _LONGEST = 9, 24  # from the first length on, two errors; beyond the second, none


class Speller:
    """Reads words as those of one vocabulary.

    Words under `shortest` letters are not corrected. Unless `strict`, a word is corrected although an ordinary word is
    as near or the ending another.
    """

    def __init__(self, words: Iterable[str], *, shortest: int = SHORTEST, strict: bool = True) -> None:
        self._words = frozenset(words)
        self._shortest = shortest
        self._strict = strict
        self._by_shape: dict[tuple[str, int], list[str]] = {}
        self._by_deletion: dict[str, set[str]] = {}
        self._by_sound: dict[str, str] = {}
        for word in sorted(self._words):
            if len(word) >= SHORTEST - 1 and word.isalpha():
                self._by_sound.setdefault(sound(word), word)
            if len(word) >= SHORTEST and word.isalpha():
                self._by_shape.setdefault((word[0], len(word)), []).append(word)
                for shorter in _deletions(word):
                    self._by_deletion.setdefault(shorter, set()).add(word)
        self.read = lru_cache(maxsize=4096)(self._read)

    def _read(self, word: str) -> str:
        """The word of the vocabulary that `word` is, drawn out ("yesss") or misspelt; else `word` itself."""
        if word in self._words:
            return word
        drawn_out = re.sub(r"(.)\1{2,}", r"\1\1", word)
        if drawn_out == word and word in load().ordinary:
            return word
        for shorter in (drawn_out, _DOUBLED.sub(r"\1", word)):
            if shorter in self._words:
                return shorter
        if not self._shortest <= len(word) <= _LONGEST or not word.isalpha():
            return word
        if alike := self._by_sound.get(sound(word)):
            return alike
        near = self._near(word, 2 if len(word) >= _LONG else 1)
        if not near or (self._strict and not _is_clear(word, near)):
            return word
        return near[0]

    def _near(self, word: str, allowed: int) -> list[str]:
        """Words at the smallest distance, with the same first letter."""
        letters = _deletions(word)
        candidates = set().union(*(self._by_deletion.get(shorter, ()) for shorter in letters))
        near = [one for one in candidates if one[0] == word[0] and OSA.distance(word, one, score_cutoff=1) <= 1]
        if near or allowed < 2:
            return sorted(near)
        lengths = range(len(word) - 2, len(word) + 3)
        farther = [one for length in lengths for one in self._by_shape.get((word[0], length), ())]
        return sorted(one for one in farther if OSA.distance(word, one, score_cutoff=2) <= 2)


def _is_clear(word: str, near: list[str]) -> bool:
    """Whether one word is near, no ordinary one is, and the ending is its own: "asistirá" is no misspelt "asistiré"."""
    meant = near[0]
    return len(near) == 1 and word[-2:] == meant[-2:] and not _ordinary_near(word, meant, OSA.distance(word, meant))


def _deletions(word: str) -> set[str]:
    """A word, and what it is without one of its letters: two words one error apart have one of these in common."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


_SOUNDS = (
    ("ph", "f"), ("qu", "k"), ("ch", "1"), ("sh", "1"), ("h", ""), ("ce", "se"), ("ci", "si"), ("cy", "si"),
    ("ck", "k"), ("c", "k"), ("z", "s"), ("ll", "y"), ("v", "b"), ("ge", "je"), ("gi", "ji"), ("y", "i"), ("w", "u"),
)  # fmt: skip


def sound(word: str) -> str:
    """How a word sounds, roughly, in both languages: "kanselen" as "cancelen", "grasias" as "gracias"."""
    for letters, heard in _SOUNDS:
        word = word.replace(letters, heard)
    return _DOUBLED.sub(r"\1", word)


@lru_cache(maxsize=1)
def _ordinary_by_shape() -> dict[tuple[str, int], list[str]]:
    shapes: dict[tuple[str, int], list[str]] = {}
    for word in filter(None, load().ordinary):
        shapes.setdefault((word[0], len(word)), []).append(word)
    return shapes


def _ordinary_near(word: str, meant: str, distance: int) -> bool:
    """Whether an ordinary word other than forms of `meant` is as near."""
    shapes = _ordinary_by_shape()
    return any(
        not (other.startswith(meant) or meant.startswith(other))
        and OSA.distance(word, other, score_cutoff=distance) <= distance
        for length in range(len(word) - distance, len(word) + distance + 1)
        for other in shapes.get((word[0], length), ())
    )
