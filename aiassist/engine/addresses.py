"""Postal addresses: the known ones however they are written, and what looks like one."""

import re
from collections.abc import Sequence
from functools import lru_cache

from aiassist.engine.folding import flat

# Long forms by their short one.
_SHORT_FORMS = {
    "st": "street", "ave": "avenue av avenida avda", "rd": "road", "dr": "drive", "ln": "lane", "blvd": "boulevard",
    "ct": "court", "pl": "place", "ter": "terrace", "cir": "circle", "hwy": "highway", "pkwy": "parkway",
    "trl": "trail", "sq": "square", "c": "calle", "apt": "apartment apto apartamento depto departamento",
    "ste": "suite", "no": "number num numero", "n": "north norte", "s": "south sur", "e": "east este",
    "w": "west oeste", "nw": "northwest", "ne": "northeast", "sw": "southwest", "se": "southeast",
}  # fmt: skip
_SORTS = {long: short for short, words in _SHORT_FORMS.items() for long in words.split()}
# Words of every address, which say nothing of this one.
_GENERAL = frozenset(
    {*_SORTS, *_SORTS.values(), "unit", "way", "loop", "usa", "of", "the", "box", "po", "p", "o", "piso", "floor",
     "casa", "urb", "edificio", "int", "de", "la", "las", "los", "el"}
)  # fmt: skip
_TOKEN = re.compile(r"\d+[a-z]?(?![a-z0-9])|\d+(?:st|nd|rd|th)\b|[a-z]+")
_GAP = re.compile(r"[\s,.#'-]{0,4}")


@lru_cache(maxsize=256)
def _vocabulary(addresses: tuple[str, ...]) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Of each address the numbers and the words of weight, general words in their short form."""
    known = []
    for address in addresses:
        tokens = [_short(match.group()) for match in _TOKEN.finditer(flat(address).text)]
        numbers = frozenset(token for token in tokens if token[0].isdigit())
        words = frozenset(t for t in tokens if t[0].isalpha() and t not in _GENERAL and len(t) > 2)
        known.append((numbers, words))
    return tuple(known)


def _short(token: str) -> str:
    return _SORTS.get(token, token)


def known_addresses(folded: str, addresses: tuple[str, ...]) -> list[tuple[int, int]]:
    """Positions in a folded text of each part of these addresses that identifies the patient's home: a number with the
    street, a postcode, the town. Abbreviations, order and punctuation do not matter.
    """
    found: list[tuple[int, int]] = []
    if not any(addresses):
        return found
    tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(folded)]
    for numbers, words in _vocabulary(addresses):
        run: list[tuple[str, int, int]] = []
        for token in [*tokens, ("", len(folded) + 9, len(folded) + 9)]:
            short = _short(token[0])
            fits = short in numbers or short in words or short in _GENERAL or (len(short) == 1 and short.isalpha())
            beside = not run or _GAP.fullmatch(folded, run[-1][2], token[1]) is not None
            if not (fits and beside):
                found += _told(run, numbers, words)
                run = []
            if fits:
                run.append(token)
    return found


def _told(run: list[tuple[str, int, int]], numbers: frozenset[str], words: frozenset[str]) -> list[tuple[int, int]]:
    """The stretch of a run of an address's words, from its first of weight to its last, when they say enough."""
    own = [i for i, (token, _, _) in enumerate(run) if _short(token) in numbers or _short(token) in words]
    if not own:
        return []
    said = {_short(run[i][0]) for i in own}
    number = said & numbers
    telling = (number and (said & words or len(run) > 1)) or len(said & words) > 1 or any(len(n) == 5 for n in number)
    if not telling and not any(len(word) > 5 for word in said & words):
        return []
    last = own[-1]
    while last + 1 < len(run) and len(run[last + 1][0]) == 1:
        last += 1
    first = own[0]
    if first and _short(run[first - 1][0]) in {"n", "s", "e", "w", "c", "no", "apt", "ste", "unit"}:
        first -= 1
    return [(run[first][1], run[last][2])]


