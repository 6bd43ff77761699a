"""Days and times in a reply, in English and Spanish, compared with those of the visit."""

import datetime as dt
import re
from collections.abc import Sequence

from aiassist.engine.visit_facts import VisitFacts

HOUR, MONTH_DAY = "<hour>", "<monthday>"  # bare numbers that fit: "3", "2"
Read = tuple[int, bool]  # how many tokens, and whether they fit the visit


def _table(text: str) -> dict[str, int]:
    return {word: number for number, line in enumerate(text.strip().splitlines()) for word in line.split()}


_WEEKDAYS = _table(
    """monday mon mondays lunes
    tuesday tue tues tuesdays teusday tusday martes
    wednesday wed weds wednsday wensday wendsday wednesdays miercoles mier miercoles
    thursday thu thur thurs thrusday thursdays jueves
    friday fri fridays viernes
    saturday sat saturdays sabado
    sunday sundays domingo"""
)
_MONTHS = _table(
    """-
    january jan enero ene
    february feb febrero febuary
    march mar marzo
    april apr abril abr
    may mayo
    june jun junio
    july jul julio
    august aug agosto
    september sept sep septiembre setiembre set
    october oct octubre
    november nov noviembre
    december dec decem diciembre dic"""
)
_NUMBERS = _table(
    """-
    one first uno una primero
    two second dos
    three third tres
    four fourth cuatro
    five fifth cinco
    six sixth seis
    seven seventh siete
    eight eighth ocho
    nine ninth nueve
    ten tenth diez
    eleven eleventh once
    twelve twelfth doce
    thirteen thirteenth trece
    fourteen fourteenth catorce
    fifteen fifteenth quince
    sixteen sixteenth dieciseis
    seventeen seventeenth diecisiete
    eighteen eighteenth dieciocho
    nineteen nineteenth diecinueve
    twenty twentieth veinte
    twentyfirst veintiuno
    twentysecond veintidos
    twentythird veintitres
    twentyfourth veinticuatro
    twentyfifth veinticinco
    twentysixth veintiseis
    twentyseventh veintisiete
    twentyeighth veintiocho
    twentyninth veintinueve
    thirty thirtieth treinta"""
)
_ORDINALS = frozenset(word for word, number in _NUMBERS.items() if word.endswith(("th", "st", "nd", "rd"))) | {
    "second",
    "third",
    "primero",
}
_MINUTES = {"thirty": 30, "fifteen": 15, "forty": 40, "twenty": 20, "ten": 10, "media": 30, "cuarto": 15, "treinta": 30}
_TODAY = frozenset(["today", "hoy", "2day"])
_TOMORROW = frozenset(
    ["tomorrow", "tommorow", "tommorrow", "tomorow", "tmrw", "tmr", "tmw", "tomo", "2morrow", "manana"]
)
_PARTS_OF_DAY = {
    "morning": (0, 12), "am": (0, 12), "afternoon": (12, 18), "evening": (17, 24), "pm": (12, 24), "night": (18, 24),
    "tarde": (12, 20), "noche": (18, 24), "manana": (0, 13), "madrugada": (0, 6),
}  # fmt: skip
CALENDAR_WORDS = frozenset([*_WEEKDAYS, *_MONTHS, *_NUMBERS, *_TODAY, *_TOMORROW, *_PARTS_OF_DAY])


def read_time(words: Sequence[str], at: int, visit: VisitFacts) -> Read:
    """A time that is one beyond doubt: with a colon, a half of the day, "o'clock"; noon."""
    if words[at] in ("noon", "midday", "mediodia"):
        return 1, visit.time == dt.time(12)
    clock, end = _clock(words, at)
    if clock is None:
        return 0, False
    hour, minute, sure = clock
    half, end, said = _half(words, end)
    if not (sure or said) or hour > 24 or minute > 59:
        return 0, False
    if visit.time is None:
        return end - at, False
    hours = {hour % 24, (hour + 12) % 24} if hour <= 12 else {hour % 24}
    fits = visit.time.hour in hours and visit.time.minute == minute
    if half:
        fits = fits and half[0] <= visit.time.hour < half[1]
    return end - at, fits


