"""Edit an appointment's time, doctor and details in place."""

import datetime as dt
from typing import TypedDict
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.clinics.selectors import settings_of
from clinicflow.core.errors import Invalid
from scheduling.events import AppointmentUpdated
from scheduling.models import Appointment
from scheduling.operations.appointments.booking import validated_meeting_link
from scheduling.operations.appointments.requests import BookingResult, RequiredAvailability, SlotRequest
from scheduling.operations.appointments.shared_steps import (
    already_moved,
    lock,
    publish_change,
    record_override,
    save,
)
from scheduling.operations.appointments.slot_reservation import (
    OVERLAP_FIELDS,
    ReservedSlot,
    reserve_slot,
    reserving,
    store_overlap,
)
from scheduling.rules import transitions

SLOT_FIELDS = (
    *("doctor", "starts_at", "ends_at", "visit_type", "status", "confirmed_at", "confirmed_by"),
    *("arrived", "arrived_at", *OVERLAP_FIELDS),
)


class Changes(TypedDict, total=False):
    """The fields to change; absent ones are unchanged. `duration` in minutes."""

    doctor_id: UUID
    starts_at: dt.datetime
    duration: int
    visit_type: str
    visit_category: str
    reason: str
    meeting_link: str


def update(
    actor: Actor, appointment_id: UUID, *, changes: Changes, override_reason: str = "", at: dt.datetime
) -> BookingResult:
    """Edit an open appointment in place. A new time or doctor obeys the booking rules and resets the confirmation.

    For a patient who asks for another time use `reschedule`, which preserves the history. Without an effective change
    the result is unchanged and no event is published. AlreadyMoved, with where and by whom, if the appointment was
    rescheduled meanwhile; SlotUnavailable; Invalid.
    """
    transitions.require_role("reschedule", actor)
    unlocked: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    warnings: tuple[str, ...] = ()
    with reserving(actor, _slot_of(unlocked, changes, override_reason), at=at):
        appointment = lock(actor, appointment_id, "reschedule")
        if appointment.rescheduled:
            raise already_moved(actor, appointment)
        request = _slot_of(appointment, changes, override_reason)
        transitions.require("reschedule", actor, appointment, settings=settings_of(actor), at=at)
        old_doctor = appointment.doctor_id
        changed = _apply_details(appointment, changes)
        current = (appointment.starts_at, old_doctor, appointment.duration, appointment.visit_type)
        if current != (request.starts_at, request.doctor_id, request.duration, request.visit_type):
            slot = reserve_slot(actor, request, at=at, also_lock=[old_doctor])
            _apply_slot(actor, appointment, request, slot)
            changed += SLOT_FIELDS
            warnings = slot.warnings
        if changed:
            save(appointment, *changed)
            publish_change(actor, AppointmentUpdated, appointment, old_doctor, action="update")
    return BookingResult(appointment=appointment, warnings=warnings)


def _slot_of(appointment: Appointment, changes: Changes, override_reason: str) -> SlotRequest:
    starts_at = changes.get("starts_at", appointment.starts_at)
    is_moved = starts_at != appointment.starts_at
    return SlotRequest.of_appointment(
        appointment,
        starts_at=starts_at,
        doctor_id=changes.get("doctor_id"),
        duration=changes.get("duration"),
        visit_type=changes.get("visit_type"),
        override_reason=override_reason,
        needs=RequiredAvailability.FUTURE if is_moved else RequiredAvailability.OPEN,
    )


def _apply_slot(actor: Actor, appointment: Appointment, request: SlotRequest, slot: ReservedSlot) -> None:
    """Set SLOT_FIELDS, and audit an override."""
    if (appointment.starts_at, appointment.doctor_id) != (request.starts_at, request.doctor_id):
        appointment.status = Appointment.Status.UNCONFIRMED
        appointment.confirmed_at, appointment.confirmed_by = None, ""
        appointment.arrived, appointment.arrived_at = False, None
    appointment.doctor_id = slot.doctor.doctor_id
    appointment.starts_at, appointment.ends_at = slot.span
    appointment.visit_type = request.visit_type
    store_overlap(actor, appointment, slot)
    if slot.overridden:
        record_override(actor, appointment, action="update", rule=slot.overridden, reason=request.reason_to_override)


def _apply_details(appointment: Appointment, changes: Changes) -> list[str]:
    """Set the category, reason and link. Returns the names of the fields that differ."""
    changed: list[str] = []
    details = {
        "visit_category": changes.get("visit_category", appointment.visit_category),
        "reason": changes.get("reason", appointment.reason).strip(),
        "meeting_link": validated_meeting_link(changes.get("meeting_link", appointment.meeting_link)),
    }
    if details["visit_category"] not in Appointment.VisitCategory.values:
        raise Invalid(fields={"visit_category": ["Choose one of: " + ", ".join(Appointment.VisitCategory.values)]})
    for name, value in details.items():
        if getattr(appointment, name) != value:
            setattr(appointment, name, value)
            changed.append(name)
    return changed
