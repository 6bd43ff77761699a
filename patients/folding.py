"""Names, phones and dates in the form that search compares: without accents, case or punctuation."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

import phonenumbers
from dateutil import parser as dates
from django.conf import settings
from rapidfuzz import fuzz

from clinicflow.core import clock

# Letters that carry their mark inside, so that decomposition does not part them.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
SIMILAR = 78  # of rapidfuzz's 0–100: one slip in a short name, two in a long one
WRITTEN_DATES = (
    *("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y"),
    *("%d.%m.%Y", "%m-%d-%Y", "%d-%m-%Y", "%Y%m%d"),
)


def fold(text: str) -> str:
    """`"O’Brien-Núñez"` → `"obrien nunez"`."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(PLAIN)
    plain = re.sub(r"['’`´ʼ]", "", plain)
    return " ".join(re.findall(r"\w+", plain))


def national_digits(phone: str) -> str:
    """The digits of a number without its country code, as it is typed at the desk; empty if it is no number."""
    try:
        parsed = phonenumbers.parse(phone, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return ""
    return str(parsed.national_number)


def search_fields(first_name: str, last_name: str, phone: object) -> dict[str, str]:
    """The columns that search looks into, for whoever writes a patient."""
    return {
        "search_last": fold(f"{last_name} {first_name}")[:170],
        "search_first": fold(f"{first_name} {last_name}")[:170],
        "search_phone": national_digits(str(phone or ""))[:20],
    }


def looks_like_phone(text: str) -> bool:
    return bool(re.fullmatch(r"[\d\s()+.\-]{3,25}", text)) and len(re.sub(r"\D", "", text)) >= 3


def dates_in(text: str) -> list[dt.date]:
    """The birth dates that a person may mean: `1983-06-26`, `6/26/83`, `26.06.1983`, `jun 26 1983`.

    A day and month that could be either are both. Two-digit years are in the past.
    """
    found: list[dt.date] = []
    today_year = clock.now().year
    for form in WRITTEN_DATES:
        with suppress(ValueError):
            day = dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
            found.append(day.replace(year=day.year - 100) if day.year > today_year else day)
    if not found and re.search(r"[A-Za-z]{3}", text) and re.search(r"\d{4}", text):
        with suppress(ValueError, OverflowError):
            found.append(dates.parse(text, default=dt.datetime(1900, 1, 1, tzinfo=dt.UTC)).date())
    return list(dict.fromkeys(day for day in found if day.year >= 1900))


def similar_names(needle: str, names: Iterable[tuple[UUID, str]], *, limit: int = 20) -> list[UUID]:
    """Ids of the folded names that `needle` (folded) may be a misspelling or a middle part of, the closest first."""
    scored = ((closeness(needle, name), pk) for pk, name in names)
    close = sorted((pair for pair in scored if pair[0] >= SIMILAR), key=lambda pair: -pair[0])
    return [pk for _, pk in close[:limit]]


def closeness(needle: str, name: str) -> float:
    """0–100: each typed word against the name's best word; a word that is the start of one counts in full."""
    words = name.split()
    if not words:
        return 0.0
    scores = [
        max(100.0 if word.startswith(typed) and len(typed) > 1 else fuzz.ratio(typed, word) for word in words)
        for typed in needle.split()
    ]
    return sum(scores) / len(scores) if scores else 0.0


def same_person(name: str, other: str) -> bool:
    """Whether two folded names share a word, give or take a slip: enough to look twice at one birth date."""
    return any(
        fuzz.ratio(word, theirs) >= SIMILAR for word in name.split() for theirs in other.split() if len(word) > 1
    )
