"""A birth date in every way of writing it: 3/14/1962, March 14th, the third of May 1961, tres de mayo del 61."""

import re
from datetime import date
from functools import lru_cache

MONTHS = (
    ("january", "jan", "enero", "ene"), ("february", "feb", "febrero"), ("march", "mar", "marzo"),
    ("april", "apr", "abril", "abr"), ("may", "mayo"), ("june", "jun", "junio"), ("july", "jul", "julio"),
    ("august", "aug", "agosto", "ago"), ("september", "sep", "sept", "septiembre", "setiembre"),
    ("october", "oct", "octubre"), ("november", "nov", "noviembre"), ("december", "dec", "diciembre", "dic"),
)  # fmt: skip
_ENGLISH_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ORDINAL_WORDS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_SPANISH_WORDS = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete "
    "veintiocho veintinueve"
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SPANISH_TENS = "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_FILLER_WORDS = "of de del the el on in year ano st nd rd th"
_AMOUNT_WORDS = (
    "times x mg mcg ml pills pill tablets tablet days day weeks week months or to veces dias pastillas pounds units"
)
_ENGLISH, _ORDINALS, _SPANISH, _FILLERS, _AMOUNT, _TENS, _DECENAS = (
    tuple(words.split())
    for words in (
        _ENGLISH_WORDS, _ORDINAL_WORDS, _SPANISH_WORDS, _FILLER_WORDS, _AMOUNT_WORDS, _ENGLISH_TENS, _SPANISH_TENS
    )
)  # fmt: skip
_HOLIDAYS = (
    r"new year'?s(?: day| eve)?|ano nuevo|valentine'?s(?: day)?|san valentin|(?:the )?fourth of july|independence day|"
    r"halloween|christmas(?: day| eve)?|navidad|nochebuena|st\. patrick'?s(?: day)?"
)
_TOKEN = re.compile(r"\d+|[a-z]+")
_CUE = re.compile(
    r"\b(?:born|dob|d\.o\.b|date of birth|birth ?da(?:y|te)s?|b-?day|nac[ií]|nacio|nacid[oa]|nacimiento|cumple\w*)\b"
)
_MONTH_WORD = "|".join(sorted((name for names in MONTHS for name in names), key=len, reverse=True))
_DATE = re.compile(
    r"\b\d{1,4}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}\b|"
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?[\s,]+(?:of |de )?)(?:{_MONTH_WORD})\b\.?"
    rf"(?:[\s,]+(?:of |de |del )?'?\d{{2,4}}\b)?|"
    rf"\b(?:{_MONTH_WORD})\b\.?[\s,]+(?:the )?\d{{1,2}}(?:st|nd|rd|th)?\b(?:[\s,]+(?:of )?'?\d{{2,4}}\b)?|"
    rf"\b(?:{_MONTH_WORD})\b\.?[\s,]+(?:of |de |del )?(?:19|20)\d\d\b|\b(?:19|20)\d\d\b|"
    rf"\b(?:{_HOLIDAYS})\b"
)
PARTS = 5  # of one date
AFTER, BEFORE = 60, 24  # characters around "born" in which a date is the birth date


