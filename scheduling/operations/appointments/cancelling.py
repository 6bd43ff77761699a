"""Cancel and delete appointments."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.models import ClinicSettings
from clinicflow.clinics.selectors import settings_of
from clinicflow.core.errors import Invalid
from scheduling.errors import InsideNotice
from scheduling.events import AppointmentCancelled, AppointmentDeleted
from scheduling.models import Appointment, Cancellation
from scheduling.operations.appointments.shared_steps import (
    lock,
    publish_change,
    reopen_follow_ups,
    restore_waitlist_entry,
    save,
)
from scheduling.rules import transitions
from scheduling.rules.transitions import ACTIONS


@transaction.atomic
def cancel(
    actor: Actor,
    appointment_id: UUID,
    *,
    cancellation_type: str,
    reason_note: str = "",
    at: dt.datetime,
) -> Appointment:
    """Cancel an appointment and record why, when, by whom, and whether it was late.

    Invalid for a bad type, or a missing note if the clinic requires one of the front desk. A patient cancels by link or
    reply; InsideNotice within the clinic's notice period. Repeating succeeds without a change.
    """
    appointment = lock(actor, appointment_id, "cancel")
    if ACTIONS["cancel"].already_applied(appointment):
        return appointment
    settings = settings_of(actor)
    _check_reason(actor, settings, cancellation_type, reason_note)
    transitions.require("cancel", actor, appointment, settings=settings, at=at)
    notice = appointment.starts_at - at
    late = notice < dt.timedelta(minutes=settings.minimum_cancellation_notice)
    if late and actor.role == Role.PATIENT:
        raise InsideNotice(notice_minutes=settings.minimum_cancellation_notice)
    appointment.status = Appointment.Status.CANCELLED
    appointment.arrived, appointment.arrived_at = False, None
    save(appointment, "status", "arrived", "arrived_at")
    record_cancellation(actor, appointment, cancellation_type, reason_note, late=late, at=at)
    reopen_follow_ups(appointment, at)
    publish_change(actor, AppointmentCancelled, appointment, late=late)
    return appointment


def _check_reason(actor: Actor, settings: ClinicSettings, cancellation_type: str, reason_note: str) -> None:
    allowed = (Cancellation.Type.PATIENT,) if actor.role == Role.PATIENT else Cancellation.STAFF_REASONS
    if cancellation_type not in allowed:
        raise Invalid(fields={"cancellation_type": ["Choose one of: " + ", ".join(sorted(allowed)) + "."]})
    if len(reason_note) > 500:
        raise Invalid(fields={"reason_note": ["Enter at most 500 characters."]})
    if settings.cancellation_reason_required and actor.role == Role.FRONT_DESK and not reason_note.strip():
        raise Invalid(fields={"reason_note": ["Enter a reason."]})


def record_cancellation(
    actor: Actor, appointment: Appointment, cancellation_type: str, reason_note: str, *, late: bool, at: dt.datetime
) -> Cancellation:
    """Create the cancellation of an appointment; `late` is whether the notice period had begun."""
    return Cancellation.objects.create(
        clinic_id=appointment.clinic_id,
        appointment=appointment,
        patient_id=appointment.patient_id,
        cancellation_type=cancellation_type,
        reason_note=reason_note.strip(),
        cancelled_by_id=actor.user_id,
        cancelled_by_name=(actor.name or "Patient")[:120],
        late=late,
        notice_minutes=int((appointment.starts_at - at).total_seconds() // 60),
    )


@transaction.atomic
def delete(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> None:
    """Hide an appointment that was booked by mistake. The row is kept for the audit. Not for completed ones."""
    appointment = lock(actor, appointment_id, "delete")
    transitions.require("delete", actor, appointment, settings=settings_of(actor), at=at)
    appointment.deleted_at = at
    save(appointment, "deleted_at")
    reopen_follow_ups(appointment, at)
    restore_waitlist_entry(appointment, at)
    publish_change(actor, AppointmentDeleted, appointment)
