"""Medicines named by what they are for: "heartburn pill", "pastilla de la presión", "something for sleep", "la del
azúcar". Recognised by rule from the conditions of `data/medicines_more.txt`.
"""

from functools import lru_cache

from aiassist.engine.lexicon import DATA, Entry, by_hand
from aiassist.engine.text import key

LONGEST = 3  # words of a condition
_FORMS = frozenset(
    [
        *("pill", "pills", "med", "meds", "medicine", "medicines", "medication", "medications", "tablet", "tablets"),
        *("drug", "drugs", "shot", "shots", "injection", "cream", "drops", "spray", "capsule", "capsules", "syrup"),
        *("gel", "patch", "pastilla", "pastillas", "medicina", "medicinas", "medicamento", "medicamentos", "remedio"),
        *("tratamiento", "gotas", "crema", "jarabe", "inyeccion", "capsula", "capsulas", "one", "ones"),
    ]
)
_STANDING_IN = frozenset(
    ["one", "ones", "something", "algo", "otra", "otro", "uno", "una", "la", "el", "las", "los", "stuff", "cosa"]
)
_ONLY_BEFORE = frozenset(["la", "el", "las", "los", "una", "uno", "otra", "otro"])
_FOR = frozenset(["for", "para", "pa", "de", "del"])
_MY = frozenset(["my", "the", "high", "low", "la", "el", "los", "las", "mi", "mis"])


@lru_cache(maxsize=1)
def _conditions() -> dict[str, str]:
    """The conditions, each with the head of its line."""
    lines = by_hand(DATA / "medicines_more.txt")
    return {key(name): key(names[0]) for section, _, names in lines if section == "condition" for name in names}


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(condition.split(" ")[0] for condition in _conditions())


def at(norms: list[str], index: int) -> tuple[int, Entry] | None:
    """(words, entry) of a lay name that begins at a word."""
    word = norms[index]
    if word in _first_words():
        found = _condition(norms, index)
        end = index + found[0] if found else len(norms)
        if found and end < len(norms) and norms[end] in _FORMS:
            return found[0] + 1, _entry(norms, index, found[0] + 1, found[1])
    if word in _FORMS or word in _STANDING_IN:
        return _for(norms, index)
    return None


def _for(norms: list[str], index: int) -> tuple[int, Entry] | None:
    """ "pill for my heart", "la del azúcar"."""
    at = index + 1
    if at >= len(norms) or norms[at] not in _FOR or (norms[index] in _ONLY_BEFORE and norms[at] == "for"):
        return None
    at += 1
    while at < len(norms) and norms[at] in _MY and at - index < 4:
        at += 1
    found = _condition(norms, at) if at < len(norms) else None
    return (at - index + found[0], _entry(norms, index, at - index + found[0], found[1])) if found else None


def _condition(norms: list[str], index: int) -> tuple[int, str] | None:
    for length in range(min(LONGEST, len(norms) - index), 0, -1):
        head = _conditions().get(" ".join(norms[index : index + length]))
        if head:
            return length, head
    return None


def _entry(norms: list[str], index: int, length: int, head: str) -> Entry:
    return Entry(" ".join(norms[index : index + length]), f"{head} medicine", "lay")
