"""Follow-ups. One is booked by `appointments.book` with its `follow_up_id`."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor, publish_for
from clinicflow.access.roles import Role
from clinicflow.clinics.models import Doctor
from clinicflow.core.errors import Forbidden, Invalid
from patients.models import Patient
from scheduling.errors import FollowUpClosed
from scheduling.events import ScheduleChanged
from scheduling.models import Appointment, FollowUp
from scheduling.rules.transitions import STAFF

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2200, 1, 1)


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
    """Create a follow-up due on a local date, with or without the appointment that it results from.

    A doctor's follow-ups are the doctor's own; the front desk gives the `doctor_id`. Invalid by field; Forbidden for
    owners and patients.
    """
    _require_staff(actor)
    doctor = actor.doctor_id if actor.role == Role.DOCTOR else doctor_id
    errors: dict[str, list[str]] = {}
    if not Patient.objects.visible_to(actor).current().filter(pk=patient_id).exists():
        errors["patient_id"] = ["There is no such patient."]
    if doctor is None or not Doctor.objects.visible_to(actor).active().filter(pk=doctor).exists():
        errors["doctor_id"] = ["There is no such doctor."]
    visits = Appointment.objects.visible_to(actor).filter(patient_id=patient_id)
    if appointment_id and not visits.filter(pk=appointment_id).exists():
        errors["appointment_id"] = ["There is no such visit of this patient."]
    errors |= _errors_in(scheduled_date, note)
    if errors or doctor is None:
        raise Invalid(fields=errors)
    follow_up = FollowUp.objects.create(
        clinic_id=actor.clinic_id,
        patient_id=patient_id,
        doctor_id=doctor,
        appointment_id=appointment_id,
        scheduled_date=scheduled_date,
        note=note.strip(),
        created_by_id=actor.user_id,
    )
    _publish(actor, follow_up)
    return follow_up


@transaction.atomic
def update(
    actor: Actor, follow_up_id: UUID, *, scheduled_date: dt.date | None = None, note: str | None = None
) -> FollowUp:
    """Change the date or the note. FollowUpClosed for a completed or cancelled follow-up; Invalid by field."""
    _require_staff(actor)
    follow_up: FollowUp = FollowUp.objects.visible_to(actor).lock(follow_up_id)
    if follow_up.status in {FollowUp.Status.COMPLETED, FollowUp.Status.CANCELLED}:
        raise FollowUpClosed()
    if errors := _errors_in(scheduled_date or follow_up.scheduled_date, note or ""):
        raise Invalid(fields=errors)
    follow_up.scheduled_date = scheduled_date or follow_up.scheduled_date
    follow_up.note = follow_up.note if note is None else note.strip()
    follow_up.save(update_fields=["scheduled_date", "note", "updated_at"])
    _publish(actor, follow_up)
    return follow_up


@transaction.atomic
def cancel(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Cancel a pending follow-up. Repeating succeeds without a change; FollowUpClosed for any other status."""
    return _transition(actor, follow_up_id, FollowUp.Status.PENDING, FollowUp.Status.CANCELLED)


@transaction.atomic
def reopen(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Reopen a cancelled follow-up. Repeating succeeds without a change; FollowUpClosed for any other status."""
    return _transition(actor, follow_up_id, FollowUp.Status.CANCELLED, FollowUp.Status.PENDING)


@transaction.atomic
def complete(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Complete a scheduled follow-up, as completing its appointment does. Repeating succeeds without a change;
    FollowUpClosed for any other status."""
    return _transition(actor, follow_up_id, FollowUp.Status.SCHEDULED, FollowUp.Status.COMPLETED)


def _transition(actor: Actor, follow_up_id: UUID, source: FollowUp.Status, target: FollowUp.Status) -> FollowUp:
    _require_staff(actor)
    follow_up: FollowUp = FollowUp.objects.visible_to(actor).lock(follow_up_id)
    if follow_up.status == target:
        return follow_up
    if follow_up.status != source:
        raise FollowUpClosed(f"A {follow_up.status} follow-up cannot become {target.value}.", current=follow_up.status)
    follow_up.status = target
    follow_up.save(update_fields=["status", "updated_at"])
    _publish(actor, follow_up)
    return follow_up


def _errors_in(scheduled_date: dt.date, note: str) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not EARLIEST <= scheduled_date <= LATEST:
        errors["scheduled_date"] = ["Enter a date from 2000 to 2199."]
    if len(note) > 500:
        errors["note"] = ["Enter at most 500 characters."]
    return errors


def _require_staff(actor: Actor) -> None:
    if actor.role not in STAFF:
        raise Forbidden()


def _publish(actor: Actor, follow_up: FollowUp) -> None:
    publish_for(actor, ScheduleChanged, follow_up, doctor_ids=[follow_up.doctor_id])
