"""Working hours as data: what a day of ranges and a week of days may look like."""

import datetime as dt
from typing import Any

from clinicflow.clinics.models import WEEKDAYS
from clinicflow.web.display import write_clock


def validate_day(ranges: Any) -> str:
    """What is wrong with a day's ranges (`[["09:00", "12:30"], …]`, wall-clock, in order, apart), or nothing."""
    if not isinstance(ranges, list):
        return "A day is a list of ranges."
    last: dt.time | None = None
    for pair in ranges:
        times = _times(pair)
        if times is None:
            return "A range is two times, HH:MM."
        start, end = times
        if start >= end:
            return f"{write_clock(start)} is not before {write_clock(end)}."
        if last is not None and start < last:
            return f"The range from {write_clock(start)} overlaps the one before it."
        last = end
    return ""


def validate_week(week: Any) -> str:
    """What is wrong with weekly hours (`{"mon": […], …}`), or nothing."""
    if not isinstance(week, dict):
        return "Weekly hours are an object of days."
    unknown = set(week) - set(WEEKDAYS)
    if unknown:
        return f"Days are {', '.join(WEEKDAYS)}."
    return next((f"{day}: {problem}" for day, ranges in week.items() if (problem := validate_day(ranges))), "")


def minutes_between(start: dt.time, end: dt.time) -> int:
    """Minutes of one day from a wall-clock time to a later one."""
    return (end.hour - start.hour) * 60 + end.minute - start.minute


def _times(pair: Any) -> tuple[dt.time, dt.time] | None:
    if not (
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) and len(text) == 5 for text in pair)
    ):
        return None
    try:
        return dt.time.fromisoformat(pair[0]), dt.time.fromisoformat(pair[1])
    except ValueError:
        return None