def _english(number: int) -> list[str]:
    if number < len(_ENGLISH):
        return [_ENGLISH[number]]
    tens = _TENS[number // 10 - 2]
    return [tens] if number % 10 == 0 else [tens, _ENGLISH[number % 10]]


def _spanish(number: int) -> list[str]:
    if number < len(_SPANISH):
        return [_SPANISH[number]]
    tens = _DECENAS[number // 10 - 2]
    return [tens] if number % 10 == 0 else [tens, "y", _SPANISH[number % 10]]


def _days(day: int) -> list[list[str]]:
    """The ways to say a day, as tokens."""
    ordinal = [_ORDINALS[day]] if day < len(_ORDINALS) else [_TENS[day // 10 - 2], _ORDINALS[day % 10]]
    if day % 10 == 0 and day >= len(_ORDINALS):
        ordinal = [{20: "twentieth", 30: "thirtieth"}[day]]
    ways = [[str(day)], [f"{day:02d}"], ordinal, _english(day), _spanish(day)]
    return [*ways, ["primero"]] if day == 1 else ways


def _years(year: int) -> list[list[str]]:
    """The ways to say a year in full, as tokens."""
    short = year % 100
    ways = [[str(year)]]
    if year < 2000:
        tail = _english(short) if short >= 10 else (["hundred"] if short == 0 else ["oh", _ENGLISH[short]])
        ways += [["nineteen", *tail], ["mil", "novecientos", *(_spanish(short) if short else [])]]
    else:
        words, palabras = (_english(short), _spanish(short)) if short else ([], [])
        ways += [["two", "thousand", *words], ["two", "thousand", "and", *words], ["dos", "mil", *palabras]]
        ways += [["twenty", *words]] if short >= 10 else []
    return ways


def _short_years(year: int) -> list[list[str]]:
    short = year % 100
    return [[f"{short:02d}"], _english(short), _spanish(short)] if short >= 10 else [[f"{short:02d}"]]


@lru_cache(maxsize=256)
def _figures(born: date) -> re.Pattern[str]:
    """The birth date in figures alone, day or month first, with or without the century."""
    day, month = rf"0?{born.day}", rf"0?{born.month}"
    year = rf"(?:{born.year}|'?{born.year % 100:02d})"
    gap = r"[\s./,-]{1,3}"
    return re.compile(
        rf"(?<![\d/-])(?:{month}{gap}{day}{gap}{year}|{day}{gap}{month}{gap}{year}|{born.year}{gap}{month}{gap}{day}|"
        rf"{born.year}{born.month:02d}{born.day:02d}|{born.month:02d}{born.day:02d}{born.year}|"
        rf"{born.day:02d}{born.month:02d}{born.year})(?![\d/-])"
    )


@lru_cache(maxsize=256)
def _ways(born: date) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(kind, tokens) for every way to say the month (M), the day (D), the year (Y) and its last two digits (y)."""
    listed = [("M", [name]) for name in MONTHS[born.month - 1]]
    listed += [("D", way) for way in _days(born.day)] + [("Y", way) for way in _years(born.year)]
    listed += [("y", way) for way in _short_years(born.year)]
    return tuple(sorted(((kind, tuple(way)) for kind, way in listed), key=lambda entry: -len(entry[1])))


def birth_dates(folded: str, born: date | None) -> list[tuple[int, int]]:
    """Where a folded text says the birth date `born`, or any date after "born" and "date of birth"."""
    found = [match.span() for match in _figures(born).finditer(folded)] if born else []
    found += _said_in_words(folded, born) if born else []
    for cue in _CUE.finditer(folded):
        found += [match.span() for match in _DATE.finditer(folded, cue.end(), min(cue.end() + AFTER, len(folded)))]
        found += [
            match.span()
            for match in _DATE.finditer(folded, max(cue.start() - BEFORE, 0), cue.start())
            if not match.group().isdigit()
        ]
        if born:
            found += _year_after(folded, cue.end(), born)
    return found


def _year_after(folded: str, at: int, born: date) -> list[tuple[int, int]]:
    """The birth year in words after "born"."""
    tokens = list(_TOKEN.finditer(folded, at, min(at + AFTER, len(folded))))
    words = [token.group() for token in tokens]
    found = []
    for way in _years(born.year) + _short_years(born.year):
        for i in range(len(words) - len(way) + 1):
            if len(way) > 1 and words[i : i + len(way)] == way:
                found.append((tokens[i].start(), tokens[i + len(way) - 1].end()))
    return found


def _said_in_words(folded: str, born: date) -> list[tuple[int, int]]:
    tokens = list(_TOKEN.finditer(folded))
    words = [token.group() for token in tokens]
    firsts = {way[0] for _, way in _ways(born)}
    found: list[tuple[int, int]] = []
    run: list[tuple[str, int, int]] = []  # kind, first token, last token
    index = fillers = 0
    while index <= len(words):
        part = _part(words, index, born) if index < len(words) and words[index] in firsts else None
        joined = not run or (index < len(words) and tokens[index].start() - tokens[index - 1].end() <= 3)
        if part and joined and len(run) < PARTS:
            run.append((part[0], index, index + part[1] - 1))
            index, fillers = index + part[1], 0
            continue
        if run and joined and index < len(words) and words[index] in _FILLERS and fillers < 3:
            index, fillers = index + 1, fillers + 1
            continue
        if run:
            found += _of_run(run, tokens, words)
            index, run, fillers = max(run[0][2] + 1, index if _is_date(run, words) else run[0][2] + 1), [], 0
            continue
        index += 1
    return found


def _part(words: list[str], index: int, born: date) -> tuple[str, int] | None:
    """What is said at a word: its kind and how many words it takes."""
    for kind, way in _ways(born):
        if tuple(words[index : index + len(way)]) == way:
            follows = words[index + len(way)] if index + len(way) < len(words) else ""
            if kind in "Dy" and follows in _AMOUNT:
                return None
            return kind, len(way)
    return None


def _is_date(run: list[tuple[str, int, int]], words: list[str]) -> bool:
    kinds = {kind for kind, _, _ in run}
    short = "y" in kinds and any(
        first and words[first - 1] in ("del", "de", "of", "in") for kind, first, _ in run if kind == "y"
    )
    return "M" in kinds and (bool(kinds & {"D", "Y"}) or short)


def _of_run(run: list[tuple[str, int, int]], tokens: list[re.Match[str]], words: list[str]) -> list[tuple[int, int]]:
    return [(tokens[run[0][1]].start(), tokens[run[-1][2]].end())] if _is_date(run, words) else []
