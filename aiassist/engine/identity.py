"""What is known of the person: the words and numbers that must not leave the machine."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from aiassist.engine.lexicon import DATA
from aiassist.engine.text import norm_word, parse

_MONTHS = (
    ("january", "jan", "enero", "ene"),
    ("february", "feb", "febrero"),
    ("march", "mar", "marzo"),
    ("april", "apr", "abril", "abr"),
    ("may", "mayo"),
    ("june", "jun", "junio"),
    ("july", "jul", "julio"),
    ("august", "aug", "agosto", "ago"),
    ("september", "sep", "sept", "septiembre"),
    ("october", "oct", "octubre"),
    ("november", "nov", "noviembre"),
    ("december", "dec", "diciembre", "dic"),
)
_PARTICLES = frozenset(
    [
        "de",
        "la",
        "las",
        "los",
        "del",
        "da",
        "dos",
        "van",
        "von",
        "der",
        "den",
        "di",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "y",
        "jr",
        "sr",
        "ii",
        "iii",
        "st",
        "mc",
        "mac",
        "o",
        "d",
    ]
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A patient's demographics and the names of the clinic and its doctors, as the database has them.

    Empty fields are allowed.
    """

    names: tuple[str, ...] = ()
    date_of_birth: date | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    record_numbers: tuple[str, ...] = ()
    clinics: tuple[str, ...] = ()
    doctors: tuple[str, ...] = ()


def age_band(born: date | None, today: date) -> str:
    """The band of ten years that is sent instead of a birth date: "40-49", "90+", "unknown"; under one year "0-9"."""
    if born is None or born > today:
        return "unknown"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return "90+" if age >= 90 else f"{age // 10 * 10}-{age // 10 * 10 + 9}"


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[str]]:
    """Every given name with all that its bearer may be called, in both directions."""
    groups: dict[str, set[str]] = {}
    for line in (DATA / "nicknames.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            head, _, rest = line.partition(":")
            members = {norm_word(head.strip()), *(norm_word(name.strip()) for name in rest.split(","))}
            for member in members:
                groups.setdefault(member, set()).update(
                    members if member == norm_word(head) else {norm_word(head), member}
                )
    return {name: frozenset(group) for name, group in groups.items()}


def name_words(names: tuple[str, ...]) -> dict[str, bool]:
    """The words of names, normalised, and whether each is on file (True) or only a nickname of one that is (False)."""
    words: dict[str, bool] = {}
    for name in names:
        for word in parse(name).norms:
            bare = word.replace("'", "")
            for form in {word, bare}:
                if (len(form) >= 2 and form not in _PARTICLES and form.isalpha()) or ("'" in form and len(form) > 3):
                    words[form] = True
    for word in list(words):
        for nickname in _nicknames().get(word, ()):
            if len(nickname) >= 2:
                words.setdefault(nickname, False)
    return words


def birth_date_pattern(born: date | None) -> re.Pattern[str] | None:
    """All the ways to write a birth date: 3/14/1962, 14-03-62, March 14th 1962, 14 de marzo de 1962, 1962-03-14."""
    if born is None:
        return None
    day, month = rf"0?{born.day}(?:st|nd|rd|th)?", rf"0?{born.month}"
    year = rf"(?:{born.year}|'?{born.year % 100:02d})"
    names = "|".join(_MONTHS[born.month - 1])
    gap = r"[\s./,-]{1,3}"
    filler = r"(?:[\s./,-]|\bof\b|\bde\b|\bdel\b|\bthe\b){1,6}"
    return re.compile(
        rf"(?<![\d/-])(?:{month}{gap}{day}{gap}{year}|{day}{gap}{month}{gap}{year}|{born.year}{gap}{month}{gap}{day}|{born.year}{born.month:02d}{born.day:02d}|{born.month:02d}{born.day:02d}{born.year}|"
        rf"{born.day:02d}{born.month:02d}{born.year}|(?:{names})\.?{filler}{day}{filler}{year}|{day}{filler}(?:{names})\.?{filler}{year}|(?:{names})\.?{filler}{day}(?!\d)|{day}{filler}(?:{names})(?![a-z]))(?![\d/-])",
        re.I,
    )


def digits_pattern(numbers: tuple[str, ...], shortest: int) -> re.Pattern[str] | None:
    """Known numbers written with any separators. A phone is also known by its last ten and last seven digits."""
    forms: set[str] = set()
    for number in numbers:
        digits = re.sub(r"\D", "", number)
        forms.update(digits[-length:] for length in (len(digits), 10, 7) if len(digits) >= length >= shortest)
    if not forms:
        return None
    sep = r"[\s().+/-]{0,3}"
    ordered = sorted(forms, key=len, reverse=True)
    return re.compile(
        r"(?<!\d)(?:\+?\d{1,3}[\s().-]{0,3})?\(?(?:" + "|".join(sep.join(form) for form in ordered) + r")(?!\d)"
    )


_STREET_WORDS = {
    "street": "st",
    "avenue": "ave",
    "av": "ave",
    "road": "rd",
    "drive": "dr",
    "lane": "ln",
    "boulevard": "blvd",
    "court": "ct",
    "place": "pl",
    "apartment": "apt",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "avenida": "ave",
    "calle": "c",
}
_STREET_SORTS = (
    frozenset(_STREET_WORDS)
    | frozenset(_STREET_WORDS.values())
    | frozenset(["apt", "unit", "suite", "ste", "no", "num", "way", "circle", "terrace", "numero", "usa", "of", "the"])
)


def address_pattern(addresses: tuple[str, ...]) -> re.Pattern[str] | None:
    """Known addresses: the line as a whole with usual abbreviations, its number with the street's name, the town, the
    postcode.
    """
    forms: list[str] = []
    sep = r"[\s,.#-]+"
    for address in addresses:
        for part in address.split(","):
            words = parse(part).norms
            weighty = [word for word in words if word not in _STREET_SORTS and not (len(word) == 2 and word.isalpha())]
            if not weighty:
                continue
            pieces = []
            for word in words:
                other = _STREET_WORDS.get(word) or next(
                    (long for long, short in _STREET_WORDS.items() if short == word), None
                )
                pieces.append(f"(?:{re.escape(word)}|{other})" if other else re.escape(word))
            forms.append(sep.join(pieces))
            if words[0].isdigit() and len(words) > 1:
                forms.append(sep.join(re.escape(word) for word in words[:2]))
                street = [word for word in weighty if word.isalpha()]
                if street and len(words) > 2:
                    forms.append(re.escape(words[0]) + rf"(?:{sep}\w+){{0,2}}{sep}" + re.escape(street[0]))
            forms += [rf"{word}(?:-\d{{4}})?" for word in words if word.isdigit() and len(word) == 5]
    if not forms:
        return None
    return re.compile(r"(?<![\w])(?:" + "|".join(sorted(set(forms), key=len, reverse=True)) + r")(?![\w])", re.I)
