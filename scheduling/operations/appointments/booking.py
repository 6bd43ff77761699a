"""New visits."""

import datetime as dt
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from clinicflow.access.actor import Actor
from clinicflow.core.errors import Forbidden, Invalid
from patients.models import Patient
from scheduling.errors import WalkInsNotTaken
from scheduling.events import AppointmentCreated
from scheduling.models import Appointment, FollowUp, Series, WaitlistEntry
from scheduling.operations.appointments.shared_steps import publish_change, record_override
from scheduling.operations.appointments.slot_reservation import (
    RequiredAvailability,
    ReservedSlot,
    SlotRequest,
    apply_overlap,
    reserve_slot,
    reserving,
)
from scheduling.operations.fulfilment import (
    fulfil_follow_up,
    fulfil_waitlist_entry,
    lock_follow_up,
    lock_waitlist_entry,
)
from scheduling.rules.transitions import DESK
from scheduling.selectors.availability import bookable_doctors

HTTPS = URLValidator(schemes=["https"])


def book(
    actor: Actor,
    *,
    patient_id: UUID,
    starts_at: dt.datetime,
    doctor_id: UUID | None = None,
    duration: int | None = None,
    visit_type: str = Appointment.VisitType.IN_CLINIC,
    visit_category: str | None = None,
    reason: str = "",
    meeting_link: str = "",
    specialty: str = "",
    override_reason: str = "",
    follow_up_id: UUID | None = None,
    waitlist_entry_id: UUID | None = None,
    series: Series | None = None,
    at: dt.datetime,
) -> Appointment:
    """Book a visit, unconfirmed. `duration` in minutes, without it the doctor's own.

    Without a doctor the first available one gets it, where the clinic does not require a provider: of those who are
    free then (and of the `specialty`, if one is named) the one with the fewest visits that day. The category
    defaults to new patient for someone who was never here. `override_reason` books past the rules where the clinic
    and the doctor allow it, and is audited. A follow-up or waitlist entry that the visit fulfils is closed with it.
    The result's `warnings` has `patient_overlap` when the patient has another visit then.

    Forbidden for anyone but the front desk; Invalid; SlotUnavailable with the nearest free slots.
    """
    if actor.role not in DESK:
        raise Forbidden()
    wanted = SlotRequest(
        starts_at=starts_at,
        doctor_id=doctor_id,
        patient_id=patient_id,
        duration=duration,
        visit_type=visit_type,
        specialty=specialty,
        override_reason=override_reason.strip(),
    )
    with reserving(actor, wanted, at=at):
        follow_up = lock_follow_up(actor, follow_up_id) if follow_up_id else None
        entry = lock_waitlist_entry(actor, waitlist_entry_id) if waitlist_entry_id else None
        patient = _patient(actor, patient_id, follow_up, entry)
        place = reserve_slot(actor, wanted, at=at)
        visit = _visit(actor, patient, place, wanted, visit_category, reason, meeting_link)
        visit.series = series
        visit.save(force_insert=True)
        if follow_up:
            fulfil_follow_up(follow_up, visit)
        if entry:
            fulfil_waitlist_entry(entry, visit)
        if place.overridden:
            record_override(actor, visit, action="book", rule=place.overridden, reason=wanted.override_reason)
        publish_change(actor, AppointmentCreated, visit)
    return visit


def walk_in(
    actor: Actor,
    *,
    patient_id: UUID,
    doctor_id: UUID | None = None,
    duration: int | None = None,
    visit_category: str | None = None,
    reason: str = "",
    specialty: str = "",
    override_reason: str = "",
    at: dt.datetime,
) -> Appointment:
    """Book somebody who stands at the desk: in the clinic, confirmed and arrived, from this minute on.

    Without a doctor as `book`, of those who take walk-ins.

    WalkInsNotTaken where the clinic or the doctor does not take them; otherwise as `book`.
    """
    if actor.role not in DESK:
        raise Forbidden()
    now = at.replace(second=0, microsecond=0)
    wanted = SlotRequest(
        starts_at=now,
        doctor_id=doctor_id,
        patient_id=patient_id,
        duration=duration,
        visit_type=Appointment.VisitType.IN_CLINIC,
        specialty=specialty,
        walks_in=True,
        override_reason=override_reason.strip(),
        needs=RequiredAvailability.OPEN,
    )
    with reserving(actor, wanted, at=at):
        _check_walk_ins(actor, doctor_id)
        patient = _patient(actor, patient_id, None, None)
        place = reserve_slot(actor, wanted, at=at)
        visit = _visit(actor, patient, place, wanted, visit_category, reason, "")
        visit.status = Appointment.Status.CONFIRMED
        visit.walk_in = visit.arrived = True
        visit.arrived_at = visit.confirmed_at = at
        visit.confirmed_by = actor.kind
        visit.save(force_insert=True)
        if place.overridden:
            record_override(actor, visit, action="walk-in", rule=place.overridden, reason=wanted.override_reason)
        publish_change(actor, AppointmentCreated, visit)
    return visit


def _check_walk_ins(actor: Actor, doctor_id: UUID | None) -> None:
    doctors = bookable_doctors(actor, doctors=[doctor_id] if doctor_id else None)
    if doctors and not any(doctor.takes_walk_ins for doctor in doctors):
        raise WalkInsNotTaken()


def _patient(actor: Actor, patient_id: UUID, follow_up: FollowUp | None, entry: WaitlistEntry | None) -> Patient:
    patient: Patient | None = Patient.objects.visible_to(actor).current().filter(pk=patient_id).first()
    if patient is None:
        raise Invalid(fields={"patient_id": ["There is no such patient."]})
    for name, source in (("follow_up_id", follow_up), ("waitlist_entry_id", entry)):
        if source is not None and source.patient_id != patient.pk:
            raise Invalid(fields={name: ["It belongs to another patient."]})
    return patient


def _visit(
    actor: Actor,
    patient: Patient,
    place: ReservedSlot,
    wanted: SlotRequest,
    visit_category: str | None,
    reason: str,
    meeting_link: str,
) -> Appointment:
    first_time = patient.first_visit_date is None
    category = Appointment.VisitCategory.NEW_PATIENT if first_time else Appointment.VisitCategory.FOLLOW_UP
    visit = Appointment(
        clinic_id=actor.clinic_id,
        patient=patient,
        doctor_id=place.doctor.doctor_id,
        starts_at=place.span[0],
        ends_at=place.span[1],
        visit_type=wanted.visit_type,
        visit_category=visit_category or category,
        reason=reason.strip(),
        meeting_link=checked_link(meeting_link),
        booked_by_id=actor.user_id,
    )
    apply_overlap(actor, visit, place)
    return visit


def checked_link(link: str) -> str:
    """A meeting's address: https with a host, or Invalid."""
    link = link.strip()
    try:
        if link and len(link) <= 300:
            HTTPS(link)
        elif link:
            raise ValidationError("too long")
    except ValidationError:
        raise Invalid(fields={"meeting_link": ["Give an address that starts with https://."]}) from None
    return link
