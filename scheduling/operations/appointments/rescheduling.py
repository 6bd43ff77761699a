"""Move appointments to another time or doctor, undo a move, and change an appointment's length."""

import datetime as dt
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.clinics.selectors import settings_of
from clinicflow.core.errors import NotFound
from clinicflow.core.models import reassign_foreign_keys
from scheduling.errors import AlreadyMoved, UndoTooLate
from scheduling.events import (
    AppointmentDeleted,
    AppointmentMoveUndone,
    AppointmentReplaces,
    AppointmentRescheduled,
    AppointmentUpdated,
)
from scheduling.models import Appointment
from scheduling.operations.appointments.requests import BookingResult, RequiredAvailability, SlotRequest
from scheduling.operations.appointments.shared_steps import (
    already_moved,
    lock,
    publish_change,
    record_override,
    replacement_of,
    save,
)
from scheduling.operations.appointments.slot_reservation import (
    OVERLAP_FIELDS,
    ReservedSlot,
    reserve_slot,
    reserving,
    store_overlap,
    visit_range,
)
from scheduling.rules import transitions

# Related rows move to the new appointment (form, summary, conversation, messages, notes, follow-ups), except these.
NOT_REASSIGNED = frozenset({"cancellations", "rescheduled_to"})


def reschedule(
    actor: Actor,
    appointment_id: UUID,
    *,
    starts_at: dt.datetime,
    doctor_id: UUID | None = None,
    duration: int | None = None,
    override_reason: str = "",
    at: dt.datetime,
) -> BookingResult:
    """Replace an appointment by one at another time: cancel the old one as rescheduled and return the new one.

    Doctor and duration (minutes) are unchanged unless given. The new appointment is unconfirmed; the form, summary,
    conversation and all other related rows move to it. Rescheduling to the current time changes nothing.
    AlreadyMoved, with where and by whom, if the appointment was rescheduled meanwhile; SlotUnavailable with the
    nearest free slots.
    """
    transitions.require_role("reschedule", actor)

    def slot_for(row: Appointment) -> SlotRequest:
        return SlotRequest.of_appointment(
            row, starts_at=starts_at, doctor_id=doctor_id, duration=duration or None, override_reason=override_reason
        )

    unlocked: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    with reserving(actor, slot_for(unlocked), at=at):
        old = lock(actor, appointment_id, "reschedule")
        request = slot_for(old)
        if old.rescheduled:
            return BookingResult(appointment=_replacement_at(actor, old, request))
        transitions.require("reschedule", actor, old, settings=settings_of(actor), at=at)
        if (old.starts_at, old.doctor_id, old.duration) == (starts_at, request.doctor_id, request.duration):
            return BookingResult(appointment=old)
        slot = reserve_slot(actor, request, at=at, also_lock=[old.doctor_id])
        new = _replace(actor, old, slot)
        if slot.overridden:
            record_override(actor, new, action="reschedule", rule=slot.overridden, reason=request.reason_to_override)
        publish_change(actor, AppointmentRescheduled, old, new.doctor_id, replaced_by=new.pk)
        publish_change(actor, AppointmentReplaces, new, old.doctor_id, replaces=old.pk)
    return BookingResult(appointment=new, warnings=slot.warnings)