_KINDS = (
    "street|st|avenue|ave|road|rd|lane|ln|drive|boulevard|blvd|court|ct|place|pl|terrace|circle|cir|highway|hwy|parkway|"
    "pkwy|trail|trl|square"
)
_UNIT = r"(?:[,\s]{1,3}(?:apt|apartment|unit|suite|ste|floor|fl|room|rm|bldg|lot|trailer|#)\.?\s?#?\s?\w{1,5})?"
_TOWN = r"(?:,?\s[a-z]{3,20}(?:\s[a-z]{3,20})?,?\s[a-z]{2}\s\d{5}(?:-\d{4})?)?"
_BETWEEN = (  # words after a number that is no house number
    r"(?!(?:mg|mcg|ml|units?|times|x|days?|weeks?|months?|years?|hours?|minutes?|mins?|pills?|tablets?|tabs?|pounds|lbs?|"
    r"feet|steps|of|a|an|the|and|or|in|on|my|per|to|for|at|with|by|from|since|i|is|was|puffs?|drops?|cups?|percent)\b)"
)
_ENGLISH = re.compile(
    rf"(?<![\w./])\d{{1,5}}[a-z]?\s(?:(?:n|s|e|w|nw|ne|sw|se|north|south|east|west)\.?\s)?"
    rf"(?:{_BETWEEN}[a-z0-9][\w'-]{{1,20}}\.?\s){{1,3}}(?:{_KINDS})\b\.?{_UNIT}{_TOWN}"
)
_DRIVE = re.compile(
    rf"(?<![\w./])\d{{2,5}}\s(?:{_BETWEEN}[a-z][\w'-]{{2,20}}\s){{1,2}}(?:dr|way|loop)\b\.?"
    rf"(?=\s*(?:$|[,\n;]|#|apt|unit|suite|ste)){_UNIT}{_TOWN}"
)
_SPANISH = re.compile(
    r"\b(?:calle|avenida|av\.|avda\.?|ave\.|urb\.?|urbanizacion|residencial|fraccionamiento|fracc\.|colonia|col\.|carretera|"
    r"plaza)\s(?:(?!y\b|que\b|porque\b|cuando\b|donde\b|en\b|con\b|a\b|me\b)[\w.'-]{1,20},?\s){0,4}?"
    r"(?:#|no\.?|num\.?|numero)?\s?\d{1,5}\b"
    r"(?:,?\s(?:casa|apto|apt|depto|int|interior|piso|edificio|unidad|local)\.?\s?\w{1,4}(?:-\d{1,4})?){0,3}"
)
_ESTATE = re.compile(
    r"\b(?:urb\.?|urbanizacion|residencial|fracc\.|fraccionamiento)\s(?:(?:las|los|la|el|de)\s)?[a-z]{3,20}\b"
)
_HOUSE = re.compile(r"\bcasa\s(?:#|no\.?\s?)?[a-z]?-?\d{1,4}\b|\b(?:apto|depto)\.?\s?#?\w{1,4}\b")
_BOX = re.compile(
    r"\bp\.?\s?o\.?\s?box\s?#?\d{1,6}\b(?:,?\s[a-z]{3,20}\b)?|\b(?:apartado|apdo)\.?\s(?:postal\s)?\d{1,6}\b"
)
_POSTCODE = re.compile(r"\b(?:zip(?: ?code)?|codigo postal|c\.?p\.?)\s?(?:is|es|:|#)?\s?(\d{5}(?:-\d{4})?)\b")
_STATE = re.compile(r"\b[a-z]{3,20},\s?(?:[a-z]{2})\s(\d{5}(?:-\d{4})?)\b")


def likely_addresses(folded: str) -> list[tuple[int, int]]:
    """What looks like an address in a folded text, English or Spanish, and postcodes that are called so."""
    patterns: Sequence[re.Pattern[str]] = (_ENGLISH, _DRIVE, _SPANISH, _ESTATE, _HOUSE, _BOX)
    found = [match.span() for pattern in patterns for match in pattern.finditer(folded)]
    return found + [match.span(1) for pattern in (_POSTCODE, _STATE) for match in pattern.finditer(folded)]
