"""The countries, regions and time zones that a clinic can choose."""

from functools import cache
from zoneinfo import available_timezones

import holidays
from holidays.registry import COUNTRIES

NOT_PLACES = ("Etc/", "SystemV/", "US/", "posix", "right/")


@cache
def countries() -> dict[str, str]:
    """ISO 3166 code → English name of the countries with known public holidays, sorted by name."""
    named = {codes[1]: module.replace("_", " ").title() for module, codes in COUNTRIES.items()}
    known = holidays.list_supported_countries(include_aliases=False)
    return dict(sorted(((code, named.get(code, code)) for code in known), key=lambda pair: pair[1]))


@cache
def regions_of(country: str) -> tuple[str, ...]:
    """The codes of a country's regions with public holidays of their own."""
    return tuple(holidays.list_supported_countries(include_aliases=False).get(country, ()))


@cache
def zones() -> tuple[str, ...]:
    """IANA time zones named after places, sorted."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(NOT_PLACES)))