def undo_move(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> Appointment:
    """Undo a reschedule: delete the new appointment (`appointment_id`) and restore the old one, which is returned.

    UndoTooLate if the new appointment has been changed since; SlotTaken if the old time is no longer free.
    """
    transitions.require_role("reschedule", actor)
    unlocked: Appointment = (
        Appointment.objects.visible_to(actor).select_related("rescheduled_from").fetch(appointment_id)
    )
    before = unlocked.rescheduled_from
    if before is None:
        raise UndoTooLate()
    request = SlotRequest(
        starts_at=before.starts_at,
        doctor_id=before.doctor_id,
        duration=before.duration,
        visit_type=before.visit_type,
        override_reason=before.overlap_reason,
        without=(before.pk, unlocked.pk),
        needs=RequiredAvailability.FREE,
    )
    with reserving(actor, request, at=at):
        try:
            old = lock(actor, before.pk, "reschedule")  # the older row first, as in every operation
        except NotFound:  # it was deleted after it was moved
            raise UndoTooLate() from None
        new = lock(actor, appointment_id, "reschedule")
        if new.status != Appointment.Status.UNCONFIRMED or new.arrived or not old.rescheduled:
            raise UndoTooLate()
        reserve_slot(actor, request, at=at, also_lock=[new.doctor_id])
        new.deleted_at = at
        save(new, "deleted_at")
        old.status = Appointment.Status.CONFIRMED if old.confirmed_at else Appointment.Status.UNCONFIRMED
        old.rescheduled = False
        _copy_flags(new, old)
        save(old, "status", "rescheduled", "intake_status", "needs_attention", "attention_reason")
        reassign_foreign_keys(new, old, leaving=NOT_REASSIGNED)
        publish_change(actor, AppointmentMoveUndone, old, new.doctor_id, replaced_by=new.pk)
        publish_change(actor, AppointmentDeleted, new)
    return old


def stretch(
    actor: Actor, appointment_id: UUID, *, duration: int, override_reason: str = "", at: dt.datetime
) -> BookingResult:
    """Change an appointment's length, keeping its start; `duration` in minutes. It stays confirmed.

    A longer appointment must satisfy the booking rules again. SlotUnavailable with free slots if it does not;
    AlreadyMoved, with where and by whom, if the appointment was rescheduled or edited meanwhile.
    """
    transitions.require_role("reschedule", actor)
    unlocked: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    request = SlotRequest.of_appointment(
        unlocked, duration=duration, override_reason=override_reason, needs=RequiredAvailability.OPEN
    )
    span = visit_range(actor, unlocked.starts_at, duration)
    with reserving(actor, request, at=at):
        appointment = lock(actor, appointment_id, "reschedule")
        if appointment.rescheduled:
            raise already_moved(actor, appointment)
        transitions.require("reschedule", actor, appointment, settings=settings_of(actor), at=at)
        if appointment.starts_at != unlocked.starts_at:
            raise AlreadyMoved(
                "This visit has just been changed. Reload it and try again.", version=appointment.version
            )
        if duration == appointment.duration:
            return BookingResult(appointment=appointment)
        slot = reserve_slot(actor, request, at=at) if duration > appointment.duration else None
        if slot:
            store_overlap(actor, appointment, slot)
        if slot and slot.overridden:
            reason = request.reason_to_override
            record_override(actor, appointment, action="stretch", rule=slot.overridden, reason=reason)
        appointment.ends_at = span[1]
        save(appointment, "ends_at", *(OVERLAP_FIELDS if slot else ()))
        publish_change(actor, AppointmentUpdated, appointment, action="stretch")
    return BookingResult(appointment=appointment, warnings=slot.warnings if slot else ())


def _replacement_at(actor: Actor, old: Appointment, request: SlotRequest) -> Appointment:
    """The appointment that replaced `old`, if it has the requested slot; AlreadyMoved otherwise."""
    new = replacement_of(actor, old)
    if new and (new.starts_at, new.doctor_id, new.duration) == (request.starts_at, request.doctor_id, request.duration):
        return new
    raise already_moved(actor, old)


def _replace(actor: Actor, old: Appointment, slot: ReservedSlot) -> Appointment:
    new = Appointment(
        clinic_id=old.clinic_id,
        patient_id=old.patient_id,
        doctor_id=slot.doctor.doctor_id,
        starts_at=slot.span[0],
        ends_at=slot.span[1],
        visit_type=old.visit_type,
        visit_category=old.visit_category,
        reason=old.reason,
        meeting_link=old.meeting_link,
        series_id=old.series_id,
        rescheduled_from=old,
        booked_by_id=actor.user_id,
    )
    store_overlap(actor, new, slot)
    _copy_flags(old, new)
    old.status = Appointment.Status.CANCELLED
    old.rescheduled = True
    old.arrived, old.arrived_at = False, None
    old.needs_attention, old.attention_reason = False, ""
    save(old, "status", "rescheduled", "arrived", "arrived_at", "needs_attention", "attention_reason")
    new.save(force_insert=True)
    reassign_foreign_keys(old, new, leaving=NOT_REASSIGNED)
    return new


def _copy_flags(source: Appointment, target: Appointment) -> None:
    target.intake_status = source.intake_status
    target.needs_attention, target.attention_reason = source.needs_attention, source.attention_reason
