"""The delay of a doctor's day, from arrivals, completions and the current time.

The first arrived patient whose planned time has passed is with the doctor. That visit began once its planned time had
come, the patient had arrived and the visit before was completed; it ends after its planned length, but not before now.
Each later visit begins at its planned time or when the visit before it ends, whichever is later. A patient who is late
delays no other visit: a visit whose time has passed without an arrival is left out.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

MIN_SHOWN = 5  # minutes


class ScheduledVisit(Protocol):
    """The fields of a visit that the delay depends on; instants are aware."""

    id: Any
    starts_at: Any
    ends_at: Any
    arrived_at: Any
    completed_at: Any

    @property
    def is_open(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """`behind` is how many whole minutes after its planned time the next visit can begin, 0 when on time; without an
    upcoming visit, how late the last one began.

    `expected` is when each upcoming visit can begin, by id.
    """

    behind: int = 0
    expected: dict[UUID, dt.datetime] = field(default_factory=dict)

    @property
    def is_late(self) -> bool:
        return self.behind >= MIN_SHOWN


def delay_of(planned: Iterable[ScheduledVisit], now: dt.datetime) -> Delay:
    """The delay of one doctor's day; the visits are in the order of their times."""
    visits = list(planned)
    freed = max((visit.completed_at for visit in visits if visit.completed_at), default=None)
    waiting = [visit for visit in visits if visit.is_open and (visit.arrived_at or visit.starts_at > now)]
    present = next((visit for visit in waiting if visit.arrived_at and visit.starts_at <= now), None)
    if present is None:
        return Delay()
    began = max(instant for instant in (present.starts_at, present.arrived_at, freed) if instant)
    free_at = max(now, began + (present.ends_at - present.starts_at))
    behind = _minutes(began - max(present.starts_at, present.arrived_at or present.starts_at))
    expected: dict[UUID, dt.datetime] = {}
    for visit in waiting:
        if visit is present:
            continue
        begins = max(free_at, visit.starts_at)
        if not expected:
            behind = _minutes(begins - visit.starts_at)
        expected[visit.id] = begins
        free_at = begins + (visit.ends_at - visit.starts_at)
    return Delay(behind=behind, expected=expected)


def _minutes(length: dt.timedelta) -> int:
    return max(0, int(length.total_seconds() // 60))
