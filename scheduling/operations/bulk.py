"""Many visits at once: when a doctor falls ill, the clinic closes, or a series changes.

Rows are locked in the order of their keys and doctors after them, as everywhere; each visit then stands or falls alone.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core.errors import DomainError, Forbidden, Invalid
from scheduling.models import Appointment
from scheduling.operations.appointments.cancelling import cancel
from scheduling.operations.appointments.rescheduling import reschedule
from scheduling.operations.appointments.slot_reservation import lock_doctors
from scheduling.rules.transitions import DESK
from scheduling.selectors.availability import bookable_doctors, nearest_free


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What became of one visit: `new` where it moved to, `problem` when it stayed."""

    appointment_id: UUID
    new: Appointment | None = None
    problem: DomainError | None = None


def lock_visits(actor: Actor, appointment_ids: Collection[UUID], *doctors: UUID) -> list[Appointment]:
    """The visible ones of these visits, locked with their doctors (and `doctors`), earliest first."""
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
    """Cancel each of the visits; one that cannot be cancelled says why and does not keep the others. Invalid reason."""
    _require_desk(actor)
    outcomes = []
    for visit in lock_visits(actor, appointment_ids):
        try:
            cancel(actor, visit.pk, cancellation_type=cancellation_type, reason_note=reason_note, at=at)
        except Invalid:  # the reason is wrong for all of them
            raise
        except DomainError as problem:
            outcomes.append(BulkResult(appointment_id=visit.pk, problem=problem))
        else:
            outcomes.append(BulkResult(appointment_id=visit.pk))
    return outcomes


@transaction.atomic
def move_visits(
    actor: Actor,
    appointment_ids: Collection[UUID],
    *,
    doctor_id: UUID | None = None,
    not_before: dt.datetime | None = None,
    at: dt.datetime,
) -> list[BulkResult]:
    """Move each visit to the nearest free time of its doctor, or of `doctor_id`, who may take it at its own time.

    None moves to a time before `not_before`. One that finds no time within 30 days stays and says so.
    """
    _require_desk(actor)
    return [
        _move(actor, visit, doctor_id or visit.doctor_id, not_before or at, at)
        for visit in lock_visits(actor, appointment_ids, *([doctor_id] if doctor_id else []))
    ]


def _move(actor: Actor, visit: Appointment, doctor_id: UUID, not_before: dt.datetime, at: dt.datetime) -> BulkResult:
    targets: Sequence[dt.datetime] = [visit.starts_at] if doctor_id != visit.doctor_id else []
    doctors = [
        doctor for doctor in bookable_doctors(actor, doctors=[doctor_id]) if visit.visit_type in doctor.visit_types
    ]
    near = [
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
    for start in [*targets, *(slot.starts_at for slot in near)]:
        try:
            new = reschedule(actor, visit.pk, starts_at=start, doctor_id=doctor_id, at=at)
        except DomainError as error:
            problem = error
        else:
            return BulkResult(appointment_id=visit.pk, new=new)
    return BulkResult(appointment_id=visit.pk, problem=problem or DomainError("No free time within 30 days."))


def _require_desk(actor: Actor) -> None:
    if actor.role not in DESK:
        raise Forbidden()
