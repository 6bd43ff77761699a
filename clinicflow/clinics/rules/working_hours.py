"""Validation of working hours: the ranges of a day, and the days of a week. Pure functions."""

import datetime as dt
from typing import Any

from clinicflow.clinics.models import WEEKDAYS
from clinicflow.web.display import write_clock


def validate_day(ranges: Any) -> str:
    """The error in a day's ranges (`[["09:00", "12:30"], …]`, wall-clock, sorted, disjoint); empty if valid."""
    if not isinstance(ranges, list):
        return "Enter the day as a list of ranges."
    previous_end: dt.time | None = None
    for pair in ranges:
        times = _times(pair)
        if times is None:
            return "Enter each range as two times, HH:MM."
        start, end = times
        if start >= end:
            return f"{write_clock(end)} must be later than {write_clock(start)}."
        if previous_end is not None and start < previous_end:
            return f"The range from {write_clock(start)} overlaps the one before it."
        previous_end = end
    return ""


def validate_week(week: Any) -> str:
    """The error in weekly hours (`{"mon": […], …}`), with its day; empty if valid."""
    if not isinstance(week, dict):
        return "Enter weekly hours as an object of days."
    unknown = set(week) - set(WEEKDAYS)
    if unknown:
        return f"Use these days: {', '.join(WEEKDAYS)}."
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
