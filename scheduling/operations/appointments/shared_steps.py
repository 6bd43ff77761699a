"""What every write of a visit does last: save, count the version, tell."""

import datetime as dt
from typing import Any
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.audit.log import record
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.events import publish
from clinicflow.web import display
from scheduling.errors import AlreadyMoved
from scheduling.events import AppointmentEvent
from scheduling.models import Appointment, FollowUp, WaitlistEntry
from scheduling.rules import transitions


def settings_of(actor: Actor) -> ClinicSettings:
    settings: ClinicSettings = ClinicSettings.objects.visible_to(actor).get()
    return settings


def lock(actor: Actor, appointment_id: UUID, action: str) -> Appointment:
    """The visit, locked. Forbidden for a role that never takes the action; NotFound if it is invisible."""
    transitions.require_role(action, actor)
    visit: Appointment = Appointment.objects.visible_to(actor).lock(appointment_id)
    return visit


def save(visit: Appointment, *fields: str) -> None:
    visit.version += 1
    visit.save(update_fields=[*fields, "version", "updated_at"])


def replacement_of(actor: Actor, old: Appointment) -> Appointment | None:
    """The visit that one was moved to, as far as the actor may see it."""
    moves = Appointment.objects.visible_to(actor).filter(rescheduled_from_id=old.pk)
    new: Appointment | None = moves.select_related("doctor", "booked_by").order_by("-created_at").first()
    return new


def already_moved(actor: Actor, old: Appointment) -> AlreadyMoved:
    """The refusal for whoever comes second: who moved the visit, and where it is now."""
    new = replacement_of(actor, old)
    if new is None:
        return AlreadyMoved()
    who = str(new.booked_by) if new.booked_by else "Somebody"
    begins = clock.local(new.starts_at, actor.timezone)
    return AlreadyMoved(
        f"{who} moved this visit to {display.write_date(begins.date(), 'full')}, {display.write_clock(begins.time())}, "
        f"with {new.doctor.name}.",
        moved_to=str(new.pk),
        moved_by=who,
        starts_at=begins.isoformat(),
        doctor_id=str(new.doctor_id),
    )


def publish_change(
    actor: Actor, kind: type[AppointmentEvent], visit: Appointment, *more_doctors: UUID, **extra: Any
) -> None:
    publish(
        kind(
            clinic_id=visit.clinic_id,
            subject_id=visit.pk,
            patient_id=visit.patient_id,
            doctor_ids=tuple(dict.fromkeys((visit.doctor_id, *more_doctors))),
            origin=actor.tab,
            **extra,
        )
    )


def record_override(actor: Actor, visit: Appointment, *, action: str, rule: str, reason: str) -> None:
    """Write down that a rule was overridden, by whom and why."""
    record(
        actor,
        "appointment.override",
        visit,
        patient_ids=[visit.patient_id],
        reason=reason,
        values={"action": action, "rule": rule},
    )


def follow_ups_of(visit: Appointment, *statuses: str) -> Any:
    """The follow-ups that this visit was booked for."""
    return FollowUp.objects.filter(clinic_id=visit.clinic_id, booked_appointment_id=visit.pk, status__in=statuses)


def reopen_follow_ups(visit: Appointment, at: dt.datetime) -> None:
    """The visit does not take place, so its follow-up is due again; the link stays for a reinstatement."""
    follow_ups_of(visit, "scheduled").update(status=FollowUp.Status.PENDING, updated_at=at)


def restore_waitlist_entry(visit: Appointment, at: dt.datetime) -> None:
    """The visit was never meant, so whoever it was booked for out of the waitlist waits on, at the old place."""
    booked = WaitlistEntry.objects.filter(
        clinic_id=visit.clinic_id, booked_appointment_id=visit.pk, status=WaitlistEntry.Status.BOOKED
    )
    booked.filter(offered_at=None).update(status=WaitlistEntry.Status.WAITING, booked_appointment=None, updated_at=at)
    booked.update(status=WaitlistEntry.Status.OFFERED, booked_appointment=None, updated_at=at)
