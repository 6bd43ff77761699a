"""Confirm, check in, complete, mark as no-show and reinstate: one function per row of the transition table.

Repeating an action that is already applied succeeds without a second event or audit row. All raise NotFound,
Forbidden, or IllegalTransition with the allowed actions.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from patients.operations.patients import record_first_visit
from scheduling.events import AppointmentConfirmed, AppointmentNoShow, AppointmentUpdated
from scheduling.models import Appointment, Cancellation, FollowUp
from scheduling.operations.appointments.cancelling import record_cancellation
from scheduling.operations.appointments.requests import BookingResult, RequiredAvailability, SlotRequest
from scheduling.operations.appointments.shared_steps import (
    follow_ups_of,
    lock,
    publish_change,
    record_override,
    reopen_follow_ups,
    save,
)
from scheduling.operations.appointments.slot_reservation import (
    OVERLAP_FIELDS,
    reserve_slot,
    reserving,
    store_overlap,
)
from scheduling.rules import transitions
from scheduling.rules.transitions import ACTIONS


@transaction.atomic
def confirm(actor: Actor, appointment_id: UUID, *, override_reason: str = "", at: dt.datetime) -> Appointment:
    """Confirm an appointment. With an `override_reason` also if its intake form is missing."""
    appointment = lock(actor, appointment_id, "confirm")
    if ACTIONS["confirm"].already_applied(appointment):
        return appointment
    rule = _require("confirm", actor, appointment, at, override_reason)
    appointment.status = Appointment.Status.CONFIRMED
    appointment.confirmed_at, appointment.confirmed_by = at, actor.kind
    save(appointment, "status", "confirmed_at", "confirmed_by")
    if rule:
        record_override(actor, appointment, action="confirm", rule=rule, reason=override_reason)
    publish_change(actor, AppointmentConfirmed, appointment)
    return appointment


@transaction.atomic
def unconfirm(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> Appointment:
    """Set a confirmed appointment back to unconfirmed."""
    appointment = lock(actor, appointment_id, "unconfirm")
    if ACTIONS["unconfirm"].already_applied(appointment):
        return appointment
    _require("unconfirm", actor, appointment, at)
    appointment.status = Appointment.Status.UNCONFIRMED
    appointment.confirmed_at, appointment.confirmed_by = None, ""
    save(appointment, "status", "confirmed_at", "confirmed_by")
    publish_change(actor, AppointmentUpdated, appointment, action="unconfirm")
    return appointment


@transaction.atomic
def arrive(actor: Actor, appointment_id: UUID, *, override_reason: str = "", at: dt.datetime) -> Appointment:
    """Record the patient's arrival, on the local day of the appointment, and confirm the appointment."""
    appointment = lock(actor, appointment_id, "arrive")
    if ACTIONS["arrive"].already_applied(appointment):
        return appointment
    rule = _require("arrive", actor, appointment, at, override_reason)
    appointment.arrived, appointment.arrived_at = True, at
    appointment.status = Appointment.Status.CONFIRMED
    if appointment.confirmed_at is None:
        appointment.confirmed_at, appointment.confirmed_by = at, actor.kind
    save(appointment, "arrived", "arrived_at", "status", "confirmed_at", "confirmed_by")
    if rule:
        record_override(actor, appointment, action="arrive", rule=rule, reason=override_reason)
    publish_change(actor, AppointmentUpdated, appointment, action="arrive")
    return appointment


