"""Resolves a misspelt medicine, or refuses: a wrong medicine is worse than an unknown one."""

from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from aiassist.engine.lexicon import load
from aiassist.engine.text import key

SHORTEST = 5
CLEAR_LEAD = 0.25  # by which the best name must lead over any other medicine's
FARTHEST = 0.27  # errors a letter, unless the word sounds like the name


@lru_cache(maxsize=1)
def _by_shape() -> dict[tuple[str, int], list[str]]:
    """One-word names by (letter, length), under the first and the second letter, so that a wrong first letter still
    finds its name.
    """
    shapes: dict[tuple[str, int], list[str]] = {}
    for name in load().spelling_names:
        if " " not in name:
            shapes.setdefault((name[0], len(name)), []).append(name)
            if name[1] != name[0]:
                shapes.setdefault((name[1], len(name)), []).append(name)
    return shapes


def may_be_misspelt(word: str) -> bool:
    """Whether a word is long enough, and not an ordinary one."""
    return len(word) >= SHORTEST and word.isalpha() and word not in load().ordinary


@lru_cache(maxsize=4096)
def resolve(word: str, strict: bool = False) -> str | None:
    """The known name that a misspelt word most likely means.

    None when the word is ordinary, too far from any name, or equally near to two medicines. `strict` allows fewer
    errors and only everyday names: for Spanish, whose ordinary words the lists know less completely.
    """
    lexicon = load()
    word = key(word)
    if len(word) < SHORTEST or not word.isalpha() or word in lexicon.ordinary:
        return None
    if word in lexicon.medicines or word in lexicon.allergens:
        return None
    scores = {name: score for name in _candidates(word, strict) if (score := _score(word, name, strict)) is not None}
    if not scores:
        return None
    best = min(scores, key=scores.__getitem__)
    ingredient = lexicon.spelling_names[best]
    rivals = (score for name, score in scores.items() if lexicon.spelling_names[name] != ingredient)
    return None if min(rivals, default=9.0) - scores[best] < CLEAR_LEAD else best


def _allowed(word: str, strict: bool) -> int:
    """How many errors a word of this length may have."""
    if strict:
        return 1 if len(word) <= 7 else 2
    return 1 if len(word) <= 6 else 2 if len(word) <= 8 else 3 if len(word) <= 11 else 4


def _candidates(word: str, strict: bool) -> set[str]:
    """Names of about the word's length that begin with one of its first two letters, or with one that sounds alike."""
    shapes, allowed = _by_shape(), _allowed(word, strict)
    letters = {word[0], word[1], *_SOUNDS_LIKE.get(word[0], "")}
    lengths = range(len(word) - allowed, len(word) + allowed + 1)
    return {name for letter in letters for length in lengths for name in shapes.get((letter, length), ())}


def _score(word: str, name: str, strict: bool) -> float | None:
    """How far a name is from a word, less what they have in common; None when too far. Rarer names must be nearer."""
    everyday = name in load().everyday
    if not everyday and (strict or name[0] != word[0] or len(word) < 7):
        return None
    allowed = _allowed(word, strict)
    limit = allowed if everyday else min(allowed, 1 if len(word) <= 7 else 2)
    distance = OSA.distance(word, name, score_cutoff=limit)
    if distance > limit:
        return None
    sound = OSA.distance(_sound(word), _sound(name))
    if distance >= 2 and distance > len(word) * FARTHEST and sound > 1:
        return None
    penalty = (0.0 if name[0] == word[0] else 0.5) + (0.0 if everyday else 0.9)
    return distance + penalty - JaroWinkler.similarity(word, name) - (0.0 if sound else 0.25)


_SOUNDS_LIKE = {
    "f": "p",
    "k": "c",
    "c": "ks",
    "s": "cz",
    "z": "xs",
    "x": "z",
    "j": "g",
    "g": "j",
    "i": "e",
    "e": "i",
    "a": "eo",
}


@lru_cache(maxsize=16_384)
def _sound(word: str) -> str:
    """A rough key of how a name sounds: one letter for letters heard alike, no doubles, no vowels after the first
    letter.
    """
    for old, new in (
        ("ph", "f"),
        ("th", "t"),
        ("ck", "k"),
        ("c", "k"),
        ("q", "k"),
        ("z", "s"),
        ("x", "ks"),
        ("y", "i"),
        ("w", "v"),
        ("h", ""),
    ):
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
