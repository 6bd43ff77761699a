"""Names that complete what a patient begins to type in a list; anything else may be written too."""

from bisect import bisect_left
from functools import cache

from aiassist.engine.lexicon import load
from aiassist.engine.text import key

SHORTEST, MOST = 3, 8
PARTS = ("name", "substance")


def suggest(part: str, text: str) -> list[str]:
    """At most eight names of medicines (`name`) or of what people are allergic to (`substance`) that begin like this.

    Those that people know come first.
    """
    wanted = key(text[:60])
    if len(wanted) < SHORTEST or part not in PARTS:
        return []
    found: list[str] = []
    for names in _tables(part):
        start = bisect_left(names, wanted)
        found += [name for name in names[start : start + MOST] if name.startswith(wanted) and name not in found]
    return [name[:1].upper() + name[1:] for name in found[:MOST]]


@cache
def _tables(part: str) -> tuple[list[str], ...]:
    """Sorted names by their key, best known first."""
    lexicon = load()
    everyday, known = sorted(lexicon.everyday), sorted(lexicon.spelling_names)
    return (sorted(lexicon.allergens), everyday) if part == "substance" else (everyday, known)
