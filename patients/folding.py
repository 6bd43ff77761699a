"""Normal forms of names, phones and dates for search: without accents, case or punctuation."""

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

# Letters that Unicode decomposition does not split into a base letter and a mark.
BASE_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
SIMILARITY_THRESHOLD = 78  # rapidfuzz ratio, 0–100: one typo in a short name, two in a long one
DATE_FORMATS = (
    *("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y"),
    *("%d.%m.%Y", "%m-%d-%Y", "%d-%m-%Y", "%Y%m%d"),
)


def fold(text: str) -> str:
    """`"O’Brien-Núñez"` → `"obrien nunez"`."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(BASE_LETTERS)
    plain = re.sub(r"['’`´ʼ]", "", plain)
    return " ".join(re.findall(r"\w+", plain))


def national_digits(phone: str) -> str:
    """The digits of a phone number without its country code; empty if it cannot be parsed."""
    try:
        parsed = phonenumbers.parse(phone, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return ""
    return str(parsed.national_number)


def search_fields(first_name: str, last_name: str, phone: object) -> dict[str, str]:
    """Values of the columns that search uses."""
    return {
        "search_last": fold(f"{last_name} {first_name}")[:170],
        "search_first": fold(f"{first_name} {last_name}")[:170],
        "search_phone": national_digits(str(phone or ""))[:20],
    }


def looks_like_phone(text: str) -> bool:
    return bool(re.fullmatch(r"[\d\s()+.\-]{3,25}", text)) and len(re.sub(r"\D", "", text)) >= 3


def possible_birth_dates(text: str) -> list[dt.date]:
    """The birth dates that a text can mean: `1983-06-26`, `6/26/83`, `26.06.1983`, `jun 26 1983`.

    If day and month are ambiguous, both dates are returned. Two-digit years are in the past.
    """
    candidates: list[dt.date] = []
    today_year = clock.now().year
    for form in DATE_FORMATS:
        with suppress(ValueError):
            day = dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
            candidates.append(day.replace(year=day.year - 100) if day.year > today_year else day)
    if not candidates and re.search(r"[A-Za-z]{3}", text) and re.search(r"\d{4}", text):
        with suppress(ValueError, OverflowError):
            candidates.append(dates.parse(text, default=dt.datetime(1900, 1, 1, tzinfo=dt.UTC)).date())
    return list(dict.fromkeys(day for day in candidates if day.year >= 1900))


def similar_names(needle: str, names: Iterable[tuple[UUID, str]], *, limit: int = 20) -> list[UUID]:
    """Ids of the folded names that a folded text may be a misspelling or a middle part of, the most similar first."""
    scored = ((similarity(needle, name), pk) for pk, name in names)
    similar = sorted((pair for pair in scored if pair[0] >= SIMILARITY_THRESHOLD), key=lambda pair: -pair[0])
    return [pk for _, pk in similar[:limit]]


def similarity(needle: str, name: str) -> float:
    """0–100: the mean over the words of `needle` of their best match in `name`; a prefix counts as 100."""
    words = name.split()
    if not words:
        return 0.0
    scores = [
        max(100.0 if word.startswith(part) and len(part) > 1 else fuzz.ratio(part, word) for word in words)
        for part in needle.split()
    ]
    return sum(scores) / len(scores) if scores else 0.0


def share_a_word(name: str, other: str) -> bool:
    """Whether two folded names have a similar word: with the same birth date, they are possible duplicates."""
    pairs = ((word, other_word) for word in name.split() if len(word) > 1 for other_word in other.split())
    return any(fuzz.ratio(word, other_word) >= SIMILARITY_THRESHOLD for word, other_word in pairs)
