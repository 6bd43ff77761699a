"""When a doctor can be booked: open hours minus closures, time off and live visits, on the clinic's slot grid.

`clinic days and hours ∩ the doctor's weekly hours or own override − closures − time off − live appointments`.
Hours are wall-clock times of the clinic (rules/opening_hours.py); all other times are instants.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.db.prepared import prepared_cursor
from scheduling.models import Appointment
from scheduling.rules.limits import LENGTH_ERROR, LONGEST_VISIT, VISIT_MINUTES
from scheduling.rules.opening_hours import BookableDoctor, Span, is_open, starts_in, subtract
from scheduling.rules.slot_values import encode_slot

MAX_DAYS = 366
MAX_LIMIT = 500


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A free time of a doctor; both ends are on the clinic's clock, with its UTC offset."""

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

    @property
    def value(self) -> str:
        """The slot as a form submits it."""
        return encode_slot(self.doctor_id, self.starts_at)

    def as_json(self) -> dict[str, str]:
        """The slot as `GET /api/slots` represents it."""
        return {
            "doctor_id": str(self.doctor_id),
            "doctor_name": self.doctor_name,
            "date": self.date.isoformat(),
            "start_time": f"{self.starts_at:%H:%M}",
            "end_time": f"{self.ends_at:%H:%M}",
            "starts_at": self.starts_at.isoformat(),
        }


@dataclass(frozen=True, kw_only=True)
class SlotSearch:
    """A search for free slots in a local date range, both ends included.

    `doctors` None and an empty `specialty` are no restriction. `duration` is in minutes, None for each doctor's
    default. `after` bounds the start and `before` the end, on the clinic's clock. Appointments in `without` do not
    block a slot.
    """

    date_from: dt.date
    date_to: dt.date
    doctors: Collection[UUID] | None = None
    specialty: str = ""
    duration: int | None = None
    visit_type: str = Appointment.VisitType.IN_CLINIC
    after: dt.time | None = None
    before: dt.time | None = None
    limit: int = 50
    without: Collection[UUID] = ()

    def validate(self) -> None:
        """Invalid for a range of more than MAX_DAYS, a length outside VISIT_MINUTES or a bad limit."""
        if (self.date_to - self.date_from).days >= MAX_DAYS:
            raise Invalid(fields={"date_to": [f"Search at most {MAX_DAYS} days."]})
        if not dt.date(1970, 1, 1) <= self.date_from <= self.date_to <= dt.date(2200, 1, 1):
            raise Invalid(fields={"date_to": ["Enter a last date that is not before the first."]})
        if self.duration is not None and self.duration not in VISIT_MINUTES:
            raise Invalid(fields={"duration": [LENGTH_ERROR]})
        if not 1 <= self.limit <= MAX_LIMIT:
            raise Invalid(fields={"limit": [f"Enter a limit of 1 to {MAX_LIMIT}."]})


@dataclass(frozen=True, kw_only=True)
class BlockedRange:
    """Why a range of time is not free: `visit`, `away` (the doctor) or `closed` (the clinic; no doctor).

    `patient` is another visit of the patient at that time, with any doctor: a warning, not a conflict.
    """

    kind: str
    doctor_id: UUID | None
    span: Span


@dataclass(kw_only=True)
class BusyRange:
    """The blocked ranges of doctors within a window, and their number of visits per local day."""

    closed: list[Span] = field(default_factory=list)
    by_doctor: dict[UUID, list[Span]] = field(default_factory=lambda: defaultdict(list))
    visits: dict[tuple[UUID, dt.date], int] = field(default_factory=lambda: defaultdict(int))

    def of(self, doctor_id: UUID) -> list[Span]:
        return sorted(self.closed + self.by_doctor[doctor_id])


# ---------------------------------------------------------------- the two queries
class DoctorRow(NamedTuple):
    """A row of BOOKABLE, whose SELECT list is generated from these fields. JSON columns are text or parsed."""

    id: UUID
    name: str
    initials: str
    color: str
    specialty: str
    is_active: bool
    default_visit_length: int
    working_hours: Any
    working_hours_override: Any
    supported_visit_types: Any
    video_visits_enabled: bool
    doctor_allows_walk_ins: bool
    allow_forced_booking: bool
    allow_walk_ins: bool
    allow_admin_override: bool
    allow_overlapping: bool
    working_days: Any
    opens_at: dt.time
    closes_at: dt.time
    slot_size: int


