"""Whether the parts of a list item (name, dose, reaction) are really said in its quotes."""

import re
from functools import lru_cache

from aiassist.engine import details, meaning, mentions
from aiassist.engine.frequencies import says
from aiassist.engine.lexicon import load, word_list
from aiassist.engine.noun_scopes import segments_of
from aiassist.engine.rules import Finding
from aiassist.engine.spelling import close
from aiassist.engine.stances import stale_numbers, without_what_was
from aiassist.engine.synonyms import keys
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


@lru_cache(maxsize=1024)
def ingredients_of(name: str) -> frozenset[str]:
    """What a shown name may stand for: the ingredients of the names in it, or its own words."""
    parsed = parse(name)
    found = {n.entry.ingredient for n in mentions.find(parsed, guess=True)}
    found |= {n.allergen.ingredient for n in mentions.find(parsed, guess=False) if n.allergen}
    return frozenset(found or {key(name.split(" (")[0])})


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


def dose_is_said(
    name: str, dose: str, quotes: list[str], here: list[Finding], others: list[Finding], *, past: bool
) -> bool:
    """Whether every number of the dose is in the quotes, in the same unit, and belongs to this item: the engine reads
    it here and not at one of the `others`, and it is not the dose before a change (unless the item is `past`).
    """
    numbers = numbers_in(dose)
    said = {number for quote in quotes for number in numbers_in(quote)}
    if not numbers:
        return any(find_quote(dose, quote) for quote in quotes)
    if not numbers <= said and not any(find_quote(dose, quote) for quote in quotes):
        return False
    if not _units_agree(dose, quotes):
        return False
    stale = stale_numbers(quotes)
    if not past and numbers & stale:
        return False
    named = [finding for finding in here if key(finding.name) == key(name)] or here
    own = [numbers_in(finding.dose) for finding in named if finding.dose]
    if any(numbers <= read or read <= numbers for read in own):
        return True
    if any(not read <= stale for read in own):
        return False
    return not any(numbers <= numbers_in(other.dose or "") for other in others)


def _units_agree(dose: str, quotes: list[str]) -> bool:
    """Whether each number of the dose has a unit in the quotes that it has there, where it has one there."""
    units, spoken = _units(dose), {unit for quote in quotes for unit in _units(quote)}
    if units and spoken and not units <= spoken:
        return False
    said: dict[float, set[str]] = {}
    for quote in quotes:
        for segment in segments_of(quote):
            for number, unit in segment.measures:
                said.setdefault(number, set()).add(unit)
    told = [measure for segment in segments_of(dose) for measure in segment.measures]
    return all(unit in said.get(number, {unit}) for number, unit in told)


def frequency_is_said(
    frequency: str, quotes: list[str], here: list[Finding], others: list[Finding], *, past: bool
) -> bool:
    """Whether the quotes say how often, say it of this item and not of one of the `others` alone, and do not say that
    it was so before (unless the item is `past`).
    """
    if not any(says(quote if past else without_what_was(quote), frequency) for quote in quotes):
        return False
    own = [finding.frequency for finding in here if finding.frequency]
    if own:
        return any(says(phrase, frequency) or says(frequency, phrase) for phrase in own)
    return not any(says(other.frequency or "", frequency) for other in others)


def reaction_is_said(reaction: str, quotes: list[str], here: list[Finding], others: list[Finding]) -> bool:
    """Whether every word of weight of the reaction, and every number, is in one of the quotes, and said of this
    substance and not of one of the `others` alone.
    """
    if not any(find_quote(reaction, quote) for quote in quotes) and not _words_are_said(reaction, quotes):
        return False
    own = [finding.reaction for finding in here if finding.reaction]
    if any(_alike(reaction, read) for read in own):
        return True
    if here and not meaning.is_said_of(f"{here[0].name} {reaction}", quotes):
        return False
    return not any(other.reaction and _alike(reaction, other.reaction) for other in others)


def _words_are_said(reaction: str, quotes: list[str]) -> bool:
    said = {word[:5] for quote in quotes for word in parse(quote).norms}
    words = [word for word in parse(reaction).norms if len(word) > 2 and word not in word_list("form")]
    return (
        bool(words)
        and all(word[:5] in said for word in words)
        and numbers_in(reaction) <= {n for quote in quotes for n in numbers_in(quote)}
    )


def _alike(one: str, other: str) -> bool:
    """Whether two reactions share a word of weight or its synonym."""
    first, second = ({key for meant in keys(parse(words).norms) for key in meant} for words in (one, other))
    return bool({word for word in first & second if len(word) > 2})