@transaction.atomic
def undo_arrive(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> Appointment:
    """Undo the recorded arrival; the appointment stays confirmed."""
    appointment = lock(actor, appointment_id, "undo-arrive")
    if ACTIONS["undo-arrive"].already_applied(appointment):
        return appointment
    _require("undo-arrive", actor, appointment, at)
    appointment.arrived, appointment.arrived_at = False, None
    save(appointment, "arrived", "arrived_at")
    publish_change(actor, AppointmentUpdated, appointment, action="undo-arrive")
    return appointment


@transaction.atomic
def complete(actor: Actor, appointment_id: UUID, *, override_reason: str = "", at: dt.datetime) -> Appointment:
    """Complete an appointment and its follow-ups. In the clinic it needs an arrival or an `override_reason`."""
    appointment = lock(actor, appointment_id, "complete")
    if ACTIONS["complete"].already_applied(appointment):
        return appointment
    rule = _require("complete", actor, appointment, at, override_reason)
    appointment.status = Appointment.Status.COMPLETED
    appointment.completed_at = at
    save(appointment, "status", "completed_at")
    follow_ups_of(appointment, FollowUp.Status.SCHEDULED).update(status=FollowUp.Status.COMPLETED, updated_at=at)
    record_first_visit(actor, appointment.patient_id, on=clock.local(appointment.starts_at, actor.timezone).date())
    if rule:
        record_override(actor, appointment, action="complete", rule=rule, reason=override_reason)
    publish_change(actor, AppointmentUpdated, appointment, action="complete")
    return appointment


@transaction.atomic
def mark_no_show(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> Appointment:
    """Mark an appointment as a no-show, with a cancellation of that type; its follow-ups are pending again."""
    appointment = lock(actor, appointment_id, "no-show")
    if ACTIONS["no-show"].already_applied(appointment):
        return appointment
    _require("no-show", actor, appointment, at)
    appointment.status = Appointment.Status.NO_SHOW
    save(appointment, "status")
    record_cancellation(actor, appointment, Cancellation.Type.NO_SHOW, "", late=False, at=at)
    reopen_follow_ups(appointment, at)
    publish_change(actor, AppointmentNoShow, appointment, action="no-show")
    return appointment


def reinstate(actor: Actor, appointment_id: UUID, *, override_reason: str = "", at: dt.datetime) -> BookingResult:
    """Reinstate a cancelled or missed appointment as confirmed, if its slot is still free or by override.

    SlotTaken, with free slots, if it is not.
    """
    transitions.require_role("reinstate", actor)

    unlocked: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    with reserving(actor, _same_slot(unlocked, override_reason), at=at):
        appointment = lock(actor, appointment_id, "reinstate")
        request = _same_slot(appointment, override_reason)
        cancellations = Cancellation.objects.filter(clinic_id=actor.clinic_id, appointment_id=appointment.pk)
        is_confirmed = appointment.status == Appointment.Status.CONFIRMED
        if is_confirmed and cancellations.filter(reverted_at__isnull=False).exists():
            return BookingResult(appointment=appointment)
        _require("reinstate", actor, appointment, at)
        slot = reserve_slot(actor, request, at=at)
        appointment.status = Appointment.Status.CONFIRMED
        appointment.confirmed_at, appointment.confirmed_by = at, actor.kind
        store_overlap(actor, appointment, slot)
        save(appointment, "status", "confirmed_at", "confirmed_by", *OVERLAP_FIELDS)
        cancellations.filter(reverted_at=None).update(reverted_at=at, updated_at=at)
        follow_ups_of(appointment, FollowUp.Status.PENDING).update(status=FollowUp.Status.SCHEDULED, updated_at=at)
        if slot.overridden:
            reason = request.reason_to_override
            record_override(actor, appointment, action="reinstate", rule=slot.overridden, reason=reason)
        publish_change(actor, AppointmentUpdated, appointment, action="reinstate")
    return BookingResult(appointment=appointment, warnings=slot.warnings)


def _same_slot(appointment: Appointment, override_reason: str) -> SlotRequest:
    return SlotRequest.of_appointment(appointment, override_reason=override_reason, needs=RequiredAvailability.FREE)


def _require(action: str, actor: Actor, appointment: Appointment, at: dt.datetime, override_reason: str = "") -> str:
    """Check the row of the table. Returns the rule that was overridden, or an empty string."""
    return transitions.require(
        action,
        actor,
        appointment,
        settings=settings_of(actor),
        at=at,
        override=bool(override_reason.strip()),
    )
