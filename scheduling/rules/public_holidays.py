"""Public holidays, from the `holidays` library, by country (ISO 3166) and region."""

import datetime as dt
from dataclasses import dataclass

import holidays


@dataclass(frozen=True, kw_only=True, order=True)
class Holiday:
    day: dt.date
    name: str


def holidays_of(country: str, region: str, year: int) -> list[Holiday]:
    """The holidays of a year, in order; none for a country or region that the library does not know."""
    if not 1970 <= year <= 2199:
        return []
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        return []
    subdivision = region if region in known[country] else None
    found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    return sorted(Holiday(day=day, name=name) for day, name in found.items() if day.year == year)
