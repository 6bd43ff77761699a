"""Visits that should happen by a date. Booking one is `appointments.book(follow_up_id=…)`."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.models import Doctor
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish
from patients.models import Patient
from scheduling.errors import FollowUpClosed
from scheduling.events import ScheduleChanged
from scheduling.models import Appointment, FollowUp

STAFF = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.SYSTEM})
LATEST = dt.date(2200, 1, 1)


@transaction.atomic
def create(
    actor: Actor,
    *,
    patient_id: UUID,
    scheduled_date: dt.date,
    doctor_id: UUID | None = None,
    appointment_id: UUID | None = None,
    note: str = "",
) -> FollowUp:
    """Ask for a visit by a local date, out of a visit (`appointment_id`) or without one.

    A doctor asks in their own name; the front desk names the doctor. Invalid; Forbidden for owners.
    """
    _require_staff(actor)
    doctor = actor.doctor_id if actor.role == Role.DOCTOR else doctor_id
    wrong: dict[str, list[str]] = {}
    if not Patient.objects.visible_to(actor).current().filter(pk=patient_id).exists():
        wrong["patient_id"] = ["There is no such patient."]
    if doctor is None or not Doctor.objects.visible_to(actor).active().filter(pk=doctor).exists():
        wrong["doctor_id"] = ["There is no such doctor."]
    visits = Appointment.objects.visible_to(actor).filter(patient_id=patient_id)
    if appointment_id and not visits.filter(pk=appointment_id).exists():
        wrong["appointment_id"] = ["There is no such visit of this patient."]
    wrong |= _wrong_words(scheduled_date, note)
    if wrong or doctor is None:
        raise Invalid(fields=wrong)
    follow_up = FollowUp.objects.create(
        clinic_id=actor.clinic_id,
        patient_id=patient_id,
        doctor_id=doctor,
        appointment_id=appointment_id,
        scheduled_date=scheduled_date,
        note=note.strip(),
        created_by_id=actor.user_id,
    )
    _announce(actor, follow_up)
    return follow_up


@transaction.atomic
def update(
    actor: Actor, follow_up_id: UUID, *, scheduled_date: dt.date | None = None, note: str | None = None
) -> FollowUp:
    """Change the date or the note of one that is not closed. FollowUpClosed for completed and cancelled ones."""
    _require_staff(actor)
    follow_up: FollowUp = FollowUp.objects.visible_to(actor).lock(follow_up_id)
    if follow_up.status in {FollowUp.Status.COMPLETED, FollowUp.Status.CANCELLED}:
        raise FollowUpClosed()
    if wrong := _wrong_words(scheduled_date or follow_up.scheduled_date, note or ""):
        raise Invalid(fields=wrong)
    follow_up.scheduled_date = scheduled_date or follow_up.scheduled_date
    follow_up.note = follow_up.note if note is None else note.strip()
    follow_up.save(update_fields=["scheduled_date", "note", "updated_at"])
    _announce(actor, follow_up)
    return follow_up


@transaction.atomic
def cancel(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """It is not needed any more. Only a pending one (FollowUpClosed); repeating is a success."""
    return _move(actor, follow_up_id, FollowUp.Status.PENDING, FollowUp.Status.CANCELLED)


@transaction.atomic
def reopen(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Take a cancellation back: it is pending again. Only a cancelled one (FollowUpClosed); repeating is a success."""
    return _move(actor, follow_up_id, FollowUp.Status.CANCELLED, FollowUp.Status.PENDING)


@transaction.atomic
def complete(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """A scheduled one is done; completing its visit does the same. Repeating is a success."""
    return _move(actor, follow_up_id, FollowUp.Status.SCHEDULED, FollowUp.Status.COMPLETED)


def _move(actor: Actor, follow_up_id: UUID, source: FollowUp.Status, target: FollowUp.Status) -> FollowUp:
    _require_staff(actor)
    follow_up: FollowUp = FollowUp.objects.visible_to(actor).lock(follow_up_id)
    if follow_up.status == target:
        return follow_up
    if follow_up.status != source:
        raise FollowUpClosed(f"A {follow_up.status} follow-up cannot become {target.value}.", current=follow_up.status)
    follow_up.status = target
    follow_up.save(update_fields=["status", "updated_at"])
    _announce(actor, follow_up)
    return follow_up


def _wrong_words(scheduled_date: dt.date, note: str) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if not dt.date(2000, 1, 1) <= scheduled_date <= LATEST:
        wrong["scheduled_date"] = ["This date is out of range."]
    if len(note) > 500:
        wrong["note"] = ["At most 500 characters."]
    return wrong


def _require_staff(actor: Actor) -> None:
    if actor.role not in STAFF:
        raise Forbidden()


def _announce(actor: Actor, follow_up: FollowUp) -> None:
    publish(
        ScheduleChanged(
            clinic_id=actor.clinic_id,
            subject_id=follow_up.pk,
            doctor_ids=(follow_up.doctor_id,),
            origin=actor.tab,
        )
    )
