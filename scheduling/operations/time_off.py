"""Time in which nobody books: a doctor's time off and the clinic's closures. Visits in it stay until they are moved."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.models import Clinic, Doctor
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish
from scheduling.events import ScheduleChanged
from scheduling.models import Appointment, Closure, TimeOff
from scheduling.rules.public_holidays import Holiday, holidays_of
from scheduling.rules.transitions import DESK

LONGEST = dt.timedelta(days=366)


@transaction.atomic
def create(actor: Actor, *, doctor_id: UUID, starts_at: dt.datetime, ends_at: dt.datetime, reason: str = "") -> TimeOff:
    """Keep a doctor's time free, from one instant to another. A doctor does it for themselves, the desk for all."""
    _require_own_or_desk(actor, doctor_id)
    _check(starts_at, ends_at, reason)
    if not Doctor.objects.visible_to(actor).filter(pk=doctor_id).exists():
        raise Invalid(fields={"doctor_id": ["There is no such doctor."]})
    row = TimeOff.objects.create(
        clinic_id=actor.clinic_id, doctor_id=doctor_id, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()
    )
    _announce(actor, row.pk, doctor_id)
    return row


@transaction.atomic
def update(
    actor: Actor,
    time_off_id: UUID,
    *,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    reason: str | None = None,
) -> TimeOff:
    """Change when or why; the doctor stays."""
    row: TimeOff = TimeOff.objects.visible_to(actor).lock(time_off_id)
    _require_own_or_desk(actor, row.doctor_id)
    row.starts_at, row.ends_at = starts_at or row.starts_at, ends_at or row.ends_at
    row.reason = row.reason if reason is None else reason.strip()
    _check(row.starts_at, row.ends_at, row.reason)
    row.save(update_fields=["starts_at", "ends_at", "reason", "updated_at"])
    _announce(actor, row.pk, row.doctor_id)
    return row


@transaction.atomic
def remove(actor: Actor, time_off_id: UUID) -> None:
    """The doctor is there after all."""
    row: TimeOff = TimeOff.objects.visible_to(actor).lock(time_off_id)
    _require_own_or_desk(actor, row.doctor_id)
    doctor_id = row.doctor_id
    row.delete()
    _announce(actor, time_off_id, doctor_id)


@transaction.atomic
def save(actor: Actor, row: TimeOff | Closure) -> None:
    """Keep a time off or a closure as it was filled in, under the same rules; the front desk's right."""
    _require_desk(actor)
    _check(row.starts_at, row.ends_at, row.reason)
    if isinstance(row, Closure) and not row.reason.strip():
        raise Invalid(fields={"reason": ["Say why."]})
    row.save()
    _announce(actor, row.pk, *([row.doctor_id] if isinstance(row, TimeOff) else []))


def visits_hit(actor: Actor, row: TimeOff | Closure) -> Any:
    """The open visits in that time, with patient and doctor: they stand until they are moved or cancelled (bulk.py)."""
    return visits_between(
        actor, row.starts_at, row.ends_at, doctor_id=row.doctor_id if isinstance(row, TimeOff) else None
    )


def visits_between(actor: Actor, starts_at: dt.datetime, ends_at: dt.datetime, *, doctor_id: UUID | None = None) -> Any:
    """The open visits that a time off of the doctor (a closure without one) would hit, with patient and doctor."""
    visits = Appointment.objects.visible_to(actor).open().between(starts_at, ends_at).for_cards()
    return visits if doctor_id is None else visits.with_doctors([doctor_id])


@transaction.atomic
def create_closure(actor: Actor, *, starts_at: dt.datetime, ends_at: dt.datetime, reason: str) -> Closure:
    """Close the whole clinic from one instant to another; the front desk's right."""
    _require_desk(actor)
    _check(starts_at, ends_at, reason)
    if not reason.strip():
        raise Invalid(fields={"reason": ["Say why."]})
    row = Closure.objects.create(clinic_id=actor.clinic_id, starts_at=starts_at, ends_at=ends_at, reason=reason.strip())
    _announce(actor, row.pk)
    return row


@transaction.atomic
def update_closure(
    actor: Actor, closure_id: UUID, *, starts_at: dt.datetime, ends_at: dt.datetime, reason: str
) -> Closure:
    """Change when the clinic is closed, or why."""
    _require_desk(actor)
    row: Closure = Closure.objects.visible_to(actor).lock(closure_id)
    row.starts_at, row.ends_at, row.reason = starts_at, ends_at, reason.strip()
    save(actor, row)
    return row


def create_closures(actor: Actor, *, first: dt.date, last: dt.date, reason: str) -> Closure:
    """Close whole local days, both included."""
    starts_at = clock.day_bounds(first, actor.timezone)[0]
    return create_closure(actor, starts_at=starts_at, ends_at=clock.day_bounds(last, actor.timezone)[1], reason=reason)


@transaction.atomic
def remove_closure(actor: Actor, closure_id: UUID) -> None:
    """The clinic is open after all."""
    _require_desk(actor)
    Closure.objects.visible_to(actor).lock(closure_id).delete()
    _announce(actor, closure_id)


def public_holidays_to_offer(actor: Actor, year: int) -> list[Holiday]:
    """The public holidays of the clinic's country and region that are not closed yet."""
    clinic = Clinic.objects.get(pk=actor.clinic_id)
    closed = _closed_days(actor, year)
    return [holiday for holiday in holidays_of(clinic.country, clinic.region, year) if holiday.day not in closed]


@transaction.atomic
def create_holiday_closures(actor: Actor, *, year: int, days: Sequence[dt.date]) -> list[Closure]:
    """Close the chosen public holidays of a year; those that are closed already are left as they are."""
    _require_desk(actor)
    offered = {holiday.day: holiday.name for holiday in public_holidays_to_offer(actor, year)}
    return [
        create_closures(actor, first=day, last=day, reason=offered[day]) for day in sorted(set(days) & set(offered))
    ]


def _closed_days(actor: Actor, year: int) -> set[dt.date]:
    start = clock.day_bounds(dt.date(year, 1, 1), actor.timezone)[0]
    end = clock.day_bounds(dt.date(year, 12, 31), actor.timezone)[1]
    days: set[dt.date] = set()
    for starts_at, ends_at in Closure.objects.visible_to(actor).between(start, end).values_list("starts_at", "ends_at"):
        day = clock.local(starts_at, actor.timezone).date()
        while clock.day_bounds(day, actor.timezone)[1] <= ends_at:
            if clock.day_bounds(day, actor.timezone)[0] >= starts_at:
                days.add(day)
            day += dt.timedelta(days=1)
    return days


def _check(starts_at: dt.datetime, ends_at: dt.datetime, reason: str) -> None:
    if ends_at <= starts_at:
        raise Invalid(fields={"to": ["The end comes after the start."]})
    if ends_at - starts_at > LONGEST:
        raise Invalid(fields={"to": ["At most a year at once."]})
    if len(reason) > 120:
        raise Invalid(fields={"reason": ["At most 120 characters."]})


def _require_desk(actor: Actor) -> None:
    if actor.role not in DESK:
        raise Forbidden()


def _require_own_or_desk(actor: Actor, doctor_id: UUID) -> None:
    if actor.role not in DESK and not (actor.role == Role.DOCTOR and actor.doctor_id == doctor_id):
        raise Forbidden()


def _announce(actor: Actor, subject: UUID, *doctors: UUID) -> None:
    publish(ScheduleChanged(clinic_id=actor.clinic_id, subject_id=subject, doctor_ids=doctors, origin=actor.tab))
