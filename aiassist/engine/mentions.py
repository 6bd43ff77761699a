"""Finds the names in an answer: exact ones from the lexicon, longest first, and misspelt ones where the talk is of
medicines.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from aiassist.engine import lay, spelling
from aiassist.engine.lexicon import LONGEST, Entry, combined, load, word_list
from aiassist.engine.segments import pieces_of
from aiassist.engine.text import Text, is_spanish, parse

LONGEST_WORD = 30  # letters of a word that may be a misspelt name
MOST_GUESSED = 200  # words of one text that are looked up as misspelt names
LONGEST_FORM = 4  # words of form, salt or release behind a name: "xr", "succinate", "nasal spray"
_JOINED = re.compile(r"[ \t\u00a0\-–/&.'’+]*\Z")
_NEXT_TO = re.compile(r"[ \t\u00a0\-]*\Z")
_SLASHED = re.compile(r"\s*\(?\s*\d+(?:[.,]\d+)?\s?(?:mg|mcg)?\s?[/-]\s?\d")


@dataclass(frozen=True, slots=True)
class Name:
    """A name found at tokens `first`..`last`. `respelled` is the known name that a misspelling stands for.

    `core` is the last token of the known name; words of form and salt may follow ("metoprolol succ"), and the same
    medicine's other name in brackets (`bracket`: "Cozaar (losartan)").
    """

    first: int
    last: int
    medicine: Entry | None
    allergen: Entry | None
    respelled: str | None = None
    core: int = -1
    bracket: bool = False

    @property
    def entry(self) -> Entry:
        """What the name stands for, medicine before allergen."""
        found = self.medicine or self.allergen
        if found is None:
            raise ValueError("a name stands for something")
        return found


def find(text: Text, *, guess: bool) -> list[Name]:
    """Every name in order, not overlapping.

    `guess` also resolves misspellings: only where medicines or allergies are asked about, and at most
    `MOST_GUESSED` words of a text.
    """
    return list(_find(text.raw, guess))


@lru_cache(maxsize=512)
def _find(raw: str, guess: bool) -> tuple[Name, ...]:
    text = parse(raw)
    found: list[Name] = []
    index, count, guesses = 0, len(text.tokens), 0
    strict = guess and is_spanish(text)
    while index < count:
        name = _exact(text, index)
        if name is None and guess and guesses < MOST_GUESSED and spelling.may_be_misspelt(text.norms[index]):
            guesses += 1
            name = _misspelt(text, index, strict)
        if name is None:
            index += 1
            continue
        if not _laboratory(text, name) and not _verb(text, name):
            found.append(name)
        index = name.last + 1
    return tuple(_without_devices(text, _combinations(text, found)))


def _without_devices(text: Text, names: list[Name]) -> list[Name]:
    """The names without "shot", "patch" or the like in a piece that names the medicine itself: "Ozempic weekly shot"."""
    devices = word_list("devices")
    bare = [name for name in names if name.medicine and name.medicine.sort == "lay" and text.norms[name.core] in devices]
    if not bare:
        return names
    pieces = pieces_of(text.raw)
    named = {pieces.of(name.first) for name in names if name not in bare}
    return [name for name in names if name not in bare or name.first != name.core or pieces.of(name.first) not in named]


def _misspelt(text: Text, index: int, strict: bool) -> Name | None:
    if len(text.norms[index]) > LONGEST_WORD:
        return None
    respelled = spelling.resolve(text.norms[index], strict)
    if respelled is None:
        return None
    return Name(index, _with_form(text, index), load().medicines[respelled], None, respelled, index)


def _exact(text: Text, index: int) -> Name | None:
    lexicon = load()
    norms = text.norms
    if len(norms[index]) < 2 and norms[index] not in lexicon.first_words:
        return None
    for length in range(_longest(text, index), 0, -1):
        phrase = " ".join(norms[index : index + length])
        medicine = lexicon.medicines.get(phrase)
        allergen = lexicon.allergens.get(phrase)
        if medicine is None and allergen is None and phrase.endswith("s") and len(phrase) > 4 and norms[index] != "the":
            medicine, allergen = lexicon.medicines.get(phrase[:-1]), lexicon.allergens.get(phrase[:-1])
        if medicine is None and allergen is None and phrase.endswith("'s"):
            medicine = lexicon.medicines.get(phrase[:-2])
        if medicine or allergen:
            core = index + length - 1
            return Name(index, _with_form(text, core) if medicine else core, medicine, allergen, None, core)
    return _lay(text, index)


def _lay(text: Text, index: int) -> Name | None:
    """A medicine named by what it is for, in one run of words."""
    found = lay.at(text.norms, index)
    if found is None or any(not _JOINED.match(text.gaps[i]) for i in range(index, index + found[0] - 1)):
        return None
    core = index + found[0] - 1
    return Name(index, core, found[1], None, None, core)


def _longest(text: Text, index: int) -> int:
    """How many words a name that begins at a word may have: no mark but a hyphen or the like stands between them."""
    following = load().first_words.get(text.norms[index])
    if following is None or index + 1 >= len(text.norms):
        return 1
    if text.norms[index + 1] not in following and text.norms[index + 1].removesuffix("s") not in following:
        return 1
    length = 1
    while length < LONGEST and index + length < len(text.norms) and _JOINED.match(text.gaps[index + length - 1]):
        length += 1
    return length


def _with_form(text: Text, core: int) -> int:
    """The last token of the words of form, salt or release right behind a name."""
    last = core
    while (
        last + 1 < len(text.tokens)
        and last - core < LONGEST_FORM
        and text.norms[last + 1] in word_list("behind a name")
        and _NEXT_TO.match(text.gap(last))
    ):
        last += 1
    return last


def _combinations(text: Text, names: list[Name]) -> list[Name]:
    """The names, with two generic ones of one product made one: "lisinopril/hctz 20/12.5"."""
    merged: list[Name] = []
    for name in names:
        before = merged[-1] if merged else None
        both = _combination(text, before, name) if before else None
        if before and _is_other_name(text, before, name):
            kept = before if before.medicine and before.medicine.sort not in ("lay", "class") else name
            bracket = "(" in text.gaps[before.last]
            merged[-1] = replace(kept, first=before.first, last=name.last, bracket=bracket)
        elif before and both:
            merged[-1] = Name(before.first, name.last, both, None, None, name.core)
        else:
            merged.append(name)
    return merged


def _is_other_name(text: Text, one: Name, other: Name) -> bool:
    """Whether a name in brackets is the same medicine's: brand and generic, or the class and its medicine."""
    if not (one.medicine and other.medicine) or one.last + 1 != other.first:
        return False
    gap = text.gaps[one.last]
    same = one.medicine.ingredient == other.medicine.ingredient
    if same and gap.strip() in ("/", "=", "-", "–", ":") and one.medicine.name != other.medicine.name:
        return True
    lay = one.medicine.sort in ("lay", "class") and other.medicine.sort in ("medicine", "supplement")
    if lay and _NEXT_TO.match(gap):
        return True
    return (same or lay) and "(" in gap and ")" in text.gaps[other.last] and "\n" not in gap


