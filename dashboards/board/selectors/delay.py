"""How far behind a doctor is, from what is known: when patients came, when visits were completed, and what time it is.

Of the patients who are here and whose time has come, the first is with the doctor. That visit began when its planned
time had come, the patient was there, and the visit before was completed; it ends after its planned length, and not
before now. Each later visit begins at its planned time or when the one before it ends, whichever is later. Patients who
are late themselves hold nobody up: a visit whose time has passed without an arrival is left out.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

MIN_SHOWN = 5  # minutes


class ScheduledVisit(Protocol):
    """What the sums need of a visit; instants are aware."""

    id: Any
    starts_at: Any
    ends_at: Any
    arrived_at: Any
    completed_at: Any

    @property
    def is_open(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """`behind` is in whole minutes: how long after its planned time the next visit can begin, 0 when on time; with
    nobody to come, how late the last one began.

    `expected` is when each visit to come can begin, by id.
    """

    behind: int = 0
    expected: dict[UUID, dt.datetime] = field(default_factory=dict)

    @property
    def is_late(self) -> bool:
        return self.behind >= MIN_SHOWN


def delay_of(planned: Iterable[ScheduledVisit], now: dt.datetime) -> Delay:
    """The pace of one doctor's day, whose visits come in the order of their times."""
    visits = list(planned)
    freed = max((visit.completed_at for visit in visits if visit.completed_at), default=None)
    waiting = [visit for visit in visits if visit.is_open and (visit.arrived_at or visit.starts_at > now)]
    present = next((visit for visit in waiting if visit.arrived_at and visit.starts_at <= now), None)
    if present is None:
        return Delay()
    began = max(moment for moment in (present.starts_at, present.arrived_at, freed) if moment)
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