# The fields of DoctorRow that are not columns of doctors. A doctor without settings has the defaults.
EXPRESSIONS = {
    "working_hours_override": "coalesce(p.working_hours_override, '{}'::jsonb)",
    "supported_visit_types": """coalesce(p.supported_visit_types, '["in-clinic", "virtual"]'::jsonb)""",
    "video_visits_enabled": "coalesce(p.video_visits_enabled, true)",
    "doctor_allows_walk_ins": "coalesce(p.allow_walk_ins, true)",
    "allow_forced_booking": "coalesce(p.allow_forced_booking, true)",
    "allow_walk_ins": "s.allow_walk_ins",
    "allow_admin_override": "s.allow_admin_override",
    "allow_overlapping": "s.allow_overlapping",
    "working_days": "s.working_days",
    "opens_at": "s.opens_at",
    "closes_at": "s.closes_at",
    "slot_size": "s.slot_size",
}
BOOKABLE = f"""
select {", ".join(EXPRESSIONS.get(name, f"d.{name}") for name in DoctorRow._fields)}
  from doctors d
  join clinic_settings s on s.clinic_id = d.clinic_id
  left join doctor_settings p on p.clinic_id = d.clinic_id and p.doctor_id = d.id
 where d.clinic_id = %(clinic)s
   and (%(doctors)s::uuid[] is null or d.id = any(%(doctors)s::uuid[]))
   and (%(specialty)s::text is null or lower(d.specialty) = lower(%(specialty)s::text))
 order by d.name, d.id
"""  # noqa: S608  # constants only


def status_list(statuses: Iterable[Appointment.Status]) -> str:
    """Statuses as an SQL list of literals, `('confirmed', …)`. Literals let PostgreSQL match the partial indexes."""
    return "(" + ", ".join(f"'{status.value}'" for status in statuses) + ")"


# The lower bound of `starts_at` is implied by the longest visit and limits the index scan.
IN_WINDOW = f"""
   starts_at > %(start)s::timestamptz - interval '{LONGEST_VISIT} minutes'
   and starts_at < %(end)s::timestamptz and ends_at > %(start)s::timestamptz
   and status in {status_list(Appointment.LIVE)} and deleted_at is null
   and id <> all(%(without)s::uuid[])
"""
BUSY = f"""
select 'visit', doctor_id, starts_at, ends_at from appointments
 where clinic_id = %(clinic)s and doctor_id = any(%(doctors)s::uuid[]) and {IN_WINDOW}
union all
select 'away', doctor_id, starts_at, ends_at from time_off
 where clinic_id = %(clinic)s and doctor_id = any(%(doctors)s::uuid[])
   and starts_at < %(end)s::timestamptz and ends_at > %(start)s::timestamptz
union all
select 'closed', null, starts_at, ends_at from closures
 where clinic_id = %(clinic)s and starts_at < %(end)s::timestamptz and ends_at > %(start)s::timestamptz
union all
select 'patient', doctor_id, starts_at, ends_at from appointments
 where clinic_id = %(clinic)s and patient_id = %(patient)s::uuid and {IN_WINDOW}
"""  # noqa: S608  # constants only


def bookable_doctors(
    actor: Actor, *, doctors: Collection[UUID] | None = None, specialty: str | None = None
) -> list[BookableDoctor]:
    """The given doctors (all of the clinic if None) with their booking rules, by name, inactive ones included.

    One query.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            BOOKABLE,
            {
                "clinic": actor.clinic_id,
                "doctors": None if doctors is None else list(doctors),
                "specialty": specialty or None,
            },
        )
        return [_bookable(DoctorRow._make(row)) for row in cursor.fetchall()]


def _bookable(row: DoctorRow) -> BookableDoctor:
    types = set(_json(row.supported_visit_types))
    return BookableDoctor(
        doctor_id=row.id,
        doctor_name=row.name,
        initials=row.initials,
        color=row.color,
        specialty=row.specialty,
        active=row.is_active,
        default_visit_length=row.default_visit_length,
        weekly=_json(row.working_hours),
        own_hours=_json(row.working_hours_override),
        visit_types=frozenset(types if row.video_visits_enabled else types - {Appointment.VisitType.VIRTUAL}),
        allows_walk_ins=row.doctor_allows_walk_ins,
        allows_forced_booking=row.allow_forced_booking,
        clinic_allows_walk_ins=row.allow_walk_ins,
        clinic_allows_overrides=row.allow_admin_override,
        clinic_allows_overlaps=row.allow_overlapping,
        clinic_days=frozenset(_json(row.working_days)),
        clinic_hours=(row.opens_at.hour * 60 + row.opens_at.minute, row.closes_at.hour * 60 + row.closes_at.minute),
        slot_size=row.slot_size,
    )


def _json(value: Any) -> Any:
    """The value of a JSON column, which Django's raw cursors return as text."""
    return json.loads(value) if isinstance(value, str) else value


