"""Corrections of what is known about a visit."""

import datetime as dt
from typing import TypedDict
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.core.errors import Invalid
from scheduling.events import AppointmentUpdated
from scheduling.models import Appointment
from scheduling.operations.appointments.booking import checked_link
from scheduling.operations.appointments.shared_steps import (
    already_moved,
    lock,
    publish_change,
    record_override,
    save,
    settings_of,
)
from scheduling.operations.appointments.slot_reservation import (
    RequiredAvailability,
    SlotRequest,
    apply_overlap,
    reserve_slot,
    reserving,
)
from scheduling.rules import transitions


class Changes(TypedDict, total=False):
    """What may be corrected; what is left out stays. `duration` in minutes."""

    doctor_id: UUID
    starts_at: dt.datetime
    duration: int
    visit_type: str
    visit_category: str
    reason: str
    meeting_link: str


def update(
    actor: Actor, appointment_id: UUID, *, changes: Changes, override_reason: str = "", at: dt.datetime
) -> Appointment:
    """Correct an open visit in place. Another time or doctor obeys the rules of booking, and confirmation starts over.

    For a patient who asked for another time, use `reschedule`, which keeps the history. Nothing changed is a success
    without an event. AlreadyMoved, with where and by whom, when somebody else has given the visit another time.
    """
    transitions.require_role("reschedule", actor)

    def wanted_of(row: Appointment) -> SlotRequest:
        return SlotRequest(
            starts_at=changes.get("starts_at", row.starts_at),
            doctor_id=changes.get("doctor_id", row.doctor_id),
            duration=changes.get("duration", row.duration),
            visit_type=changes.get("visit_type", row.visit_type),
            patient_id=row.patient_id,
            override_reason=override_reason.strip(),
            without=(row.pk,),
            needs=RequiredAvailability.OPEN
            if changes.get("starts_at", row.starts_at) == row.starts_at
            else RequiredAvailability.FUTURE,
        )

    seen: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    with reserving(actor, wanted_of(seen), at=at):
        visit = lock(actor, appointment_id, "reschedule")
        if visit.rescheduled:
            raise already_moved(actor, visit)
        wanted = wanted_of(visit)
        settings = settings_of(actor)
        transitions.require("reschedule", actor, visit, settings=settings, at=at)
        before = (visit.starts_at, visit.doctor_id, visit.duration, visit.visit_type)
        old_doctor = visit.doctor_id
        dirty = _correct_words(visit, changes)
        if before != (wanted.starts_at, wanted.doctor_id, wanted.duration, wanted.visit_type):
            place = reserve_slot(actor, wanted, at=at, also_lock=[old_doctor])
            if before[:2] != (wanted.starts_at, wanted.doctor_id):
                visit.status = Appointment.Status.UNCONFIRMED
                visit.confirmed_at, visit.confirmed_by = None, ""
                visit.arrived, visit.arrived_at = False, None
            visit.doctor_id = place.doctor.doctor_id
            visit.starts_at, visit.ends_at = place.span
            visit.visit_type = wanted.visit_type
            if place.overridden:
                record_override(actor, visit, action="update", rule=place.overridden, reason=wanted.override_reason)
            dirty += [
                *("doctor", "starts_at", "ends_at", "visit_type", "status", "confirmed_at", "confirmed_by"),
                *("arrived", "arrived_at"),
                *apply_overlap(actor, visit, place),
            ]
        if dirty:
            save(visit, *dirty)
            publish_change(actor, AppointmentUpdated, visit, old_doctor, action="update")
    return visit


def _correct_words(visit: Appointment, changes: Changes) -> list[str]:
    """Apply what is no time; the names of the fields that differ."""
    dirty: list[str] = []
    words = {
        "visit_category": changes.get("visit_category", visit.visit_category),
        "reason": changes.get("reason", visit.reason).strip(),
        "meeting_link": checked_link(changes.get("meeting_link", visit.meeting_link)),
    }
    if words["visit_category"] not in Appointment.VisitCategory.values:
        raise Invalid(fields={"visit_category": ["Choose one of: " + ", ".join(Appointment.VisitCategory.values)]})
    for name, value in words.items():
        if getattr(visit, name) != value:
            setattr(visit, name, value)
            dirty.append(name)
    return dirty
