"""Visits that take place at another time."""

import datetime as dt
from uuid import UUID

from clinicflow.access.actor import Actor
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
from scheduling.operations.appointments.shared_steps import (
    already_moved,
    lock,
    publish_change,
    record_override,
    replacement_of,
    save,
    settings_of,
)
from scheduling.operations.appointments.slot_reservation import (
    RequiredAvailability,
    ReservedSlot,
    SlotRequest,
    apply_overlap,
    reserve_slot,
    reserving,
    visit_range,
)
from scheduling.rules import transitions

# What hangs on a visit moves with it (intake, summary, thread, messages, notes, follow-ups); its own history stays.
STAYING = frozenset({"cancellations", "rescheduled_to"})


def reschedule(
    actor: Actor,
    appointment_id: UUID,
    *,
    starts_at: dt.datetime,
    doctor_id: UUID | None = None,
    duration: int | None = None,
    override_reason: str = "",
    at: dt.datetime,
) -> Appointment:
    """Give the visit up for another time: the old one is cancelled as rescheduled, the new one is returned.

    Doctor and duration stay unless given. Confirmation starts over; intake, summary, thread and all else
    that hangs on the visit move along. Asking for the time it has already changes nothing. AlreadyMoved, with where
    and by whom, when somebody else was first; SlotUnavailable with the nearest free slots.
    """
    transitions.require_role("reschedule", actor)

    def wanted_of(row: Appointment) -> SlotRequest:
        return SlotRequest(
            starts_at=starts_at,
            doctor_id=doctor_id or row.doctor_id,
            duration=duration or row.duration,
            visit_type=row.visit_type,
            patient_id=row.patient_id,
            override_reason=override_reason.strip(),
            without=(row.pk,),
        )

    seen: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    with reserving(actor, wanted_of(seen), at=at):
        old = lock(actor, appointment_id, "reschedule")
        wanted = wanted_of(old)  # the row as it is under its lock
        if old.rescheduled:
            return _where_it_went(actor, old, wanted)
        settings = settings_of(actor)
        transitions.require("reschedule", actor, old, settings=settings, at=at)
        if (old.starts_at, old.doctor_id, old.duration) == (starts_at, wanted.doctor_id, wanted.duration):
            return old
        place = reserve_slot(actor, wanted, at=at, also_lock=[old.doctor_id])
        new = _replace(actor, old, place)
        if place.overridden:
            record_override(actor, new, action="reschedule", rule=place.overridden, reason=wanted.override_reason)
        publish_change(actor, AppointmentRescheduled, old, new.doctor_id, replaced_by=new.pk)
        publish_change(actor, AppointmentReplaces, new, old.doctor_id, replaces=old.pk)
    return new


def move(
    actor: Actor,
    appointment_id: UUID,
    *,
    starts_at: dt.datetime,
    doctor_id: UUID | None = None,
    override_reason: str = "",
    at: dt.datetime,
) -> Appointment:
    """Drag a visit to another time or doctor: a reschedule that keeps its length. `undo_move` takes it back."""
    return reschedule(
        actor, appointment_id, starts_at=starts_at, doctor_id=doctor_id, override_reason=override_reason, at=at
    )


