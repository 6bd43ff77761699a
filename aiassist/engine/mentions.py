"""Finds the names in an answer: exact ones from the lexicon, longest first, and misspelt ones where the talk is of
medicines.
"""

import re
from dataclasses import dataclass

from aiassist.engine import spelling
from aiassist.engine.lexicon import LONGEST, Entry, load, word_list
from aiassist.engine.text import Text, is_spanish

LONGEST_WORD = 30  # letters of a word that may be a misspelt name
_JOINED = re.compile(r"^[\s\-–/&.'’+]*$")


@dataclass(frozen=True, slots=True)
class Name:
    """A name found at tokens `first`..`last`. `respelled` is the known name that a misspelling stands for."""

    first: int
    last: int
    medicine: Entry | None
    allergen: Entry | None
    respelled: str | None = None

    @property
    def entry(self) -> Entry:
        """What the name stands for, medicine before allergen."""
        found = self.medicine or self.allergen
        if found is None:
            raise ValueError("a name stands for something")
        return found


def find(text: Text, *, guess: bool) -> list[Name]:
    """Every name in order, not overlapping.

    `guess` also resolves misspellings: only where medicines or allergies are asked about.
    """
    lexicon = load()
    found: list[Name] = []
    index, count = 0, len(text.tokens)
    strict = guess and is_spanish(text)
    while index < count:
        name = _exact(text, index)
        if name is None and guess and len(text.norms[index]) <= LONGEST_WORD:
            respelled = spelling.resolve(text.norms[index], strict)
            if respelled is not None:
                name = Name(index, index, lexicon.medicines[respelled], None, respelled)
        if name is None:
            index += 1
            continue
        if not _laboratory(text, name) and not _verb(text, name):
            found.append(name)
        index = name.last + 1
    return found


def _exact(text: Text, index: int) -> Name | None:
    lexicon = load()
    norms = text.norms
    limit = min(LONGEST, len(norms) - index) if norms[index] in lexicon.first_words else 1
    for length in range(limit, 0, -1):
        if any(not _JOINED.match(text.gap(i)) for i in range(index, index + length - 1)):
            continue
        phrase = " ".join(norms[index : index + length])
        medicine = lexicon.medicines.get(phrase)
        allergen = lexicon.allergens.get(phrase)
        if medicine is None and allergen is None and phrase.endswith("s") and len(phrase) > 4 and norms[index] != "the":
            medicine, allergen = lexicon.medicines.get(phrase[:-1]), lexicon.allergens.get(phrase[:-1])
        if medicine is None and allergen is None and phrase.endswith("'s"):
            medicine = lexicon.medicines.get(phrase[:-2])
        if medicine or allergen:
            return Name(index, index + length - 1, medicine, allergen)
    return None


def _laboratory(text: Text, name: Name) -> bool:
    """Whether the name is of a blood value or a disease, as in "vitamin d deficiency"."""
    after = text.norms[name.last + 1] if name.last + 1 < len(text.norms) else ""
    return after in word_list("laboratory") and bool(name.medicine) and text.gap(name.last).strip() == ""


def _verb(text: Text, name: Name) -> bool:
    """Whether "soy" is the Spanish "I am": the bean is not followed by a word in Spanish."""
    after = text.norms[name.last + 1] if name.last + 1 < len(text.norms) else ""
    return text.norms[name.first] == "soy" and bool(
        re.match(r"alergi|intoler|hiper|muy|un$|una$|sensible|diabetic|asmatic|fumador|de$|el$|la$", after)
    )


def is_weak(name: Name, text: Text) -> bool:
    """Whether the words alone prove nothing."""
    return " ".join(text.norms[name.first : name.last + 1]) in word_list("weak")
