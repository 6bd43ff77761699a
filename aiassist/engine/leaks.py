"""A second look at a text that is about to leave, by other means than the redactor's: what is known of the patient is
looked for in the bare skeleton of the text (letters without marks, accents and spaces; digits as one stream), and not
with the patterns and contexts of the first pass.
"""

import re
import unicodedata
from datetime import date

from aiassist.engine.identity import Identity, name_words
from aiassist.engine.lexicon import load, word_list
from aiassist.engine.person_names import eponyms, is_month

_PLACEHOLDER = re.compile(r"\[[A-Z_]+(?:_\d+)?\]")
_SPOKEN = {
    word: str(digit)
    for digit, words in enumerate(
        ("zero oh cero", "one uno", "two dos", "three tres", "four cuatro", "five cinco", "six seis", "seven siete",
         "eight ocho", "nine nueve")
    )
    for word in words.split()
}  # fmt: skip
_JOINERS = frozenset(["dot", "at", "punto", "arroba", "underscore", "guion", "bajo", "dash", "com", "org", "net"])
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan ene", "feb", "mar", "apr abr", "may", "jun", "jul", "aug ago", "sep", "oct", "nov", "dec dic"), 1
    )
    for name in names.split()
}
_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("first one uno primero", "second two dos", "third three tres", "fourth four cuatro", "fifth five cinco",
         "sixth six seis", "seventh seven siete", "eighth eight ocho", "ninth nine nueve", "tenth ten diez",
         "eleventh eleven once", "twelfth twelve doce", "thirteenth thirteen trece", "fourteenth fourteen catorce",
         "fifteenth fifteen quince", "sixteenth sixteen dieciseis", "seventeenth seventeen diecisiete",
         "eighteenth eighteen dieciocho", "nineteenth nineteen diecinueve", "twentieth twenty veinte"),
        1,
    )
    for word in words.split()
}  # fmt: skip
_STREET_WORDS = (
    "street avenue road lane drive boulevard court place terrace circle highway parkway trail square suite unit north "
    "south east west calle avenida apartment"
)
_STREETS = frozenset(_STREET_WORDS.split())
_AMOUNTS = frozenset(["times", "veces", "x", "mg", "mcg", "ml", "days", "dias", "weeks", "semanas", "months", "meses"])
LONGEST_GAP = 3  # characters between the parts of a date, or between two figures of a number
SHORTEST_NAME = 4


def leaked(text: str, identity: Identity) -> list[str]:
    """Own identifiers still readable in a text that is about to be sent, as sorts: name, number, email, birth_date,
    address. The caller refuses to send when this is not empty.

    Names that are ordinary or clinical words, months or eponyms ("Will", "May", "Crohn") are not looked for alone.
    """
    bare = _bare(_PLACEHOLDER.sub(" ¦ ", text))
    words = re.findall(r"[a-z0-9]+|¦", bare)
    looks = (
        ("name", _names_left(words, bare, identity)),
        ("number", _numbers_left(bare, identity)),
        ("email", _emails_left(words, identity)),
        ("birth_date", identity.date_of_birth is not None and _date_left(words, identity.date_of_birth)),
        ("address", _address_left(words, identity)),
    )
    return [sort for sort, left in looks if left]


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _letters(value: str) -> list[str]:
    return re.findall(r"[a-z]+", _bare(value).replace("'", "").replace("’", ""))


def _is_telling(name: str) -> bool:
    """Whether a name identifies a person even where it stands alone."""
    if len(name) < SHORTEST_NAME or name in word_list("also names") or is_month(name):
        return False
    return not (load().is_clinical(name) or name in eponyms("rare") or name in eponyms("common"))


def _names_left(words: list[str], bare: str, identity: Identity) -> bool:
    names = [_letters(name) for name in identity.names]
    telling = {part for parts in names for part in parts if _is_telling(part)}
    telling |= {word for word, on_file in name_words(identity.names).items() if not on_file and _is_telling(word)}
    stream = set(words) | {word.removesuffix("s") for word in words}
    stream |= set(re.findall(r"[a-z]+", bare.replace("'", "").replace("’", "")))
    if telling & stream:
        return True
    longer = [word for word in words if len(word) > 8]
    if any(name in word for word in longer for name in telling if len(name) >= 6):
        return True
    spelled = "".join(word if len(word) == 1 else " " for word in words)
    pairs = {first + second for parts in names for first in parts for second in parts if first != second}
    pairs = {pair for pair in pairs if len(pair) >= 8}
    return any(name in spelled for name in telling) or any(pair in word for pair in pairs for word in longer)


def _digits(bare: str) -> str:
    """The text as one stream of figures; everything that parts two numbers is a space."""
    out: list[str] = []
    for match in re.finditer(r"\d|[a-z]+|[^a-z\d]+", bare):
        piece = match.group()
        if piece.isdigit():
            out.append(piece)
        elif piece in _SPOKEN:
            out.append(_SPOKEN[piece])
        elif piece == "o":
            out.append("0" if out and out[-1] != " " else "")
        elif piece[0].isalpha() or len(piece) > LONGEST_GAP or "¦" in piece:
            out.append(" ")
    return "".join(out)


def _numbers_left(bare: str, identity: Identity) -> bool:
    stream = _digits(bare)
    for number in (*identity.phones, *identity.record_numbers):
        figures = re.sub(r"\D", "", number)
        tail = figures[-7:] if number in identity.phones else figures.lstrip("0")
        if len(tail) >= 5 and tail in stream:
            return True
    return False


def _emails_left(words: list[str], identity: Identity) -> bool:
    skeleton = "".join(word for word in words if word not in _JOINERS)
    locals_ = ["".join(re.findall(r"[a-z0-9]+", _bare(email.split("@")[0]))) for email in identity.emails]
    return any(len(local) >= 7 and local in skeleton for local in locals_)


def _date_left(words: list[str], born: date) -> bool:
    """Whether day and month in words, or all three in figures, of the birth date stand beside each other."""
    read = [_of_date(word, after) for word, after in zip(words, [*words[1:], ""], strict=False)]
    figures = [int(word) if word.isdigit() and len(word) <= 4 else -1 for word in words]
    for i in range(len(words) - 2):
        three = sorted(figures[i : i + 3])
        if three in (sorted((born.month, born.day, born.year)), sorted((born.month, born.day, born.year % 100))):
            return True
    return any(
        month == born.month and any(day == born.day for _, day in read[max(i - 2, 0) : i] + read[i + 1 : i + 3])
        for i, (month, _) in enumerate(read)
    )


def _of_date(word: str, after: str) -> tuple[int, int]:
    """(month, day) that a word may stand for, 0 for none; "3 times" is no day."""
    month = _MONTHS.get(word[:3], 0) if word[:1].isalpha() and word[:4] != "mari" else 0
    if after in _AMOUNTS:
        return month, 0
    day = int(word) if word.isdigit() and len(word) <= 2 else _NUMBERS.get(word, 0)
    return month, day


def _address_left(words: list[str], identity: Identity) -> bool:
    """Whether a house number stands within four words of its street, or a postcode anywhere."""
    for address in (*identity.addresses, identity.address):
        own = re.findall(r"[a-z0-9]+", _bare(address))
        if any(len(part) == 5 and part.isdigit() and part in words for part in own):
            return True
        numbers = {part for part in own if part.isdigit() and len(part) != 5}
        streets = {part for part in own if len(part) >= 4 and part.isalpha() and part not in _STREETS}
        for i, word in enumerate(words):
            if word in numbers and streets & set(words[i + 1 : i + 5]):
                return True
    return False
