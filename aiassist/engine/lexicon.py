"""The names the engine knows: medicines, supplements, classes, lay words ("blood pressure pill") and allergens, in
English and Spanish.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from aiassist.engine import spanish
from aiassist.engine.text import key

DATA = Path(__file__).parent / "data"
LONGEST = 6  # words in the longest name
SHORTEST_GUESSED = 5  # letters of the shortest name that a misspelling may be resolved to


@dataclass(frozen=True, slots=True)
class Entry:
    """What one name stands for.

    `sort`: medicine, supplement, class, lay; or drug, food, environment for what is only an allergen. `parts` are the
    ingredients of a combination.
    """

    name: str
    ingredient: str
    sort: str
    parts: tuple[str, ...] = ()

    @property
    def ingredients(self) -> tuple[str, ...]:
        """What is in it: the parts of a combination, or the one ingredient."""
        return self.parts or (self.ingredient,)


@dataclass(slots=True)
class Lexicon:
    """All names by their key (see `text.key`), and the names that a misspelling may be resolved to.

    `first_words` are the first words of the longer names, each with the words that may follow it.
    """

    medicines: dict[str, Entry] = field(default_factory=dict)
    allergens: dict[str, Entry] = field(default_factory=dict)
    ordinary: frozenset[str] = frozenset()
    spelling_names: dict[str, str] = field(default_factory=dict)
    everyday: frozenset[str] = frozenset()
    first_words: dict[str, frozenset[str]] = field(default_factory=dict)

    def medicine(self, name: str) -> Entry | None:
        """The entry of a medicine's name, also without a plural s."""
        return _look_up(self.medicines, key(name))

    def allergen(self, name: str) -> Entry | None:
        """The entry of an allergen: a food, an animal, a material, or a medicine."""
        return _look_up(self.allergens, key(name)) or self.medicine(name)

    def same_medicine(self, one: str, other: str) -> bool:
        """Whether two names are brand and generic of the same ingredient."""
        first, second = self.medicine(one), self.medicine(other)
        return bool(first and second and first.ingredient == second.ingredient)

    def is_clinical(self, word: str) -> bool:
        """Whether the redactor must leave this word alone."""
        name = key(word)
        return name in self.medicines or name in self.allergens or name in self.first_words


def combined(one: Entry, other: Entry) -> Entry:
    """The entry of one product with both ingredients, known or not."""
    names = (one.ingredient, other.ingredient)
    known = load().medicines.get(" ".join(names)) or load().medicines.get(" ".join(reversed(names)))
    return Entry(" ".join(names), known.ingredient if known else " ".join(sorted(names)), "medicine", names)


def _look_up(table: dict[str, Entry], name: str) -> Entry | None:
    found = table.get(name)
    if found is None and name.endswith("s"):
        found = table.get(name[:-1])
    return found


def by_hand(path: Path) -> list[tuple[str, str, list[str]]]:
    """(section, head, names) of every line of a list kept by hand."""
    section, lines = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            head, _, names = line.partition(":")
            lines.append((section, head, [head, *(n.strip() for n in names.split(",") if n.strip())]))
    return lines


