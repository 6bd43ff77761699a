"""Cancel or move many appointments: when a doctor is ill, the clinic closes, or a series changes.

Rows are locked in the order of their keys and doctors after them, as in every operation. Each appointment then succeeds
or fails independently.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core.errors import DomainError, Invalid
from scheduling.models import Appointment
from scheduling.operations.appointments.cancelling import cancel
from scheduling.operations.appointments.rescheduling import reschedule
from scheduling.operations.appointments.slot_reservation import lock_doctors
from scheduling.selectors.availability import bookable_doctors, nearest_free


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """The outcome for one appointment: `new` if moved, `problem` if unchanged, neither if cancelled."""

    appointment_id: UUID
    new: Appointment | None = None
    problem: DomainError | None = None


def lock_visits(actor: Actor, appointment_ids: Collection[UUID], *doctors: UUID) -> list[Appointment]:
    """The appointments visible to the actor, locked together with their doctors (and `doctors`), earliest first."""
    visits = list(
        Appointment.objects.visible_to(actor)
        .filter(pk__in=list(appointment_ids))
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if visits:
        lock_doctors(actor, {visit.doctor_id for visit in visits} | set(doctors))
    return sorted(visits, key=lambda visit: (visit.starts_at, visit.pk))


@transaction.atomic
def cancel_visits(
    actor: Actor,
    appointment_ids: Collection[UUID],
    *,
    cancellation_type: str,
    reason_note: str = "",
    at: dt.datetime,
) -> list[BulkResult]:
    """Cancel each appointment, except those that cannot be cancelled. Invalid for a bad reason."""
    actor.require_front_desk()
    results = []
    for visit in lock_visits(actor, appointment_ids):
        try:
            cancel(actor, visit.pk, cancellation_type=cancellation_type, reason_note=reason_note, at=at)
        except Invalid:  # the reason, which is the same for all
            raise
        except DomainError as problem:
            results.append(BulkResult(appointment_id=visit.pk, problem=problem))
        else:
            results.append(BulkResult(appointment_id=visit.pk))
    return results


@transaction.atomic
def move_visits(
    actor: Actor,
    appointment_ids: Collection[UUID],
    *,
    doctor_id: UUID | None = None,
    not_before: dt.datetime | None = None,
    at: dt.datetime,
) -> list[BulkResult]:
    """Move each appointment to the nearest free slot of its doctor, or to `doctor_id` at the same time if possible.

    No slot starts before `not_before`. An appointment without a free slot within 30 days is unchanged.
    """
    actor.require_front_desk()
    return [
        _move(actor, visit, doctor_id or visit.doctor_id, not_before or at, at)
        for visit in lock_visits(actor, appointment_ids, *([doctor_id] if doctor_id else []))
    ]


def _move(actor: Actor, visit: Appointment, doctor_id: UUID, not_before: dt.datetime, at: dt.datetime) -> BulkResult:
    same_time: Sequence[dt.datetime] = [visit.starts_at] if doctor_id != visit.doctor_id else []
    doctors = [
        doctor for doctor in bookable_doctors(actor, doctors=[doctor_id]) if visit.visit_type in doctor.visit_types
    ]
    nearest = [
        slot
        for doctor in doctors
        for slot in nearest_free(
            actor,
            doctor=doctor,
            around=visit.starts_at,
            duration=visit.duration,
            count=1,
            at=max(not_before, at),
        )
    ]
    problem: DomainError | None = None
    for start in [*same_time, *(slot.starts_at for slot in nearest)]:
        try:
            moved = reschedule(actor, visit.pk, starts_at=start, doctor_id=doctor_id, at=at)
        except DomainError as error:
            problem = error
        else:
            return BulkResult(appointment_id=visit.pk, new=moved.appointment)
    return BulkResult(appointment_id=visit.pk, problem=problem or DomainError("No free time within 30 days."))
