"""Steps shared by the operations on appointments: lock, save with a new version, publish, audit an override."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clinicflow.access.actor import Actor, publish_for
from clinicflow.audit.log import record
from clinicflow.core import clock
from clinicflow.web import display
from scheduling.errors import AlreadyMoved
from scheduling.events import AppointmentEvent
from scheduling.models import Appointment, FollowUp, WaitlistEntry
from scheduling.rules import transitions


def lock(actor: Actor, appointment_id: UUID, action: str) -> Appointment:
    """The appointment, locked. Forbidden for a role that may never take the action; NotFound if it is invisible."""
    transitions.require_role(action, actor)
    appointment: Appointment = Appointment.objects.visible_to(actor).lock(appointment_id)
    return appointment


def save(appointment: Appointment, *fields: str) -> None:
    """Save the fields and increment the version."""
    appointment.version += 1
    appointment.save(update_fields=[*fields, "version", "updated_at"])


def replacement_of(actor: Actor, old: Appointment) -> Appointment | None:
    """The appointment that `old` was rescheduled to; None if it is not visible to the actor."""
    moves = Appointment.objects.visible_to(actor).filter(rescheduled_from_id=old.pk)
    new: Appointment | None = moves.select_related("doctor", "booked_by").order_by("-created_at").first()
    return new


def already_moved(actor: Actor, old: Appointment) -> AlreadyMoved:
    """The error for a concurrent change of a rescheduled appointment: who moved it, and where it is now."""
    new = replacement_of(actor, old)
    if new is None:
        return AlreadyMoved()
    moved_by = str(new.booked_by) if new.booked_by else "Another user"
    starts_at = clock.local(new.starts_at, actor.timezone)
    day, time = display.write_date(starts_at.date(), "full"), display.write_clock(starts_at.time())
    return AlreadyMoved(
        f"{moved_by} moved this visit to {day}, {time}, with {new.doctor.name}.",
        moved_to=str(new.pk),
        moved_by=moved_by,
        starts_at=starts_at.isoformat(),
        doctor_id=str(new.doctor_id),
    )


def publish_change(
    actor: Actor, event: type[AppointmentEvent], appointment: Appointment, *more_doctors: UUID, **fields: Any
) -> None:
    """Publish an event about the appointment to its doctor and `more_doctors`, whose days it changes too."""
    publish_for(
        actor,
        event,
        appointment,
        doctor_ids=dict.fromkeys((appointment.doctor_id, *more_doctors)),
        patient_id=appointment.patient_id,
        **fields,
    )


def record_override(actor: Actor, appointment: Appointment, *, action: str, rule: str, reason: str) -> None:
    """Audit that a rule was overridden, by whom and why."""
    record(
        actor,
        "appointment.override",
        appointment,
        patient_ids=[appointment.patient_id],
        reason=reason,
        values={"action": action, "rule": rule},
    )


def follow_ups_of(appointment: Appointment, *statuses: str) -> QuerySet[FollowUp]:
    """The follow-ups that this appointment was booked for, with one of the statuses."""
    return FollowUp.objects.filter(
        clinic_id=appointment.clinic_id, booked_appointment_id=appointment.pk, status__in=statuses
    )


def reopen_follow_ups(appointment: Appointment, at: dt.datetime) -> None:
    """Make the follow-ups of a cancelled appointment pending again; the link to it is kept for a reinstatement."""
    follow_ups_of(appointment, FollowUp.Status.SCHEDULED).update(status=FollowUp.Status.PENDING, updated_at=at)


def restore_waitlist_entry(appointment: Appointment, at: dt.datetime) -> None:
    """Reopen the waitlist entry that the appointment was booked from, with its original position in the queue."""
    booked = WaitlistEntry.objects.filter(
        clinic_id=appointment.clinic_id,
        booked_appointment_id=appointment.pk,
        status=WaitlistEntry.Status.BOOKED,
    )
    booked.filter(offered_at=None).update(status=WaitlistEntry.Status.WAITING, booked_appointment=None, updated_at=at)
    booked.update(status=WaitlistEntry.Status.OFFERED, booked_appointment=None, updated_at=at)