@lru_cache(maxsize=32)
def word_list(section: str) -> frozenset[str]:
    """One section of the word lists kept by hand."""
    found: set[str] = set()
    current = ""
    for line in (DATA / "word_lists.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif current == section and not line.startswith("#"):
            found.update(line.split())
    return frozenset(found)


@lru_cache(maxsize=1)
def load() -> Lexicon:
    """The whole lexicon, read once per process from the package's data files (about 15,000 names)."""
    lexicon = Lexicon()
    _add_generated(lexicon)
    _add_medicines(lexicon)
    for section, head, names in by_hand(DATA / "allergens_by_hand.txt"):
        for name in names:
            lexicon.allergens[key(name)] = Entry(key(name), key(head), section)
    _add_parts(lexicon)
    lexicon.spelling_names = {name: lexicon.medicines[name].ingredient for name in lexicon.spelling_names}
    ordinary = DATA / "ordinary_words.txt"
    if ordinary.exists():  # absent only while the lexicon is being built
        lexicon.ordinary = frozenset(ordinary.read_text(encoding="utf-8").split("\n"))
    _add_spanish(lexicon)
    second: dict[str, set[str]] = {}
    for name in (*lexicon.medicines, *lexicon.allergens):
        words = name.split(" ", 2)
        if len(words) > 1:
            second.setdefault(words[0], set()).add(words[1])
    lexicon.first_words = {first: frozenset(words) for first, words in second.items()}
    return lexicon


def _add_generated(lexicon: Lexicon) -> None:
    """The generated names; those that patients know may be meant by a misspelling."""
    with (DATA / "drugs.tsv").open(encoding="utf-8") as handle:
        for line in handle:
            if line.startswith("#"):
                continue
            name, ingredient, *mark = line.rstrip("\n").split("\t")
            lexicon.medicines[name] = Entry(name, ingredient, "medicine")
            if mark and len(name) >= SHORTEST_GUESSED and not any(c.isdigit() for c in name):
                lexicon.spelling_names[name] = ingredient


def _add_medicines(lexicon: Lexicon) -> None:
    """The names kept by hand, which win; their ingredient then names the generated ones of the same medicine too."""
    aliases: dict[str, str] = {}
    everyday: set[str] = set()
    first, more = by_hand(DATA / "medicines_by_hand.txt"), by_hand(DATA / "medicines_more.txt")
    for number, (section, head, names) in enumerate((*first, *more)):
        if section == "condition":  # by rule, see lay.py
            continue
        if section == "combination":
            _add_combination(lexicon, head, names[1:])
            continue
        head = head if number < len(first) else _same_head(lexicon, head)
        source = lexicon.medicines.get(key(head))
        if source and source.ingredient != key(head):
            aliases[source.ingredient] = key(head)
        for name in map(key, names):
            lexicon.medicines[name] = Entry(name, key(head), section)
            guessed = ("medicine", "supplement") if number < len(first) else ("medicine",)
            if section in guessed and len(name) >= SHORTEST_GUESSED:
                lexicon.spelling_names[name] = key(head)
                everyday.add(name)
    lexicon.everyday = frozenset(everyday | set(lexicon.spelling_names) & _names_of_combinations(lexicon))
    for name, entry in lexicon.medicines.items():
        if entry.ingredient in aliases:
            lexicon.medicines[name] = Entry(name, aliases[entry.ingredient], entry.sort)


def _same_head(lexicon: Lexicon, head: str) -> str:
    """The ingredient under which a name of an earlier list stands, so that both lists name one medicine."""
    held = lexicon.medicines.get(key(head))
    return held.ingredient if held and held.sort != "lay" else head


def _add_combination(lexicon: Lexicon, head: str, names: list[str]) -> None:
    """The names of a product with several ingredients: "acetaminophen + codeine: co-codamol"."""
    parts = tuple(
        held.ingredient if (held := lexicon.medicines.get(key(part))) else key(part) for part in head.split("+")
    )
    for name in (" ".join(parts), *map(key, names)):
        lexicon.medicines[name] = Entry(name, " ".join(parts), "medicine", parts)
        if len(name) >= SHORTEST_GUESSED:
            lexicon.spelling_names[name] = " ".join(parts)


def _names_of_combinations(lexicon: Lexicon) -> set[str]:
    return {name for name, entry in lexicon.medicines.items() if entry.parts}


def _add_spanish(lexicon: Lexicon) -> None:
    """The Spanish forms of the generic names, where they are no name and no ordinary word yet."""
    generic = {e.ingredient for e in lexicon.medicines.values() if e.sort == "medicine" and " " not in e.ingredient}
    for name in generic:
        for form in spanish.forms(name):
            if form not in lexicon.medicines and form not in lexicon.ordinary and form not in lexicon.allergens:
                lexicon.medicines[form] = Entry(form, name, "medicine")


def _add_parts(lexicon: Lexicon) -> None:
    """The ingredients of every combination whose name is the names of its ingredients in a row."""
    known = {ingredient: _parts(ingredient, lexicon) for ingredient in {e.ingredient for e in lexicon.medicines.values()}}
    for name, entry in lexicon.medicines.items():
        if known[entry.ingredient] and not entry.parts:
            lexicon.medicines[name] = Entry(name, entry.ingredient, entry.sort, known[entry.ingredient])


def _parts(ingredient: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The generic names that an ingredient is made up of; empty unless there are two or more and no other word."""
    words, parts, at = ingredient.split(" "), [], 0
    while len(words) > 1 and at < len(words):
        for end in range(min(at + 3, len(words)), at, -1):
            part = lexicon.medicines.get(" ".join(words[at:end]))
            if part and part.ingredient == part.name != ingredient and part.sort in ("medicine", "supplement"):
                parts.append(part.ingredient)
                at = end
                break
        else:
            return ()
    return tuple(parts) if len(parts) > 1 else ()
