"""Match waitlist entries with free slots: the nearest slots of each entry, and the entries for a freed slot."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from scheduling.models import Appointment, WaitlistEntry
from scheduling.rules.opening_hours import BookableDoctor, Span, starts_in
from scheduling.rules.slot_values import encode_slot
from scheduling.selectors.availability import BlockedRange, Slot, blocked_ranges, bookable_doctors

DAYS_AHEAD = 30
MOST = 20
FREED = (Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistMatch:
    """A free slot that satisfies a waitlist entry."""

    slot: Slot

    @property
    def value(self) -> str:
        """The slot as a form submits it."""
        return self.slot.value


@dataclass(frozen=True, slots=True, kw_only=True)
class FreedSlot:
    """A still free slot of a cancelled or missed appointment, with the matching entries, longest wait first."""

    visit: Appointment
    entries: Sequence[WaitlistEntry]

    @property
    def value(self) -> str:
        """The slot as a form submits it."""
        return encode_slot(self.visit.doctor_id, self.visit.starts_at)


class FreeOn(Protocol):
    """The free spans of a doctor on a local day for visits of some minutes, and the number of blocked ranges."""

    def __call__(self, doctor_id: UUID, day: dt.date, minutes: int, /) -> tuple[Sequence[Span], int]: ...


def suits(entry: WaitlistEntry, *, doctor_id: UUID, starts: dt.datetime) -> bool:
    """Whether a start, on the local clock, satisfies the entry; the same rule as `WaitlistQuerySet.fitting`."""
    return (
        entry.doctor_id in (None, doctor_id)
        and entry.date_from <= starts.date() <= entry.date_to
        and (entry.time_from is None or entry.time_from <= starts.time())
        and (entry.time_to is None or starts.time() < entry.time_to)
    )


def nearest_for(
    actor: Actor, entries: Sequence[WaitlistEntry], *, at: dt.datetime, count: int = 3
) -> dict[UUID, list[WaitlistMatch]]:
    """The first `count` free slots of each entry, by its id, within its dates and the next 30 days.

    Each time once, with the doctor who has the fewest blocked ranges that day. Two queries for any number of entries.
    """
    today = clock.local(at, actor.timezone).date()
    last = today + dt.timedelta(days=DAYS_AHEAD)
    doctors = [doctor for doctor in bookable_doctors(actor) if doctor.active] if entries else []
    if not doctors:
        return {}
    window = clock.day_bounds(today, actor.timezone)[0], clock.day_bounds(last, actor.timezone)[1]
    busy = _by_doctor(blocked_ranges(actor, [doctor.doctor_id for doctor in doctors], window), doctors)

    @cache
    def free_on(doctor: UUID, day: dt.date, minutes: int) -> tuple[Sequence[Span], int]:
        start, end = clock.day_bounds(day, actor.timezone)
        taken = [span for span in busy[doctor] if span[0] < end and span[1] > start]
        return starts_in(by_id[doctor], day, actor.timezone, taken, dt.timedelta(minutes=minutes)), len(taken)

    by_id = {doctor.doctor_id: doctor for doctor in doctors}
    return {
        entry.pk: _first_of(actor, entry, doctors, free_on, (max(today, entry.date_from), last), at, count)
        for entry in entries
    }


def _first_of(
    actor: Actor,
    entry: WaitlistEntry,
    doctors: Sequence[BookableDoctor],
    free_on: FreeOn,
    dates: tuple[dt.date, dt.date],
    at: dt.datetime,
    count: int,
) -> list[WaitlistMatch]:
    able = [
        doctor
        for doctor in doctors
        if entry.doctor_id in (None, doctor.doctor_id) and entry.visit_type in doctor.visit_types
    ]
    slots: list[Slot] = []
    day = dates[0]
    while day <= min(dates[1], entry.date_to) and len(slots) < count:
        times = []
        for doctor in able:
            spans, load = free_on(doctor.doctor_id, day, entry.duration)
            times += [(span, load, doctor.doctor_name, doctor.doctor_id) for span in spans]
        for span, _load, name, doctor_id in sorted(times):
            starts, ends = clock.local(span[0], actor.timezone), clock.local(span[1], actor.timezone)
            is_duplicate = bool(slots) and slots[-1].starts_at == starts
            if span[0] >= at and not is_duplicate and suits(entry, doctor_id=doctor_id, starts=starts):
                slots.append(Slot(doctor_id=doctor_id, doctor_name=name, starts_at=starts, ends_at=ends))
        day += dt.timedelta(days=1)
    return [WaitlistMatch(slot=slot) for slot in slots[:count]]


def matches(actor: Actor, visit: Appointment, *, at: dt.datetime) -> Any:
    """The entries that the slot of `visit` satisfies, with patient and doctor selected, longest wait first.

    Empty once the start has passed; the visit's own patient is excluded.
    """
    rows = WaitlistEntry.objects.visible_to(actor)
    if visit.starts_at <= at:
        return rows.none()
    fitting = rows.fitting(
        doctor_id=visit.doctor_id,
        starts=clock.local(visit.starts_at, actor.timezone),
        minutes=visit.duration,
        visit_type=visit.visit_type,
    )
    return fitting.exclude(patient_id=visit.patient_id).select_related("patient", "doctor", "offer_message")


def freed_by(actor: Actor, visit: Appointment, *, at: dt.datetime) -> FreedSlot | None:
    """The slot that this visit has freed; None if it is taken again or no entry matches."""
    entries = list(matches(actor, visit, at=at)[:MOST])
    if not entries:
        return None
    taken = blocked_ranges(actor, [visit.doctor_id], (visit.starts_at, visit.ends_at))
    return None if _is_taken(visit, taken) else FreedSlot(visit=visit, entries=entries)


def freed_on(actor: Actor, day: dt.date, *, at: dt.datetime) -> list[FreedSlot]:
    """The freed slots of a local day that have not begun, are still free and match an entry.

    At most three queries: one if no slot was freed, two if no entry is open that day.
    """
    visits = list(
        Appointment.objects.visible_to(actor)
        .on(day, actor.timezone)
        .filter(status__in=FREED, starts_at__gt=at)
        .for_cards()
    )
    waiting = list(WaitlistEntry.objects.visible_to(actor).on_day(day).select_related("patient")) if visits else []
    if not waiting:
        return []
    doctors = {visit.doctor_id for visit in visits}
    taken = blocked_ranges(actor, doctors, clock.day_bounds(day, actor.timezone))
    freed: dict[tuple[UUID, dt.datetime], FreedSlot] = {}
    for visit in visits:
        if _is_taken(visit, taken) or not visit.doctor.is_active:
            continue
        fitting = [entry for entry in waiting if _fits(actor, entry, visit)]
        if fitting:
            freed.setdefault((visit.doctor_id, visit.starts_at), FreedSlot(visit=visit, entries=fitting))
    return list(freed.values())


def _fits(actor: Actor, entry: WaitlistEntry, visit: Appointment) -> bool:
    starts = clock.local(visit.starts_at, actor.timezone)
    return (
        entry.patient_id != visit.patient_id
        and entry.visit_type == visit.visit_type
        and entry.duration <= visit.duration
        and suits(entry, doctor_id=visit.doctor_id, starts=starts)
    )


def _is_taken(visit: Appointment, taken: Iterable[BlockedRange]) -> bool:
    return any(
        block.doctor_id in (None, visit.doctor_id) and block.span[0] < visit.ends_at and block.span[1] > visit.starts_at
        for block in taken
    )


def _by_doctor(blocks: Iterable[BlockedRange], doctors: Sequence[BookableDoctor]) -> Mapping[UUID, list[Span]]:
    busy: dict[UUID, list[Span]] = {doctor.doctor_id: [] for doctor in doctors}
    for block in blocks:
        for doctor_id in [block.doctor_id] if block.doctor_id else busy:
            busy[doctor_id].append(block.span)
    return {doctor_id: sorted(spans) for doctor_id, spans in busy.items()}
