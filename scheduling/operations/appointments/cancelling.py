"""Visits that will not take place."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.models import ClinicSettings
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
    settings_of,
)
from scheduling.rules import transitions
from scheduling.rules.transitions import ACTIONS

BY_HAND = frozenset(
    {
        Cancellation.Type.PATIENT,
        Cancellation.Type.EXTERNAL,
        Cancellation.Type.CLINIC,
        Cancellation.Type.OTHER,
    }
)


@transaction.atomic
def cancel(
    actor: Actor,
    appointment_id: UUID,
    *,
    cancellation_type: str,
    reason_note: str = "",
    at: dt.datetime,
) -> Appointment:
    """Cancel a visit and write why, when, by whom, and whether it was late.

    Staff give a note where the clinic asks for one (Invalid). A patient cancels by link or reply, and not inside the
    notice period (InsideNotice). Repeating is a success.
    """
    visit = lock(actor, appointment_id, "cancel")
    if ACTIONS["cancel"].holds(visit):
        return visit
    settings = settings_of(actor)
    _check_reason(actor, settings, cancellation_type, reason_note)
    transitions.require("cancel", actor, visit, settings=settings, at=at)
    notice = visit.starts_at - at
    late = notice < dt.timedelta(minutes=settings.minimum_cancellation_notice)
    if late and actor.role == Role.PATIENT:
        raise InsideNotice(notice_minutes=settings.minimum_cancellation_notice)
    visit.status = Appointment.Status.CANCELLED
    visit.arrived, visit.arrived_at = False, None
    save(visit, "status", "arrived", "arrived_at")
    write_cancellation(actor, visit, cancellation_type, reason_note, late=late, at=at)
    reopen_follow_ups(visit, at)
    publish_change(actor, AppointmentCancelled, visit, late=late)
    return visit


def _check_reason(actor: Actor, settings: ClinicSettings, cancellation_type: str, reason_note: str) -> None:
    allowed = {Cancellation.Type.PATIENT} if actor.role == Role.PATIENT else BY_HAND
    if cancellation_type not in allowed:
        raise Invalid(fields={"cancellation_type": ["Choose one of: " + ", ".join(sorted(allowed)) + "."]})
    if len(reason_note) > 500:
        raise Invalid(fields={"reason_note": ["At most 500 characters."]})
    if settings.cancellation_reason_required and actor.role == Role.FRONT_DESK and not reason_note.strip():
        raise Invalid(fields={"reason_note": ["Say why."]})


def write_cancellation(
    actor: Actor, visit: Appointment, cancellation_type: str, reason_note: str, *, late: bool, at: dt.datetime
) -> Cancellation:
    """One row of the patient's history of visits that did not take place."""
    return Cancellation.objects.create(
        clinic_id=visit.clinic_id,
        appointment=visit,
        patient_id=visit.patient_id,
        cancellation_type=cancellation_type,
        reason_note=reason_note.strip(),
        cancelled_by_id=actor.user_id,
        cancelled_by_name=(actor.name or "Patient")[:120],
        late=late,
        notice_minutes=int((visit.starts_at - at).total_seconds() // 60),
    )


@transaction.atomic
def delete(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> None:
    """Hide a visit everywhere, for what was booked by mistake; completed ones stay. The row is kept for the audit."""
    visit = lock(actor, appointment_id, "delete")
    transitions.require("delete", actor, visit, settings=settings_of(actor), at=at)
    visit.deleted_at = at
    save(visit, "deleted_at")
    reopen_follow_ups(visit, at)
    restore_waitlist_entry(visit, at)
    publish_change(actor, AppointmentDeleted, visit)
