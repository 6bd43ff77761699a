"""Emergency and crisis telephone lines by country, for patients' pages and automatic answers.

Sources: the countries' own emergency services and health ministries; ITU-T E.161.1 for 112 as the common number of
mobile networks, which is the fallback.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmergencyLines:
    """Numbers to dial inside a country. `crisis` is the free line for suicidal thoughts, empty where there is none."""

    emergency: str
    crisis: str = ""


DEFAULT = EmergencyLines("112")
LINES = {
    "US": EmergencyLines("911", "988"),
    "CA": EmergencyLines("911", "988"),
    "PR": EmergencyLines("911", "988"),
    "MX": EmergencyLines("911", "800 290 0024"),
    "GB": EmergencyLines("999", "116 123"),
    "IE": EmergencyLines("112", "116 123"),
    "ES": EmergencyLines("112", "024"),
    "FR": EmergencyLines("112", "3114"),
    "DE": EmergencyLines("112", "116 123"),
    "AT": EmergencyLines("112", "142"),
    "CH": EmergencyLines("112", "143"),
    "IT": EmergencyLines("112", "02 2327 2327"),
    "PT": EmergencyLines("112", "1411"),
    "NL": EmergencyLines("112", "113"),
    "BE": EmergencyLines("112", "1813"),
    "SE": EmergencyLines("112", "90101"),
    "NO": EmergencyLines("113", "116 123"),
    "DK": EmergencyLines("112", "70 201 201"),
    "FI": EmergencyLines("112", "09 2525 0111"),
    "PL": EmergencyLines("112", "116 123"),
    "AU": EmergencyLines("000", "13 11 14"),
    "NZ": EmergencyLines("111", "1737"),
    "AR": EmergencyLines("911", "135"),
    "CL": EmergencyLines("131", "*4141"),
    "CO": EmergencyLines("123", "106"),
    "PE": EmergencyLines("116", "113"),
    "EC": EmergencyLines("911"),
    "UY": EmergencyLines("911", "0800 0767"),
    "CR": EmergencyLines("911"),
    "PA": EmergencyLines("911"),
    "DO": EmergencyLines("911"),
    "BR": EmergencyLines("192", "188"),
    "IN": EmergencyLines("112", "14416"),
    "JP": EmergencyLines("119"),
    "ZA": EmergencyLines("112", "0800 567 567"),
}


def emergency_lines(country: str) -> EmergencyLines:
    """The lines of a country by its ISO 3166 code; 112 where none is listed."""
    return LINES.get(country.upper(), DEFAULT)
