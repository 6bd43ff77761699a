"""Public holidays by country (ISO 3166) and region, from the `holidays` library."""

import datetime as dt
from dataclasses import dataclass

import holidays


@dataclass(frozen=True, kw_only=True, order=True)
class Holiday:
    """A public holiday and its English name."""

    day: dt.date
    name: str


def holidays_of(country: str, region: str, year: int) -> list[Holiday]:
    """The holidays of a year, in order. Empty for an unknown country; national ones only for an unknown region."""
    if not 1970 <= year <= 2199:
        return []
    regions = holidays.list_supported_countries(include_aliases=False)
    if country not in regions:
        return []
    subdivision = region if region in regions[country] else None
    days = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    return sorted(Holiday(day=day, name=name) for day, name in days.items() if day.year == year)
