"""Doctors' time off and the clinic's closures. Existing appointments stay until they are moved or cancelled."""

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

LONGEST = dt.timedelta(days=366)


@transaction.atomic
def create(actor: Actor, *, doctor_id: UUID, starts_at: dt.datetime, ends_at: dt.datetime, reason: str = "") -> TimeOff:
    """Create time off for a doctor between two instants. Permitted to the front desk and to the doctor."""
    _require_own_or_front_desk(actor, doctor_id)
    _check(starts_at, ends_at, reason)
    if not Doctor.objects.visible_to(actor).filter(pk=doctor_id).exists():
        raise Invalid(fields={"doctor_id": ["There is no such doctor."]})
    row = TimeOff.objects.create(
        clinic_id=actor.clinic_id, doctor_id=doctor_id, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()
    )
    _publish(actor, row.pk, doctor_id)
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
    """Change the time or the reason; the doctor cannot be changed."""
    row: TimeOff = TimeOff.objects.visible_to(actor).lock(time_off_id)
    _require_own_or_front_desk(actor, row.doctor_id)
    row.starts_at, row.ends_at = starts_at or row.starts_at, ends_at or row.ends_at
    row.reason = row.reason if reason is None else reason.strip()
    _check(row.starts_at, row.ends_at, row.reason)
    row.save(update_fields=["starts_at", "ends_at", "reason", "updated_at"])
    _publish(actor, row.pk, row.doctor_id)
    return row


@transaction.atomic
def remove(actor: Actor, time_off_id: UUID) -> None:
    """Remove a time off."""
    row: TimeOff = TimeOff.objects.visible_to(actor).lock(time_off_id)
    _require_own_or_front_desk(actor, row.doctor_id)
    doctor_id = row.doctor_id
    row.delete()
    _publish(actor, time_off_id, doctor_id)


@transaction.atomic
def save(actor: Actor, row: TimeOff | Closure) -> None:
    """Validate and save a time off or closure as it is. Forbidden for all but the front desk."""
    actor.require_front_desk()
    _check(row.starts_at, row.ends_at, row.reason)
    if isinstance(row, Closure) and not row.reason.strip():
        raise Invalid(fields={"reason": ["Enter a reason."]})
    row.save()
    _publish(actor, row.pk, *([row.doctor_id] if isinstance(row, TimeOff) else []))


def visits_hit(actor: Actor, row: TimeOff | Closure) -> Any:
    """The open appointments that overlap the time off or closure, with patient and doctor selected."""
    return visits_between(
        actor, row.starts_at, row.ends_at, doctor_id=row.doctor_id if isinstance(row, TimeOff) else None
    )


def visits_between(actor: Actor, starts_at: dt.datetime, ends_at: dt.datetime, *, doctor_id: UUID | None = None) -> Any:
    """The open appointments of the doctor (of all without one) in a range, with patient and doctor selected."""
    visits = Appointment.objects.visible_to(actor).open().between(starts_at, ends_at).for_cards()
    return visits if doctor_id is None else visits.with_doctors([doctor_id])


@transaction.atomic
def create_closure(actor: Actor, *, starts_at: dt.datetime, ends_at: dt.datetime, reason: str) -> Closure:
    """Close the clinic between two instants. Forbidden for all but the front desk."""
    actor.require_front_desk()
    _check(starts_at, ends_at, reason)
    if not reason.strip():
        raise Invalid(fields={"reason": ["Enter a reason."]})
    row = Closure.objects.create(clinic_id=actor.clinic_id, starts_at=starts_at, ends_at=ends_at, reason=reason.strip())
    _publish(actor, row.pk)
    return row


@transaction.atomic
def update_closure(
    actor: Actor, closure_id: UUID, *, starts_at: dt.datetime, ends_at: dt.datetime, reason: str
) -> Closure:
    """Change the time and reason of a closure."""
    actor.require_front_desk()
    row: Closure = Closure.objects.visible_to(actor).lock(closure_id)
    row.starts_at, row.ends_at, row.reason = starts_at, ends_at, reason.strip()
    save(actor, row)
    return row


def create_closures(actor: Actor, *, first: dt.date, last: dt.date, reason: str) -> Closure:
    """Close the clinic for whole local days, both included."""
    starts_at = clock.day_bounds(first, actor.timezone)[0]
    return create_closure(actor, starts_at=starts_at, ends_at=clock.day_bounds(last, actor.timezone)[1], reason=reason)


@transaction.atomic
def remove_closure(actor: Actor, closure_id: UUID) -> None:
    """Remove a closure."""
    actor.require_front_desk()
    Closure.objects.visible_to(actor).lock(closure_id).delete()
    _publish(actor, closure_id)


def public_holidays_to_offer(actor: Actor, year: int) -> list[Holiday]:
    """The public holidays of the clinic's country and region on which it is not closed."""
    clinic = Clinic.objects.get(pk=actor.clinic_id)
    closed = _closed_days(actor, year)
    return [holiday for holiday in holidays_of(clinic.country, clinic.region, year) if holiday.day not in closed]


@transaction.atomic
def create_holiday_closures(actor: Actor, *, year: int, days: Sequence[dt.date]) -> list[Closure]:
    """Close the clinic on the given public holidays of a year; days that are already closed are skipped."""
    actor.require_front_desk()
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
        raise Invalid(fields={"to": ["Enter an end after the start."]})
    if ends_at - starts_at > LONGEST:
        raise Invalid(fields={"to": ["Enter at most one year."]})
    if len(reason) > 120:
        raise Invalid(fields={"reason": ["Enter at most 120 characters."]})


def _require_own_or_front_desk(actor: Actor, doctor_id: UUID) -> None:
    if not actor.is_front_desk and not (actor.role == Role.DOCTOR and actor.doctor_id == doctor_id):
        raise Forbidden()


def _publish(actor: Actor, subject: UUID, *doctors: UUID) -> None:
    publish(ScheduleChanged(clinic_id=actor.clinic_id, subject_id=subject, doctor_ids=doctors, origin=actor.tab))
