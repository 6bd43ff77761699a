"""Open time of doctors: their working hours without closures and time off."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from scheduling.rules.opening_hours import Span, subtract, to_instants
from scheduling.selectors.availability import bookable_doctors

ABSENCES = """
select doctor_id, starts_at, ends_at from time_off
 where clinic_id = %(clinic)s and starts_at < %(end)s and ends_at > %(start)s
union all
select null, starts_at, ends_at from closures
 where clinic_id = %(clinic)s and starts_at < %(end)s and ends_at > %(start)s
"""


@dataclass(kw_only=True)
class Opening:
    """Open minutes by day and doctor, and by day and local hour."""

    by_doctor: dict[tuple[dt.date, UUID], int] = field(default_factory=lambda: defaultdict(int))
    by_hour: dict[tuple[dt.date, int], int] = field(default_factory=lambda: defaultdict(int))


def opening_of(actor: Actor, days: Sequence[dt.date]) -> Opening:
    """The open time of these days, with the current hours of the currently active doctors.

    Two queries, none for no days.
    """
    opening = Opening()
    if not days:
        return opening
    doctors = [doctor for doctor in bookable_doctors(actor) if doctor.active]
    absences = _absences(actor, min(days), max(days))
    for day in days:
        start, end = clock.day_bounds(day, actor.timezone)
        on_day = [(owner, span) for owner, span in absences if span[0] < end and span[1] > start]
        for doctor in doctors:
            hours = doctor.hours_on(day)
            if not hours:
                continue
            blocked = sorted(span for owner, span in on_day if owner in {None, doctor.doctor_id})
            for open_span in subtract(to_instants(hours, day, actor.timezone), blocked):
                for hour, minutes in _by_hour(open_span, actor.timezone):
                    opening.by_doctor[day, doctor.doctor_id] += minutes
                    opening.by_hour[day, hour] += minutes
    return opening


def _absences(actor: Actor, first: dt.date, last: dt.date) -> list[tuple[UUID | None, Span]]:
    start, end = clock.day_bounds(first, actor.timezone)[0], clock.day_bounds(last, actor.timezone)[1]
    with connection.cursor() as cursor:
        cursor.execute(ABSENCES, {"clinic": actor.clinic_id, "start": start, "end": end})
        return [(doctor_id, (starts_at, ends_at)) for doctor_id, starts_at, ends_at in cursor.fetchall()]


def _by_hour(span: Span, zone: str) -> Iterator[tuple[int, int]]:
    """The whole minutes of a range of instants by local hour."""
    at, end = span
    while at < end:
        local = clock.local(at, zone)
        until = min(end, at + dt.timedelta(minutes=60 - local.minute, seconds=-local.second))
        yield local.hour, int((until - at).total_seconds() // 60)
        at = until
