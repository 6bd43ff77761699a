"""Whether the parts of a list item (name, dose, reaction) are really said in its quotes."""

import re

from aiassist.engine import details, mentions
from aiassist.engine.lexicon import load, word_list
from aiassist.engine.rules import Finding
from aiassist.engine.spelling import close
from aiassist.engine.text import find_quote, key, numbers_in, parse

_RESPELLED = re.compile(r"^(.+?) \((.+?)\?\)$")
_UNIT_NAMES = (
    ("mcg", re.compile(r"mcg|m\s?c\s?g|µg|ug|micro", re.I)),
    ("mg", re.compile(r"mg|m\s?g\b|milligram|miligramo", re.I)),
    ("ml", re.compile(r"ml|millilit|mililit|cc\b", re.I)),
    ("unit", re.compile(r"unit|unidad|\biu\b|\bui\b", re.I)),
    ("%", re.compile(r"%|percent|por ciento", re.I)),
    ("g", re.compile(r"(?<![mc])\bg\b|gram", re.I)),
)


def name_is_said(name: str, quotes: list[str], here: list[Finding]) -> bool:
    """Verbatim, as brand or generic of a name in the quote, as a close spelling, or affirmed of a question that named
    it.
    """
    respelled = _RESPELLED.match(name)
    spoken = respelled.group(1) if respelled else name
    if respelled and not (
        close(spoken, respelled.group(2))
        or any(f.respelled and key(f.respelled) == key(respelled.group(2)) for f in here)
    ):
        return False
    parsed = parse(spoken)
    covered = {i for found in mentions.find(parsed, guess=False) for i in range(found.first, found.last + 1)}
    loose = numbers_in(" ".join(word for i, word in enumerate(parsed.norms) if i not in covered))
    if not loose <= {number for quote in quotes for number in numbers_in(quote)} and not any(
        find_quote(spoken, quote) for quote in quotes
    ):
        return False
    return any(_said_in(spoken, quote) for quote in quotes) or any(_affirmed(spoken, quote, here) for quote in quotes)


def is_same(finding: Finding, name: str) -> bool:
    """Whether a finding is of the substance that a shown name means: the same ingredient, or a close spelling that is
    no other medicine.
    """
    bare = name.split(" (")[0]
    if finding.ingredient in ingredients_of(name) or load().same_medicine(finding.name, bare):
        return True
    other = load().allergen(bare)
    if finding.known and other and other.ingredient != finding.ingredient:
        return False
    return close(finding.name, bare)


def ingredients_of(name: str) -> set[str]:
    """What a shown name may stand for: the ingredients of the names in it, or its own words."""
    parsed = parse(name)
    found = {n.entry.ingredient for n in mentions.find(parsed, guess=True)}
    found |= {n.allergen.ingredient for n in mentions.find(parsed, guess=False) if n.allergen}
    return found or {key(name.split(" (")[0])}


def _said_in(name: str, quote: str) -> bool:
    if find_quote(name, quote):
        return True
    wanted = mentions.find(parse(name), guess=False)
    if wanted:
        known = {found.entry.ingredient for found in mentions.find(parse(quote), guess=True)}
        known |= {found.allergen.ingredient for found in mentions.find(parse(quote), guess=False) if found.allergen}
        covered = {i for found in wanted for i in range(found.first, found.last + 1)}
        rest = [
            word
            for i, word in enumerate(parse(name).norms)
            if i not in covered and word not in word_list("form") and not word[0].isdigit()
        ]
        if all(
            found.entry.ingredient in known
            or _close_in(" ".join(parse(name).norms[found.first : found.last + 1]), quote)
            for found in wanted
        ):
            return all(_close_in(word, quote) for word in rest)
        return False
    words = [word for word in parse(name).norms if word not in word_list("form") and not word[0].isdigit()]
    return bool(words) and all(_close_in(word, quote) for word in words)


def _close_in(word: str, quote: str) -> bool:
    """Whether the quote has the word, or a close spelling that is no other medicine's name."""
    lexicon = load()
    entry = lexicon.medicine(word)
    for token in parse(quote).norms:
        if key(token) == word:
            return True
        if close(token, word):
            other = lexicon.medicine(token)
            if not (entry and other and entry.ingredient != other.ingredient):
                return True
    return False


def _affirmed(name: str, quote: str, here: list[Finding]) -> bool:
    """Whether the engine found it named by the question and affirmed by exactly these words."""
    return any(
        finding.start == 0 and find_quote(quote, finding.quote) and not find_quote(finding.name, finding.quote)
        for finding in here
        if close(finding.name, name) or load().same_medicine(finding.name, name)
    )


def _units(text: str) -> set[str]:
    found = set()
    for match in details.DOSE.finditer(text):
        for name, pattern in _UNIT_NAMES:
            if pattern.search(match.group()):
                found.add(name)
                break
    return found


def dose_is_said(name: str, dose: str, quotes: list[str], here: list[Finding]) -> bool:
    """Whether every number of the dose is in the quotes, in the same unit, and agrees with the dose that the engine
    reads for this item.
    """
    numbers = numbers_in(dose)
    said = {number for quote in quotes for number in numbers_in(quote)}
    if not numbers:
        return any(find_quote(dose, quote) for quote in quotes)
    if not numbers <= said and not any(find_quote(dose, quote) for quote in quotes):
        return False
    units, spoken = _units(dose), {unit for quote in quotes for unit in _units(quote)}
    if units and spoken and not units <= spoken:
        return False
    named = [finding for finding in here if key(finding.name) == key(name)] or here
    own = [finding.dose for finding in named if finding.dose]
    return not own or any(numbers <= numbers_in(text) or numbers_in(text) <= numbers for text in own)


def reaction_is_said(reaction: str, quotes: list[str]) -> bool:
    """Whether every word of weight of the reaction, and every number, is in one of the quotes."""
    if any(find_quote(reaction, quote) for quote in quotes):
        return True
    said = {word[:5] for quote in quotes for word in parse(quote).norms}
    words = [word for word in parse(reaction).norms if len(word) > 2 and word not in word_list("form")]
    return (
        bool(words)
        and all(word[:5] in said for word in words)
        and numbers_in(reaction) <= {n for quote in quotes for n in numbers_in(quote)}
    )