def _clock(words: Sequence[str], at: int) -> tuple[tuple[int, int, bool] | None, int]:
    """(hour, minute, whether it can be nothing else) and where it ends."""
    word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
    if match := re.fullmatch(r"(\d{1,2})[:.](\d{2})(?::\d{2})?", word):
        return (int(match[1]), int(match[2]), True), at + 1
    if word in ("half", "quarter") and after in ("past", "to") and at + 2 < len(words):
        number = _number(words[at + 2])
        if number is not None:
            minutes = {"half": 30, "quarter": 15}[word]
            return (number, minutes, True) if after == "past" else (number - 1, 60 - minutes, True), at + 3
    number = _number(word)
    if number is None or not 0 <= number <= 24:
        return None, at
    if after == "y" and at + 2 < len(words) and words[at + 2] in _MINUTES:
        return (number, _MINUTES[words[at + 2]], True), at + 3
    if word.isalpha() and after in ("thirty", "fifteen"):
        return (number, _MINUTES[after], True), at + 2
    return (number, 0, False), at + 1


def _half(words: Sequence[str], at: int) -> tuple[tuple[int, int] | None, int, bool]:
    """The hours that "pm" or "de la tarde" allow, where it ends, and whether a word of time came at all."""
    said = False
    while at < len(words) and words[at] in ("o'clock", "oclock", "hrs", "hours", "horas", "hs", "sharp"):
        at, said = at + 1, True
    if list(words[at : at + 2]) == ["en", "punto"]:
        at, said = at + 2, True
    if at < len(words) and words[at] in ("am", "pm"):
        return _PARTS_OF_DAY[words[at]], at + 1, True
    if tuple(words[at : at + 2]) in {("a", "m"), ("p", "m")}:
        return _PARTS_OF_DAY[words[at] + "m"], at + 2, True
    if at + 2 < len(words) and words[at] in ("de", "in", "por", "en") and words[at + 1] in ("la", "the"):
        part = _PARTS_OF_DAY.get(words[at + 2])
        if part:
            return part, at + 3, True
    return None, at, said


def _number(word: str) -> int | None:
    if word.isdigit():
        return int(word) if len(word) <= 2 else None
    return None if word in _ORDINALS or word == "-" else _NUMBERS.get(word)


def read_day(words: Sequence[str], at: int, visit: VisitFacts) -> Read:
    """A day, in one or more parts that have to agree: "Wednesday, December 2nd"."""
    end, fits = at, True
    while True:
        start = end
        while end > at and start < len(words) and words[start] in (",", "the", "el", "dia"):
            start += 1
        length, part_fits = _day_part(words, start, visit) if start < len(words) else (0, False)
        if not length:
            return end - at, fits and end > at
        end, fits = start + length, fits and part_fits


def _day_part(words: Sequence[str], at: int, visit: VisitFacts) -> Read:
    for reader in (_relative, _weekday, _month_day, _numeric):
        length, fits = reader(words, at, visit)
        if length:
            more, agrees = _part_of_day(words, at + length, visit)
            return length + more, fits and agrees
    return 0, False


def _part_of_day(words: Sequence[str], at: int, visit: VisitFacts) -> Read:
    """ "morning" after "tomorrow", "por la tarde" after "el miércoles"."""
    skip = 2 if tuple(words[at : at + 2]) in {("in", "the"), ("por", "la"), ("en", "la"), ("de", "la")} else 0
    if at + skip >= len(words) or (words[at + skip] == "manana" and not skip):
        return 0, True
    hours = _PARTS_OF_DAY.get(words[at + skip])
    if hours is None or words[at + skip] in ("am", "pm"):
        return 0, True
    return skip + 1, visit.time is not None and hours[0] <= visit.time.hour < hours[1]


def _relative(words: Sequence[str], at: int, visit: VisitFacts) -> Read:
    word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
    away = None if visit.date is None or visit.today is None else (visit.date - visit.today).days
    if word in _TODAY:
        return 1, away == 0
    if word == "tonight" or (word in ("this", "esta") and after in _PARTS_OF_DAY):
        hours = _PARTS_OF_DAY["night" if word == "tonight" else after]
        at_that_hour = visit.time is not None and hours[0] <= visit.time.hour < hours[1]
        return 1 if word == "tonight" else 2, away == 0 and at_that_hour
    if word == "pasado" and after == "manana":
        return 2, away == 2
    if word in _TOMORROW:
        return 1, away == 1
    return 0, False