def _combination(text: Text, one: Name, other: Name) -> Entry | None:
    if not (one.medicine and other.medicine) or one.last + 1 != other.first or text.gap(one.last) not in ("/", "-"):
        return None
    entries = (one.medicine, other.medicine)
    if any(entry.sort != "medicine" for entry in entries) or entries[0].ingredient == entries[1].ingredient:
        return None
    generic = all(entry.name == entry.ingredient or len(entry.name) <= 4 for entry in entries)
    return combined(*entries) if generic or _SLASHED.match(text.raw, text.tokens[other.last].end) else None


def _laboratory(text: Text, name: Name) -> bool:
    """Whether the name is of a blood value or a disease, as in "vitamin d deficiency"."""
    after = text.norms[name.last + 1] if name.last + 1 < len(text.norms) else ""
    return after in word_list("laboratory") and bool(name.medicine) and text.gap(name.last).strip() == ""


def _verb(text: Text, name: Name) -> bool:
    """Whether "soy" is the Spanish "I am" (the bean is not followed by a word in Spanish), or "hay" is "there is"."""
    if text.norms[name.first] == "hay" and name.first == name.last:
        before = text.norms[name.first - 1] if name.first else ""
        return before in ("si", "cuando", "no", "que", "donde", "ya") or is_spanish(text)
    after = text.norms[name.last + 1] if name.last + 1 < len(text.norms) else ""
    return text.norms[name.first] == "soy" and bool(
        re.match(r"alergi|intoler|hiper|muy|un$|una$|sensible|diabetic|asmatic|fumador|de$|el$|la$", after)
    )


def is_weak(name: Name, text: Text) -> bool:
    """Whether the words alone prove nothing."""
    return " ".join(text.norms[name.first : name.core + 1]) in word_list("weak")
