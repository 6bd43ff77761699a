"""Words that mean the same in English and Spanish, and those whose change changes what a sentence says.

The table is `data/synonyms.txt`. Every section but "word" is a family of values that exclude one another: left and
right, the months, better and worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from aiassist.engine.lexicon import DATA
from aiassist.engine.text import NUMBER_WORDS

FAMILIES = ("side", "part", "severity", "trend", "amount", "weight", "startstop", "when", "daypart")
LONGEST = 5  # words of a phrase
LETTERS = 5  # by which words without synonyms are compared
_STEM = 3  # letters under which a pattern with any ending is filed


@dataclass(frozen=True, slots=True)
class Sense:
    """What a word or phrase stands for: `family` and `value`.

    `weight`: "" it claims and proves, "~" it claims only against another value, "?" it only proves.
    """

    family: str
    value: str
    weight: str

    @property
    def key(self) -> str:
        """The one name of all its synonyms."""
        return f"{self.family}:{self.value}"


@dataclass(slots=True)
class _Table:
    """Phrases by their first word, and single words by the beginning of a pattern."""

    phrases: dict[str, list[tuple[tuple[str, ...], Sense]]] = field(default_factory=dict)
    words: dict[str, list[Sense]] = field(default_factory=dict)
    beginnings: dict[str, list[tuple[str, Sense]]] = field(default_factory=dict)

    def add(self, name: str, sense: Sense) -> None:
        words = tuple(name.split(" "))
        if len(words) > 1:
            self.phrases.setdefault(words[0], []).append((words, sense))
        elif name.endswith("*"):
            self.beginnings.setdefault(name[:_STEM].rstrip("*"), []).append((name[:-1], sense))
        else:
            self.words.setdefault(name, []).append(sense)


@lru_cache(maxsize=1)
def _table() -> _Table:
    table, section = _Table(), ""
    for line in (DATA / "synonyms.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#") and section not in ("unit", "light"):
            value, _, names = line.partition(":")
            for name in (name.strip() for name in names.split(",")):
                weight = name[0] if name[0] in "~?" else ""
                table.add(name.removeprefix(weight), Sense(section, value, "!" if value == "!" else weight))
    for listed in table.phrases.values():
        listed.sort(key=lambda entry: -len(entry[0]))
    return table


def senses(norms: Sequence[str]) -> list[list[Sense]]:
    """What each of these folded words stands for; a word of a phrase stands for what the phrase does."""
    table = _table()
    found: list[list[Sense]] = [[] for _ in norms]
    taken: list[set[str]] = [set() for _ in norms]
    bare = [norm.removesuffix("'s") for norm in norms]
    for at, norm in enumerate(norms):
        for words, sense in table.phrases.get(norm, ()):
            span = range(at, at + len(words))
            if span.stop > len(norms) or any(sense.family in taken[i] for i in span):
                continue
            if all(_is(norms[i], word) for i, word in zip(span, words, strict=True)):
                for i in span:
                    taken[i].add(sense.family)
                    if sense.weight != "!":
                        found[i].append(sense)
    for at, norm in enumerate(bare):
        found[at] += [sense for sense in _of_word(norm) if sense.family not in taken[at]]
    return found


def _is(norm: str, word: str) -> bool:
    if word == "#":
        return norm[0].isdigit() or norm in NUMBER_WORDS
    return norm.startswith(word[:-1]) if word.endswith("*") else norm == word


@lru_cache(maxsize=8192)
def _of_word(norm: str) -> tuple[Sense, ...]:
    table = _table()
    found = list(table.words.get(norm, ()))
    for length in range(2, _STEM + 1):
        found += [sense for start, sense in table.beginnings.get(norm[:length], ()) if norm.startswith(start)]
    return tuple(dict.fromkeys(found))


def keys(norms: Sequence[str]) -> list[frozenset[str]]:
    """For each folded word the names under which its synonyms are found too; else its first letters."""
    return [
        frozenset(sense.key for sense in meant) or frozenset((norm.removesuffix("'s").rstrip("s")[:LETTERS],))
        for norm, meant in zip(norms, senses(norms), strict=True)
    ]


@lru_cache(maxsize=2)
def listed(section: str) -> dict[str, str]:
    """The words of a section whose words are no synonyms (unit, light), each with its name."""
    found: dict[str, str] = {}
    current = ""
    for line in (DATA / "synonyms.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif line and current == section:
            name, _, words = line.partition(":")
            found.update((word.strip(), name) for word in words.split(","))
    return found
