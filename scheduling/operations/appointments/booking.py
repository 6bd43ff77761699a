"""Create appointments: bookings and walk-ins."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core.errors import Invalid
from patients.models import Patient
from patients.operations import patients
from patients.rules.details import PatientData
from scheduling.errors import WalkInsNotTaken
from scheduling.events import AppointmentCreated
from scheduling.models import Appointment, FollowUp, WaitlistEntry
from scheduling.operations.appointments.requests import BookingRequest, BookingResult, RequiredAvailability
from scheduling.operations.appointments.shared_steps import publish_change, record_override
from scheduling.operations.appointments.slot_reservation import (
    ReservedSlot,
    reserve_slot,
    reserving,
    store_overlap,
)
from scheduling.operations.fulfilment import (
    fulfil_follow_up,
    fulfil_waitlist_entry,
    lock_follow_up,
    lock_waitlist_entry,
)
from scheduling.selectors.availability import bookable_doctors

HTTPS = URLValidator(schemes=["https"])


def book(actor: Actor, request: BookingRequest, *, at: dt.datetime) -> BookingResult:
    """Book an appointment, unconfirmed; a walk-in is confirmed, arrived and starts at the minute of `at`.

    Without a doctor, books the available one (of the `specialty`, if given) with the fewest visits that day; Invalid
    if the clinic requires a provider. The category defaults to new patient for a first visit. An override is audited.
    The follow-up or waitlist entry that the booking fulfils is closed.

    Forbidden for all but the front desk; Invalid; SlotUnavailable with the nearest free slots; WalkInsNotTaken if the
    clinic or the doctor does not accept walk-ins; FollowUpClosed, WaitlistClosed.
    """
    actor.require_front_desk()
    if request.walk_in:
        request = _starting_now(request, at)
    with reserving(actor, request, at=at):
        if request.walk_in:
            _check_walk_ins(actor, request.doctor_id)
        follow_up = lock_follow_up(actor, request.follow_up_id) if request.follow_up_id else None
        entry = lock_waitlist_entry(actor, request.waitlist_entry_id) if request.waitlist_entry_id else None
        patient = _patient(actor, request.patient_id, follow_up, entry)
        slot = reserve_slot(actor, request, at=at)
        appointment = _appointment(actor, patient, slot, request)
        if request.walk_in:
            _check_in(actor, appointment, at)
        appointment.save(force_insert=True)
        if follow_up:
            fulfil_follow_up(follow_up, appointment)
        if entry:
            fulfil_waitlist_entry(entry, appointment)
        if slot.overridden:
            action = "walk-in" if request.walk_in else "book"
            record_override(actor, appointment, action=action, rule=slot.overridden, reason=request.reason_to_override)
        publish_change(actor, AppointmentCreated, appointment)
    return BookingResult(appointment=appointment, warnings=slot.warnings)


@transaction.atomic
def register_and_book(actor: Actor, patient: PatientData, request: BookingRequest, *, at: dt.datetime) -> BookingResult:
    """Register a new patient and book their first appointment: both or neither.

    Raises what `patients.register` and `book` raise.
    """
    registered = patients.register(actor, patient)
    return book(actor, replace(request, patient_id=registered.pk), at=at)


def _starting_now(request: BookingRequest, at: dt.datetime) -> BookingRequest:
    """The walk-in's request: a visit in the clinic from this minute on, even if that minute has begun."""
    return replace(
        request,
        starts_at=at.replace(second=0, microsecond=0),
        visit_type=Appointment.VisitType.IN_CLINIC,
        meeting_link="",
        needs=RequiredAvailability.OPEN,
    )


def _check_walk_ins(actor: Actor, doctor_id: UUID | None) -> None:
    doctors = bookable_doctors(actor, doctors=[doctor_id] if doctor_id else None)
    if doctors and not any(doctor.takes_walk_ins for doctor in doctors):
        raise WalkInsNotTaken()


def _check_in(actor: Actor, appointment: Appointment, at: dt.datetime) -> None:
    appointment.status = Appointment.Status.CONFIRMED
    appointment.walk_in = appointment.arrived = True
    appointment.arrived_at = appointment.confirmed_at = at
    appointment.confirmed_by = actor.kind


def _patient(actor: Actor, patient_id: UUID | None, follow_up: FollowUp | None, entry: WaitlistEntry | None) -> Patient:
    known = Patient.objects.visible_to(actor).current()
    patient = known.filter(pk=patient_id).first() if patient_id else None
    if patient is None:
        raise Invalid(fields={"patient_id": ["There is no such patient."]})
    for name, source in (("follow_up_id", follow_up), ("waitlist_entry_id", entry)):
        if source is not None and source.patient_id != patient.pk:
            raise Invalid(fields={name: ["It belongs to another patient."]})
    return patient


def _appointment(actor: Actor, patient: Patient, slot: ReservedSlot, request: BookingRequest) -> Appointment:
    first_visit = patient.first_visit_date is None
    default = Appointment.VisitCategory.NEW_PATIENT if first_visit else Appointment.VisitCategory.FOLLOW_UP
    appointment = Appointment(
        clinic_id=actor.clinic_id,
        patient=patient,
        doctor_id=slot.doctor.doctor_id,
        starts_at=slot.span[0],
        ends_at=slot.span[1],
        visit_type=request.visit_type,
        visit_category=request.visit_category or default,
        reason=request.reason.strip(),
        meeting_link=validated_meeting_link(request.meeting_link),
        series_id=request.series_id,
        booked_by_id=actor.user_id,
    )
    store_overlap(actor, appointment, slot)
    return appointment


def validated_meeting_link(link: str) -> str:
    """The link without surrounding blanks; Invalid unless it is empty or an https URL of at most 300 characters."""
    link = link.strip()
    try:
        if link and len(link) <= 300:
            HTTPS(link)
        elif link:
            raise ValidationError("too long")
    except ValidationError:
        raise Invalid(fields={"meeting_link": ["Enter a link that starts with https://."]}) from None
    return link
