"""Suggestions for a medicine or allergy that the patient is typing; other names are accepted too."""

from bisect import bisect_left
from functools import cache

from aiassist.engine.lexicon import load
from aiassist.engine.text import key

MIN_LENGTH, MAX_NAMES = 3, 8
PARTS = ("name", "substance")


def suggest(part: str, text: str) -> list[str]:
    """At most MAX_NAMES names that start with `text`, well-known ones first.

    `part` is `name` for medicines or `substance` for allergens. Empty for any other part, or a shorter text.
    """
    prefix = key(text[:60])
    if len(prefix) < MIN_LENGTH or part not in PARTS:
        return []
    matches: list[str] = []
    for names in _tables(part):
        start = bisect_left(names, prefix)
        matches += [
            name for name in names[start : start + MAX_NAMES] if name.startswith(prefix) and name not in matches
        ]
    return [name[:1].upper() + name[1:] for name in matches[:MAX_NAMES]]


@cache
def _tables(part: str) -> tuple[list[str], ...]:
    """Sorted lists of normalized names, the well-known ones first."""
    lexicon = load()
    everyday, known = sorted(lexicon.everyday), sorted(lexicon.spelling_names)
    return (sorted(lexicon.allergens), everyday) if part == "substance" else (everyday, known)
