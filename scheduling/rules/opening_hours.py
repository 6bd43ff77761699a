"""Local opening hours and the UTC instants they map to; pure functions, no queries.

Hours are wall-clock times, also on the two days a year that have 23 or 25 hours.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from clinicflow.clinics.models import WEEKDAYS
from clinicflow.core import clock

Span = tuple[dt.datetime, dt.datetime]  # half-open, instants in UTC
Hours = tuple[int, int]  # half-open, minutes of the wall clock since midnight


@dataclass(frozen=True, kw_only=True)
class BookableDoctor:
    """A doctor's booking rules together with those of the clinic."""

    doctor_id: UUID
    doctor_name: str
    specialty: str
    active: bool
    default_visit_length: int
    weekly: Mapping[str, Any]
    own_hours: Mapping[str, Any]  # override the weekly hours; by ISO date or weekday
    visit_types: frozenset[str]
    allows_walk_ins: bool
    allows_forced_booking: bool
    clinic_allows_walk_ins: bool
    clinic_allows_overrides: bool
    clinic_allows_overlaps: bool
    clinic_days: frozenset[str]
    clinic_hours: Hours
    slot_size: int
    initials: str = ""
    color: str = ""

    @property
    def takes_walk_ins(self) -> bool:
        """Whether both the doctor and the clinic accept walk-ins."""
        return self.allows_walk_ins and self.clinic_allows_walk_ins

    def hours_on(self, day: dt.date) -> list[Hours]:
        """The doctor's working hours on a local date, in order."""
        weekday = WEEKDAYS[day.weekday()]
        if weekday not in self.clinic_days:
            return []
        opens, closes = self.clinic_hours
        own = next((self.own_hours[key] for key in (day.isoformat(), weekday) if key in self.own_hours), None)
        if own is not None:
            ranges = own
        elif self.weekly:
            ranges = self.weekly.get(weekday, [])
        else:
            return [self.clinic_hours]  # without hours of their own, the clinic's apply
        bounded = ((max(minutes(start), opens), min(minutes(end), closes)) for start, end in ranges)
        return sorted(pair for pair in bounded if pair[0] < pair[1])


def minutes(text: str) -> int:
    """`"09:30"` → 570."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute[:2])


@lru_cache(maxsize=4096)
def local_days_of(day: dt.date, zone: str) -> tuple[tuple[dt.datetime, dt.datetime, dt.datetime], ...]:
    """A local day as ranges of constant UTC offset: `(start, end, instant of 00:00 at that offset)`."""
    tz = ZoneInfo(zone)
    start, end = clock.day_bounds(day, zone)
    midnight = dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)

    def offset(instant: dt.datetime) -> dt.timedelta:
        return instant.astimezone(tz).utcoffset() or dt.timedelta()

    last = end - dt.timedelta(microseconds=1)
    if offset(start) == offset(last):
        return ((start, end, midnight - offset(start)),)
    low, high = (
        0,
        int((end - start).total_seconds() // 60),
    )  # the offset changes after `low`, at or before `high`
    while high - low > 1:
        middle = (low + high) // 2
        if offset(start + dt.timedelta(minutes=middle)) == offset(start):
            low = middle
        else:
            high = middle
    change = start + dt.timedelta(minutes=high)
    return ((start, change, midnight - offset(start)), (change, end, midnight - offset(last)))


def to_instants(hours: Iterable[Hours], day: dt.date, zone: str) -> list[Span]:
    """The spans of a local day whose wall-clock time is within `hours`, in order; adjacent spans are merged."""
    spans = sorted(
        (max(base + dt.timedelta(minutes=opens), start), min(base + dt.timedelta(minutes=closes), end))
        for start, end, base in local_days_of(day, zone)
        for opens, closes in hours
    )
    merged: list[Span] = []
    for start, end in spans:
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def is_open(doctor: BookableDoctor, span: Span, zone: str) -> bool:
    """Whether the span is within the doctor's working hours of its local day."""
    day = clock.local(span[0], zone).date()
    return any(start <= span[0] and span[1] <= end for start, end in to_instants(doctor.hours_on(day), day, zone))


def grid_of(day: dt.date, zone: str, *, first: int, step: int) -> Iterator[dt.datetime]:
    """The instants of the wall-clock times `first`, `first + step`, … of a local day, in minutes.

    Times skipped by daylight saving are omitted; of one that occurs twice, the first instant is returned.
    """
    pieces = local_days_of(day, zone)
    for minute in range(first % step, 24 * 60, step):
        for start, end, base in pieces:
            instant = base + dt.timedelta(minutes=minute)
            if start <= instant < end:
                yield instant
                break


def subtract(spans: Sequence[Span], blocked: Sequence[Span]) -> list[Span]:
    """`spans` without the time in `blocked`; both are sorted, `spans` without overlaps."""
    free: list[Span] = []
    for start, end in spans:
        cursor = start
        for busy_start, busy_end in blocked:
            if busy_end <= cursor:
                continue
            if busy_start >= end:
                break
            if busy_start > cursor:
                free.append((cursor, busy_start))
            cursor = max(cursor, busy_end)
        if cursor < end:
            free.append((cursor, end))
    return free


def starts_in(
    doctor: BookableDoctor, day: dt.date, zone: str, blocked: Sequence[Span], length: dt.timedelta
) -> list[Span]:
    """The free spans of `length` that start on the slot grid of a local day, in order."""
    hours = doctor.hours_on(day)
    if not hours:
        return []
    free = subtract(to_instants(hours, day, zone), blocked)
    starts: list[Span] = []
    index = 0
    for start in grid_of(day, zone, first=doctor.clinic_hours[0], step=doctor.slot_size):
        while index < len(free) and free[index][1] <= start:
            index += 1
        if index == len(free):
            break
        if free[index][0] <= start and start + length <= free[index][1]:
            starts.append((start, start + length))
    return starts