def blocked_ranges(
    actor: Actor,
    doctors: Collection[UUID],
    span: Span,
    *,
    without: Collection[UUID] = (),
    patient_id: UUID | None = None,
) -> list[BlockedRange]:
    """Live visits, time off and closures that overlap a span, and the patient's visits if one is given.

    Appointments in `without` are excluded. One query.
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


# ---------------------------------------------------------------- searches
def free_slots(actor: Actor, search: SlotSearch, *, at: dt.datetime | None = None) -> list[Slot]:
    """The free slots of a search that do not start before `at` (now).

    Earliest first, then the doctor with fewer visits that day. Two queries. Invalid as `SlotSearch.validate` raises.
    """
    search.validate()
    able = [
        doctor
        for doctor in bookable_doctors(actor, doctors=search.doctors, specialty=search.specialty)
        if doctor.active and search.visit_type in doctor.visit_types
    ]
    return _search(actor, able, search, at or clock.now())


def _search(actor: Actor, able: Sequence[BookableDoctor], search: SlotSearch, at: dt.datetime) -> list[Slot]:
    """The free slots of these doctors. One query."""
    date_from, date_to = max(search.date_from, clock.local(at, actor.timezone).date()), search.date_to
    if not able or date_to < date_from:
        return []
    window = clock.day_bounds(date_from, actor.timezone)[0], clock.day_bounds(date_to, actor.timezone)[1]
    busy = _busy(actor, [doctor.doctor_id for doctor in able], window, search.without)
    blocked = {doctor.doctor_id: busy.of(doctor.doctor_id) for doctor in able}
    slots: list[Slot] = []
    for day in _days(date_from, date_to):
        slots += _slots_of_day(actor, able, day, busy, blocked, search, at)
        if len(slots) >= search.limit:
            break
    return slots[: search.limit]


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(days=number)


def _slots_of_day(
    actor: Actor,
    able: Sequence[BookableDoctor],
    day: dt.date,
    busy: BusyRange,
    blocked: Mapping[UUID, Sequence[Span]],
    search: SlotSearch,
    at: dt.datetime,
) -> list[Slot]:
    after, before = search.after, search.before
    start_of_day, end_of_day = clock.day_bounds(day, actor.timezone)
    ranked: list[tuple[dt.datetime, int, str, Slot]] = []
    for doctor in able:
        spans = [span for span in blocked[doctor.doctor_id] if span[0] < end_of_day and span[1] > start_of_day]
        length = dt.timedelta(minutes=search.duration or doctor.default_visit_length)
        for start, end in starts_in(doctor, day, actor.timezone, spans, length):
            begins, ends = clock.local(start, actor.timezone), clock.local(end, actor.timezone)
            if start < at or (after and begins.time() < after) or (before and not _ends_by(ends, day, before)):
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
    """Those of the doctors who are free from an instant on, fewest visits that day first. One query.

    `duration` in minutes, None for each doctor's default.
    """
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
    """The `count` free slots of a doctor that start nearest to an instant, nearest first, up to 30 days ahead.

    `duration` in minutes. One query, or up to three if the days around are full.
    """
    middle = max(clock.local(around, actor.timezone).date(), clock.local(at, actor.timezone).date())
    slots: list[Slot] = []
    for back, ahead in ((0, 1), (3, 7), (7, 30)):
        search = SlotSearch(
            date_from=middle - dt.timedelta(days=back),
            date_to=middle + dt.timedelta(days=ahead),
            duration=duration,
            limit=MAX_LIMIT,
            without=without,
        )
        slots = _search(actor, [doctor], search, at)
        if len(slots) >= count:
            break
    return sorted(slots, key=lambda slot: abs(slot.starts_at - around))[:count]