def undo_move(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> Appointment:
    """Take a reschedule back: the new visit (`appointment_id`) goes, the old one returns as it was, and is returned.

    UndoTooLate when the new visit has been touched since; SlotTaken when the old time is not free any more.
    """
    transitions.require_role("reschedule", actor)
    seen: Appointment = Appointment.objects.visible_to(actor).select_related("rescheduled_from").fetch(appointment_id)
    before = seen.rescheduled_from
    if before is None:
        raise UndoTooLate()
    wanted = SlotRequest(
        starts_at=before.starts_at,
        doctor_id=before.doctor_id,
        duration=before.duration,
        visit_type=before.visit_type,
        override_reason=before.overlap_reason,
        without=(before.pk, seen.pk),
        needs=RequiredAvailability.FREE,
    )
    with reserving(actor, wanted, at=at):
        try:
            old = lock(actor, before.pk, "reschedule")  # the older row first, as everywhere
        except NotFound:  # it was deleted after it was moved
            raise UndoTooLate() from None
        new = lock(actor, appointment_id, "reschedule")
        if new.status != Appointment.Status.UNCONFIRMED or new.arrived or not old.rescheduled:
            raise UndoTooLate()
        reserve_slot(actor, wanted, at=at, also_lock=[new.doctor_id])
        new.deleted_at = at
        save(new, "deleted_at")
        old.status = Appointment.Status.CONFIRMED if old.confirmed_at else Appointment.Status.UNCONFIRMED
        old.rescheduled = False
        _carry_marks(new, old)
        save(old, "status", "rescheduled", "intake_status", "needs_attention", "attention_reason")
        reassign_foreign_keys(new, old, leaving=STAYING)
        publish_change(actor, AppointmentMoveUndone, old, new.doctor_id, replaced_by=new.pk)
        publish_change(actor, AppointmentDeleted, new)
    return old


def stretch(
    actor: Actor, appointment_id: UUID, *, duration: int, override_reason: str = "", at: dt.datetime
) -> Appointment:
    """Make a visit longer or shorter from its start; `duration` in minutes. It stays the same visit, and confirmed.

    A longer visit obeys the rules of booking again. SlotUnavailable with free slots when it cannot be had;
    AlreadyMoved, with where and by whom, when somebody else has given the visit another time.
    """
    transitions.require_role("reschedule", actor)
    seen: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    wanted = SlotRequest(
        starts_at=seen.starts_at,
        doctor_id=seen.doctor_id,
        duration=duration,
        visit_type=seen.visit_type,
        patient_id=seen.patient_id,
        override_reason=override_reason.strip(),
        without=(seen.pk,),
        needs=RequiredAvailability.OPEN,
    )
    span = visit_range(actor, seen.starts_at, duration)
    with reserving(actor, wanted, at=at):
        visit = lock(actor, appointment_id, "reschedule")
        if visit.rescheduled:
            raise already_moved(actor, visit)
        settings = settings_of(actor)
        transitions.require("reschedule", actor, visit, settings=settings, at=at)
        if visit.starts_at != seen.starts_at:
            raise AlreadyMoved("Somebody else has changed this visit just now.", version=visit.version)
        if duration == visit.duration:
            return visit
        fields = ["ends_at"]
        if duration > visit.duration:
            place = reserve_slot(actor, wanted, at=at)
            fields += apply_overlap(actor, visit, place)
            if place.overridden:
                record_override(actor, visit, action="stretch", rule=place.overridden, reason=wanted.override_reason)
        visit.ends_at = span[1]
        save(visit, *fields)
        publish_change(actor, AppointmentUpdated, visit, action="stretch")
    return visit


def _where_it_went(actor: Actor, old: Appointment, wanted: SlotRequest) -> Appointment:
    """The visit that replaced `old` if it is what is wanted; AlreadyMoved, saying where and by whom, if it is not."""
    new = replacement_of(actor, old)
    if new and (new.starts_at, new.doctor_id, new.duration) == (wanted.starts_at, wanted.doctor_id, wanted.duration):
        return new
    raise already_moved(actor, old)


def _replace(actor: Actor, old: Appointment, place: ReservedSlot) -> Appointment:
    new = Appointment(
        clinic_id=old.clinic_id,
        patient_id=old.patient_id,
        doctor_id=place.doctor.doctor_id,
        starts_at=place.span[0],
        ends_at=place.span[1],
        visit_type=old.visit_type,
        visit_category=old.visit_category,
        reason=old.reason,
        meeting_link=old.meeting_link,
        series_id=old.series_id,
        rescheduled_from=old,
        booked_by_id=actor.user_id,
    )
    apply_overlap(actor, new, place)
    _carry_marks(old, new)
    old.status = Appointment.Status.CANCELLED
    old.rescheduled = True
    old.arrived, old.arrived_at = False, None
    old.needs_attention, old.attention_reason = False, ""
    save(old, "status", "rescheduled", "arrived", "arrived_at", "needs_attention", "attention_reason")
    new.save(force_insert=True)
    reassign_foreign_keys(old, new, leaving=STAYING)
    return new


def _carry_marks(source: Appointment, target: Appointment) -> None:
    target.intake_status = source.intake_status
    target.needs_attention, target.attention_reason = source.needs_attention, source.attention_reason
