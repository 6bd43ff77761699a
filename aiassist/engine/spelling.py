"""Resolves a misspelt medicine, or refuses: a wrong medicine is worse than an unknown one."""

from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from aiassist.engine.lexicon import load
from aiassist.engine.text import key

SHORTEST = 5
FARTHEST = 0.27  # errors a letter, unless the word sounds like the name


@lru_cache(maxsize=1)
def _by_shape() -> dict[tuple[str, int], list[str]]:
    """One-word names by (letter, length), under the first and the second letter, so that a wrong first letter still finds its name."""
    shapes: dict[tuple[str, int], list[str]] = {}
    for name in load().spelling_names:
        if " " not in name:
            shapes.setdefault((name[0], len(name)), []).append(name)
            if name[1] != name[0]:
                shapes.setdefault((name[1], len(name)), []).append(name)
    return shapes


@lru_cache(maxsize=4096)
def resolve(word: str, strict: bool = False) -> str | None:
    """The known name that a misspelt word most likely means; None when it is ordinary, too far from any, or equally near to two medicines.

    `strict` allows fewer errors and only everyday names: for Spanish, whose ordinary words the lists know less completely.
    """
    lexicon = load()
    word = key(word)
    if len(word) < SHORTEST or not word.isalpha() or word in lexicon.ordinary or word in lexicon.medicines or word in lexicon.allergens:
        return None
    allowed = 1 if len(word) <= 6 else 2 if len(word) <= 8 else 3 if len(word) <= 11 else 4
    if strict:
        allowed = 1 if len(word) <= 7 else 2
    shapes = _by_shape()
    seen: dict[str, float] = {}
    for letter in {word[0], word[1], *_SOUNDS_LIKE.get(word[0], "")}:
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for name in shapes.get((letter, length), ()):
                everyday = name in lexicon.everyday
                limit = allowed if everyday else min(allowed, 1 if len(word) <= 7 else 2)
                distance = OSA.distance(word, name, score_cutoff=limit)
                if distance <= limit and name not in seen:
                    if distance >= 2 and distance > len(word) * FARTHEST and OSA.distance(_sound(word), _sound(name)) > 1:
                        continue
                    if not everyday and (strict or name[0] != word[0] or len(word) < 7):
                        continue
                    penalty = (0.0 if name[0] == word[0] else 0.5) + (0.0 if everyday else 0.9)
                    seen[name] = distance + penalty - JaroWinkler.similarity(word, name) - (0.25 if _sound(word) == _sound(name) else 0)
    if not seen:
        return None
    ranked = sorted(seen.items(), key=lambda pair: pair[1])
    best, score = ranked[0]
    ingredient = lexicon.spelling_names[best]
    for name, other in ranked[1:]:
        if other - score < 0.25 and lexicon.spelling_names[name] != ingredient:
            return None
    return best


_SOUNDS_LIKE = {"f": "p", "k": "c", "c": "ks", "s": "cz", "z": "xs", "x": "z", "j": "g", "g": "j", "i": "e", "e": "i", "a": "eo"}


@lru_cache(maxsize=16_384)
def _sound(word: str) -> str:
    """A rough key of how a name sounds: one letter for letters heard alike, no doubles, no vowels after the first letter."""
    for old, new in (("ph", "f"), ("th", "t"), ("ck", "k"), ("c", "k"), ("q", "k"), ("z", "s"), ("x", "ks"), ("y", "i"), ("w", "v"), ("h", "")):
        word = word.replace(old, new)
    out = word[:1]
    for char in word[1:]:
        if char not in "aeiou" and char != out[-1]:
            out += char
    return out


def close(one: str, other: str) -> bool:
    """Whether two words are close spellings of each other: near enough to show as evidence of one another."""
    first, second = key(one), key(other)
    if not first or not second:
        return False
    if first == second or first.rstrip("s") == second.rstrip("s"):
        return True
    shorter = min(len(first), len(second))
    if shorter < SHORTEST or not first.isalpha() or not second.isalpha():
        return False
    allowed = 1 if shorter <= 6 else 2 if shorter <= 10 else 3
    return OSA.distance(first, second, score_cutoff=allowed) <= allowed
