"""Patients who want an earlier time. Booking one is `appointments.book(waitlist_entry_id=…)`."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from clinicflow.clinics.actors import Actor
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish
from patients.models import Patient
from scheduling.errors import WaitlistClosed
from scheduling.events import ScheduleChanged
from scheduling.models import Appointment, WaitlistEntry
from scheduling.transitions import DESK


@transaction.atomic
def add(
    actor: Actor,
    *,
    patient_id: UUID,
    date_from: dt.date,
    date_to: dt.date,
    doctor_id: UUID | None = None,
    duration: int = 30,
    visit_type: str = Appointment.VisitType.IN_CLINIC,
    note: str = "",
) -> WaitlistEntry:
    """Let a patient wait for a doctor, or any, between two local dates (both included); the front desk's right."""
    _require_desk(actor)
    wrong: dict[str, list[str]] = {}
    if not Patient.objects.visible_to(actor).current().filter(pk=patient_id).exists():
        wrong["patient_id"] = ["There is no such patient."]
    if doctor_id and not Doctor.objects.visible_to(actor).active().filter(pk=doctor_id).exists():
        wrong["doctor_id"] = ["There is no such doctor."]
    if date_to < date_from:
        wrong["date_to"] = ["The last date comes after the first."]
    elif date_to < clock.today(actor.timezone):
        wrong["date_to"] = ["These dates have passed."]
    if not 5 <= duration <= 480:
        wrong["duration"] = ["A visit takes 5 to 480 minutes."]
    if visit_type not in Appointment.VisitType.values:
        wrong["visit_type"] = ["Choose in-clinic or virtual."]
    if len(note) > 300:
        wrong["note"] = ["At most 300 characters."]
    if wrong:
        raise Invalid(fields=wrong)
    entry = WaitlistEntry.objects.create(
        clinic_id=actor.clinic_id,
        patient_id=patient_id,
        doctor_id=doctor_id,
        date_from=date_from,
        date_to=date_to,
        duration=duration,
        visit_type=visit_type,
        note=note.strip(),
    )
    _announce(actor, entry)
    return entry


@transaction.atomic
def offer(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """Note that the patient was offered a time. WaitlistClosed once booked or removed; repeating is a success."""
    return _move(actor, entry_id, WaitlistEntry.Status.OFFERED)


@transaction.atomic
def keep_waiting(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """The offer was declined: the patient waits on, at the old place in the line."""
    return _move(actor, entry_id, WaitlistEntry.Status.WAITING)


@transaction.atomic
def remove(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """The patient waits no more. Repeating is a success."""
    return _move(actor, entry_id, WaitlistEntry.Status.REMOVED)


def matches(actor: Actor, visit: Appointment, *, at: dt.datetime) -> Any:
    """Who could take the time that `visit` leaves free: rows with patient and doctor, in order of waiting.

    Nobody once the time has passed, and never the patient who left it.
    """
    rows = WaitlistEntry.objects.visible_to(actor)
    if visit.starts_at <= at:
        return rows.none()
    fitting = rows.fitting(
        doctor_id=visit.doctor_id,
        day=clock.local(visit.starts_at, actor.timezone).date(),
        minutes=visit.duration,
        visit_type=visit.visit_type,
    )
    return fitting.exclude(patient_id=visit.patient_id).select_related("patient", "doctor")


def _move(actor: Actor, entry_id: UUID, status: WaitlistEntry.Status) -> WaitlistEntry:
    _require_desk(actor)
    entry: WaitlistEntry = WaitlistEntry.objects.visible_to(actor).lock(entry_id)
    if entry.status == status:
        return entry
    if entry.status in {WaitlistEntry.Status.BOOKED, WaitlistEntry.Status.REMOVED}:
        raise WaitlistClosed(current=entry.status)
    entry.status = status
    entry.save(update_fields=["status", "updated_at"])
    _announce(actor, entry)
    return entry


def _require_desk(actor: Actor) -> None:
    if actor.role not in DESK:
        raise Forbidden()


def _announce(actor: Actor, entry: WaitlistEntry) -> None:
    publish(
        ScheduleChanged(
            clinic_id=actor.clinic_id,
            subject_id=entry.pk,
            doctor_ids=(entry.doctor_id,) if entry.doctor_id else (),
            origin=actor.tab,
        )
    )
