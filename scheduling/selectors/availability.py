"""When a doctor can be booked: open hours minus closures, time off and live visits, on the clinic's grid.

`clinic days and hours ∩ the doctor's weekly hours or own override − closures − time off − live appointments`.
Hours are wall-clock times of the clinic (hours.py); everything else counts in instants.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.db.prepared import prepared_cursor
from scheduling.models import Appointment
from scheduling.rules.opening_hours import BookableDoctor, Span, is_open, starts_in, subtract

MAX_DAYS = 366
MAX_LIMIT = 500


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A time a doctor could be booked for; both ends on the clinic's clock, with their offset."""

    doctor_id: UUID
    doctor_name: str
    starts_at: dt.datetime
    ends_at: dt.datetime

    @property
    def date(self) -> dt.date:
        return self.starts_at.date()

    @property
    def start_time(self) -> dt.time:
        return self.starts_at.time()

    @property
    def end_time(self) -> dt.time:
        return self.ends_at.time()

    @property
    def duration(self) -> int:
        """Minutes."""
        return int((self.ends_at.astimezone(dt.UTC) - self.starts_at.astimezone(dt.UTC)).total_seconds() // 60)

    def as_json(self) -> dict[str, str]:
        """As `GET /api/slots` shows it."""
        return {
            "doctor_id": str(self.doctor_id),
            "doctor_name": self.doctor_name,
            "date": self.date.isoformat(),
            "start_time": f"{self.starts_at:%H:%M}",
            "end_time": f"{self.ends_at:%H:%M}",
            "starts_at": self.starts_at.isoformat(),
        }


@dataclass(frozen=True, kw_only=True)
class BlockedRange:
    """Why a stretch of time is not free: `visit`, `away` (the doctor) or `closed` (the clinic, no doctor).

    `patient` is a visit that the patient has then, with any doctor: no reason, but worth a word.
    """

    kind: str
    doctor_id: UUID | None
    span: Span


@dataclass(kw_only=True)
class BusyRange:
    """What blocks the doctors in one window, by doctor, and how many visits each has on a local day."""

    closed: list[Span] = field(default_factory=list)
    by_doctor: dict[UUID, list[Span]] = field(default_factory=lambda: defaultdict(list))
    visits: dict[tuple[UUID, dt.date], int] = field(default_factory=lambda: defaultdict(int))

    def of(self, doctor_id: UUID) -> list[Span]:
        return sorted(self.closed + self.by_doctor[doctor_id])


# ---------------------------------------------------------------- the two queries
BOOKABLE = """
select d.id, d.name, d.specialty, d.is_active, d.default_visit_length, d.working_hours,
       coalesce(p.working_hours_override, '{}'::jsonb),
       coalesce(p.supported_visit_types, '["in-clinic", "virtual"]'::jsonb),
       coalesce(p.video_visits_enabled, true), coalesce(p.allow_walk_ins, true), coalesce(p.allow_forced_booking, true),
       s.allow_walk_ins, s.allow_admin_override, s.allow_overlapping,
       s.working_days, s.opens_at, s.closes_at, s.slot_size, d.initials, d.color
  from doctors d
  join clinic_settings s on s.clinic_id = d.clinic_id
  left join doctor_settings p on p.clinic_id = d.clinic_id and p.doctor_id = d.id
 where d.clinic_id = %(clinic)s
   and (%(doctors)s::uuid[] is null or d.id = any(%(doctors)s::uuid[]))
   and (%(specialty)s::text is null or lower(d.specialty) = lower(%(specialty)s::text))
 order by d.name, d.id
"""

BUSY = """
select 'visit', doctor_id, starts_at, ends_at from appointments
 where clinic_id = %(clinic)s and doctor_id = any(%(doctors)s::uuid[])
   and starts_at > %(start)s::timestamptz - interval '480 minutes'
   and starts_at < %(end)s::timestamptz and ends_at > %(start)s::timestamptz
   and status in ('unconfirmed', 'confirmed', 'completed') and deleted_at is null
   and id <> all(%(without)s::uuid[])
union all
select 'away', doctor_id, starts_at, ends_at from time_off
 where clinic_id = %(clinic)s and doctor_id = any(%(doctors)s::uuid[])
   and starts_at < %(end)s::timestamptz and ends_at > %(start)s::timestamptz
union all
select 'closed', null, starts_at, ends_at from closures
 where clinic_id = %(clinic)s and starts_at < %(end)s::timestamptz and ends_at > %(start)s::timestamptz
union all
select 'patient', doctor_id, starts_at, ends_at from appointments
 where clinic_id = %(clinic)s and patient_id = %(patient)s::uuid
   and starts_at > %(start)s::timestamptz - interval '480 minutes'
   and starts_at < %(end)s::timestamptz and ends_at > %(start)s::timestamptz
   and status in ('unconfirmed', 'confirmed', 'completed') and deleted_at is null
   and id <> all(%(without)s::uuid[])
"""


def bookable_doctors(
    actor: Actor, *, doctors: Collection[UUID] | None = None, specialty: str | None = None
) -> list[BookableDoctor]:
    """The doctors asked for (all of the clinic without a filter), by name, inactive ones included. One query."""
    with prepared_cursor() as cursor:
        cursor.execute(
            BOOKABLE,
            {
                "clinic": actor.clinic_id,
                "doctors": None if doctors is None else list(doctors),
                "specialty": specialty or None,
            },
        )
        return [_bookable(row) for row in cursor.fetchall()]


def _bookable(row: tuple[Any, ...]) -> BookableDoctor:
    (
        pk,
        name,
        specialty,
        active,
        length,
        weekly,
        own,
        kinds,
        video,
        *decisions,
        days,
        opens,
        closes,
        step,
        initials,
        color,
    ) = row
    walk_ins, forced, clinic_walk_ins, clinic_overrides, clinic_overlaps = decisions
    types = set(_json(kinds)) if video else set(_json(kinds)) - {"virtual"}
    return BookableDoctor(
        doctor_id=pk,
        doctor_name=name,
        specialty=specialty,
        active=active,
        default_visit_length=length,
        weekly=_json(weekly),
        own_hours=_json(own),
        visit_types=frozenset(types),
        allows_walk_ins=walk_ins,
        allows_forced_booking=forced,
        clinic_allows_walk_ins=clinic_walk_ins,
        clinic_allows_overrides=clinic_overrides,
        clinic_allows_overlaps=clinic_overlaps,
        clinic_days=frozenset(_json(days)),
        clinic_hours=(opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute),
        slot_size=step,
        initials=initials,
        color=color,
    )


def _json(value: Any) -> Any:
    """Django hands raw cursors JSON as text."""
    return json.loads(value) if isinstance(value, str) else value


def blocked_ranges(
    actor: Actor,
    doctors: Collection[UUID],
    span: Span,
    *,
    without: Collection[UUID] = (),
    patient_id: UUID | None = None,
) -> list[BlockedRange]:
    """Live visits, time off and closures that touch a span, and the patient's own visits if one is named.

    Visits in `without` are left out. One query.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            BUSY,
            {
                "clinic": actor.clinic_id,
                "doctors": list(doctors),
                "start": span[0],
                "end": span[1],
                "without": list(without),
                "patient": patient_id,
            },
        )
        return [BlockedRange(kind=kind, doctor_id=pk, span=(start, end)) for kind, pk, start, end in cursor.fetchall()]


def _busy(actor: Actor, doctors: Collection[UUID], span: Span, without: Collection[UUID]) -> BusyRange:
    busy = BusyRange()
    for block in blocked_ranges(actor, doctors, span, without=without):
        if block.doctor_id is None:
            busy.closed.append(block.span)
            continue
        busy.by_doctor[block.doctor_id].append(block.span)
        if block.kind == "visit":
            busy.visits[block.doctor_id, clock.local(block.span[0], actor.timezone).date()] += 1
    return busy


# ---------------------------------------------------------------- what the clinic asks
def free_slots(
    actor: Actor,
    *,
    date_from: dt.date,
    date_to: dt.date,
    doctors: Collection[UUID] | None = None,
    specialty: str | None = None,
    duration: int | None = None,
    visit_type: str = Appointment.VisitType.IN_CLINIC,
    after: dt.time | None = None,
    before: dt.time | None = None,
    limit: int = 50,
    without: Collection[UUID] = (),
    at: dt.datetime | None = None,
) -> list[Slot]:
    """The free slots of a local date range (both included), earliest first, then the doctor with fewer visits that day.

    `duration` in minutes, without it each doctor's own; `after` and `before` bound the start and the end on the wall
    clock. Nothing before `at` (now). Visits in `without` count as free time, for moving them. Two queries.
    Invalid for a range of more than 366 days or a duration outside 5–480.
    """
    _check_search(date_from, date_to, duration, limit)
    able = [
        doctor
        for doctor in bookable_doctors(actor, doctors=doctors, specialty=specialty)
        if doctor.active and visit_type in doctor.visit_types
    ]
    return _search(
        actor,
        able,
        (date_from, date_to),
        duration=duration,
        bounds=(after, before),
        limit=limit,
        without=without,
        moment=at or clock.now(),
    )


def _search(
    actor: Actor,
    able: Sequence[BookableDoctor],
    dates: tuple[dt.date, dt.date],
    *,
    duration: int | None,
    bounds: tuple[dt.time | None, dt.time | None] = (None, None),
    limit: int,
    without: Collection[UUID],
    moment: dt.datetime,
) -> list[Slot]:
    """The free slots of these doctors. One query."""
    date_from, date_to = dates
    if not able:
        return []
    date_from = max(date_from, clock.local(moment, actor.timezone).date())
    if date_to < date_from:
        return []
    window = clock.day_bounds(date_from, actor.timezone)[0], clock.day_bounds(date_to, actor.timezone)[1]
    busy = _busy(actor, [doctor.doctor_id for doctor in able], window, without)
    blocked = {doctor.doctor_id: busy.of(doctor.doctor_id) for doctor in able}
    found: list[Slot] = []
    for day in _days(date_from, date_to):
        found += _slots_of_day(actor, able, day, busy, blocked, duration, bounds, moment)
        if len(found) >= limit:
            break
    return found[:limit]


def _check_search(date_from: dt.date, date_to: dt.date, duration: int | None, limit: int) -> None:
    if (date_to - date_from).days >= MAX_DAYS:
        raise Invalid(fields={"date_to": [f"Search at most {MAX_DAYS} days."]})
    if not dt.date(1970, 1, 1) <= date_from <= date_to <= dt.date(2200, 1, 1):
        raise Invalid(fields={"date_to": ["The last date comes after the first."]})
    if duration is not None and not 5 <= duration <= 480:
        raise Invalid(fields={"duration": ["A visit takes 5 to 480 minutes."]})
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(fields={"limit": [f"Ask for 1 to {MAX_LIMIT} slots."]})


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(days=number)


def _slots_of_day(
    actor: Actor,
    able: Sequence[BookableDoctor],
    day: dt.date,
    busy: BusyRange,
    blocked: Mapping[UUID, Sequence[Span]],
    duration: int | None,
    bounds: tuple[dt.time | None, dt.time | None],
    moment: dt.datetime,
) -> list[Slot]:
    after, before = bounds
    start_of_day, end_of_day = clock.day_bounds(day, actor.timezone)
    ranked: list[tuple[dt.datetime, int, str, Slot]] = []
    for doctor in able:
        spans = [span for span in blocked[doctor.doctor_id] if span[0] < end_of_day and span[1] > start_of_day]
        length = dt.timedelta(minutes=duration or doctor.default_visit_length)
        for start, end in starts_in(doctor, day, actor.timezone, spans, length):
            begins, ends = clock.local(start, actor.timezone), clock.local(end, actor.timezone)
            if start < moment or (after and begins.time() < after) or (before and not _ends_by(ends, day, before)):
                continue
            slot = Slot(doctor_id=doctor.doctor_id, doctor_name=doctor.doctor_name, starts_at=begins, ends_at=ends)
            ranked.append((start, busy.visits[doctor.doctor_id, day], doctor.doctor_name, slot))
    ranked.sort(key=lambda item: item[:3])
    return [item[3] for item in ranked]


def _ends_by(ends: dt.datetime, day: dt.date, before: dt.time) -> bool:
    return ends.date() == day and ends.time() <= before


def free_at(
    actor: Actor, able: Sequence[BookableDoctor], *, starts_at: dt.datetime, duration: int | None
) -> list[BookableDoctor]:
    """Which of these doctors are free from an instant on, the one with the fewest visits that day first. One query."""
    day = clock.local(starts_at, actor.timezone).date()
    busy = _busy(actor, [doctor.doctor_id for doctor in able], clock.day_bounds(day, actor.timezone), ())
    free = []
    for doctor in able:
        span = starts_at, starts_at + dt.timedelta(minutes=duration or doctor.default_visit_length)
        if is_open(doctor, span, actor.timezone) and subtract([span], busy.of(doctor.doctor_id)) == [span]:
            free.append(doctor)
    return sorted(free, key=lambda doctor: (busy.visits[doctor.doctor_id, day], doctor.doctor_name))


def nearest_free(
    actor: Actor,
    *,
    doctor: BookableDoctor,
    around: dt.datetime,
    duration: int,
    count: int = 3,
    without: Collection[UUID] = (),
    at: dt.datetime,
) -> list[Slot]:
    """The `count` free slots of a doctor that start nearest to an instant, nearest first; looks up to 30 days ahead.

    One query, or up to three when the days around are full.
    """
    wanted = max(clock.local(around, actor.timezone).date(), clock.local(at, actor.timezone).date())
    found: list[Slot] = []
    for back, ahead in ((0, 1), (3, 7), (7, 30)):
        dates = wanted - dt.timedelta(days=back), wanted + dt.timedelta(days=ahead)
        found = _search(actor, [doctor], dates, duration=duration, limit=MAX_LIMIT, without=without, moment=at)
        if len(found) >= count:
            break
    return sorted(found, key=lambda slot: abs(slot.starts_at - around))[:count]
