"""Formatting of times and dates by a clinic's preferences: time zone, 12 or 24 hours, order of a date.

The code that resolves the clinic (`ActorMiddleware`, the guard of patient links) opens `display_as(...)` around the
response; the template filters `clock`, `day` and others use it. The default is UTC and 24 hours.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from clinicflow.core import clock

# Clinic preference -> (format of a numeric date, whether the month comes before the day)
DATE_ORDERS = {
    "MM/DD/YYYY": ("m/d/Y", True),
    "DD/MM/YYYY": ("d/m/Y", False),
    "DD.MM.YYYY": ("d.m.Y", False),
    "YYYY-MM-DD": ("Y-m-d", True),
}
YEAR_FIRST = {"medium": "Y-m-d", "full": "l, Y-m-d"}


class Preferences(Protocol):
    """The display preferences of a clinic's settings."""

    time_format: str
    date_format: str


@dataclass(frozen=True, kw_only=True)
class Display:
    """A clinic's display preferences: IANA time zone, `12h` or `24h`, a key of DATE_ORDERS."""

    zone: str = "UTC"
    time_format: str = "24h"
    date_format: str = "YYYY-MM-DD"

    @classmethod
    def of(cls, zone: str, preferences: Preferences) -> "Display":
        """The display of a clinic, by its IANA time zone and its settings."""
        return cls(zone=zone, time_format=preferences.time_format, date_format=preferences.date_format)

    @property
    def twelve_hours(self) -> bool:
        return self.time_format == "12h"

    @property
    def month_first(self) -> bool:
        return DATE_ORDERS.get(self.date_format, DATE_ORDERS["YYYY-MM-DD"])[1]


DEFAULT = Display()
_display: ContextVar[Callable[[], Display]] = ContextVar("clinicflow_display", default=lambda: DEFAULT)


def current_display() -> Display:
    """The display of the innermost `display_as`, or the default."""
    return _display.get()()


@contextmanager
def display_as(display: Display) -> Iterator[None]:
    """Format times and dates by `display` until the block ends; also activates its time zone in Django."""
    with lazy_display(display.zone, lambda: display):
        yield


@contextmanager
def lazy_display(zone: str, preferences: Callable[[], Display]) -> Iterator[None]:
    """Like `display_as`, with `preferences` called once, when the first time or date is formatted."""
    token = _display.set(cache(preferences))
    try:
        with timezone.override(ZoneInfo(zone)):
            yield
    finally:
        _display.reset(token)


def to_local(instant: dt.datetime) -> dt.datetime:
    """An aware instant in the clinic's time zone."""
    return instant.astimezone(ZoneInfo(current_display().zone))


def write_clock(moment: dt.datetime | dt.time, *, suffix: bool = True) -> str:
    """A time as `3:00 pm` or `15:00`; without the suffix `3:00`, where am or pm is obvious."""
    time = to_local(moment) if isinstance(moment, dt.datetime) else moment
    if not current_display().twelve_hours:
        return f"{time:%H:%M}"
    hour = (time.hour + 11) % 12 + 1
    half = " am" if time.hour < 12 else " pm"
    return f"{hour}:{time:%M}{half if suffix else ''}"


def write_gap(gap: clock.NoSuchTime) -> str:
    """The message for a time that the clocks skip, with the times around the gap."""
    times = {"before": write_clock(gap.before), "after": write_clock(gap.after)}
    return _("The clocks go forward that night: %(before)s is followed by %(after)s.") % times


def write_hour(hour: int) -> str:
    """A full hour, as on a time axis: `9 am` or `09:00`."""
    if not current_display().twelve_hours:
        return f"{hour:02d}:00"
    return f"{(hour + 11) % 12 + 1} {'am' if hour % 24 < 12 else 'pm'}"


def write_date(moment: dt.datetime | dt.date, style: str = "short") -> str:
    """A date in the clinic's order and the active language.

    Styles: `digits` 11/23/2026, `short` 23 Nov, `medium` 23 Nov 2026, `long` 23 November, `weekday` Mon 23 Nov, `full`
    Monday 23 November 2026; month first, or with a year as 2026-11-23, if the clinic prefers that.
    """
    date = to_local(moment).date() if isinstance(moment, dt.datetime) else moment
    display = current_display()
    if style == "digits":
        return formats.date_format(date, DATE_ORDERS.get(display.date_format, DATE_ORDERS["YYYY-MM-DD"])[0])
    patterns = _patterns(display.month_first)
    if display.date_format == "YYYY-MM-DD" and translation.get_language() != "es":
        patterns |= YEAR_FIRST
    return formats.date_format(date, patterns[style])


def _patterns(month_first: bool) -> dict[str, str]:
    """Django date formats by style. In Spanish the day comes first, whatever the clinic prefers."""
    if translation.get_language() == "es":
        return {
            "short": "j M",
            "medium": "j M Y",
            "long": r"j \d\e F",
            "weekday": "D j M",
            "full": r"l j \d\e F \d\e Y",
        }
    return {
        "short": "M j" if month_first else "j M",
        "medium": "M j, Y" if month_first else "j M Y",
        "long": "F j" if month_first else "j F",
        "weekday": "D, M j" if month_first else "D j M",
        "full": "l, F j, Y" if month_first else "l j F Y",
    }