def _weekday(words: Sequence[str], at: int, visit: VisitFacts) -> Read:
    """ "next Wednesday" is the one of the next calendar week: without today's date it fits no visit."""
    lead = words[at] if words[at] in ("next", "this", "coming", "proximo", "este") else ""
    if lead == "coming" and words[max(at - 1, 0)] != "the":
        return 0, False  # "I'm coming Wednesday" has a verb
    start = at + 1 if lead else at
    if lead == "this" and words[start : start + 1] == ["coming"]:
        start += 1
    day = _WEEKDAYS.get(words[start]) if start < len(words) else None
    if day is None:
        return 0, False
    length = start + 1 - at
    if visit.date is None or visit.date.weekday() != day:
        return length, False
    if visit.today is None:
        return length, lead not in ("next", "proximo")
    away = (visit.date - visit.today).days
    if lead in ("next", "proximo"):
        weeks = visit.date.isocalendar()[:2] != visit.today.isocalendar()[:2]
        return length, weeks and away <= 13
    return length, 0 <= away <= 7 or _names_the_day(words, start + 1)


def _names_the_day(words: Sequence[str], at: int) -> bool:
    """Whether a number of the month follows, which says more than the weekday does."""
    return any(word[:1].isdigit() or word in _MONTHS for word in words[at : at + 3])


def _month_day(words: Sequence[str], at: int, visit: VisitFacts) -> Read:
    """ "December 2nd", "2 de diciembre", "the 2nd"; with a year that has to be the visit's."""
    month, day, end, ordinal = None, None, at, False
    if words[end] in _MONTHS and words[end] != "-":
        month, end = _MONTHS[words[end]], end + 1
        end += words[end : end + 1] == ["the"]
        day, end, ordinal = _day_number(words, end)
        if day is None and words[at] in ("may", "mar", "set", "sep"):
            return 0, False
    else:
        day, end, ordinal = _day_number(words, end)
        after = end + (words[end : end + 1] in (["of"], ["de"]))
        if day is not None and after < len(words) and words[after] in _MONTHS and words[after] != "-":
            month, end = _MONTHS[words[after]], after + 1
    if month is None and not ordinal:
        return 0, False
    year, end = _year(words, end)
    if visit.date is None or day is None:
        return end - at, False
    fits = visit.date.day == day and month in (None, visit.date.month) and year in (None, visit.date.year)
    return end - at, fits


def _day_number(words: Sequence[str], at: int) -> tuple[int | None, int, bool]:
    """A day of the month, where it ends, and whether it was said as an ordinal."""
    if at >= len(words):
        return None, at, False
    word = words[at]
    if word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 31:
        suffix = at + 1 < len(words) and words[at + 1] in ("st", "nd", "rd", "th")
        return int(word), at + 1 + suffix, suffix
    if word == "primero" and words[at + 1 : at + 2] == ["dios"]:
        return None, at, False  # "primero Dios": God willing
    if word in _NUMBERS and word != "-":
        return _NUMBERS[word], at + 1, word in _ORDINALS and word not in ("first", "second", "third")
    return None, at, False


def _year(words: Sequence[str], at: int) -> tuple[int | None, int]:
    start = at
    while start < len(words) and words[start] in (",", "de", "del", "of"):
        start += 1
    if start < len(words) and re.fullmatch(r"20\d\d", words[start]):
        return int(words[start]), start + 1
    return None, at


def _numeric(words: Sequence[str], at: int, visit: VisitFacts) -> Read:
    """ "12/2", "2/12/26", "2026-12-02": either order of month and day."""
    parts = re.split(r"[/.-]", words[at])
    if not all(part.isdigit() and len(part) <= 4 for part in parts) or not 2 <= len(parts) <= 3:
        return 0, False
    if visit.date is None:
        return 1, False
    numbers = [int(part) for part in parts]
    year = visit.date.year
    if len(parts) == 3:
        year = numbers.pop(0) if len(parts[0]) == 4 else numbers.pop()
        year += 2000 if year < 100 else 0
    return 1, sorted(numbers) == sorted([visit.date.month, visit.date.day]) and year == visit.date.year


def read_bare_number(word: str, visit: VisitFacts) -> frozenset[str]:
    number = int(word) if word.isdigit() and len(word) <= 2 else _NUMBERS.get(word)
    if number is None:
        return frozenset()
    labels = set()
    if visit.time and visit.time.minute == 0 and number in {visit.time.hour, (visit.time.hour - 1) % 12 + 1}:
        labels.add(HOUR)
    if visit.date and visit.date.day == number:
        labels.add(MONTH_DAY)
    return frozenset(labels)


def is_relative(word: str) -> bool:
    """Whether a word is a day counted from today: "tomorrow"."""
    return word in _TODAY or word in _TOMORROW
