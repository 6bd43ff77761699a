"""What the front desk does in one go: a booking for somebody who may be new here."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from patients.operations import patients
from patients.rules.details import PatientData
from scheduling.models import Appointment
from scheduling.operations import appointments


@dataclass(frozen=True, kw_only=True)
class NewPatient:
    """Somebody who is not known yet."""

    first_name: str
    last_name: str
    date_of_birth: dt.date
    phone: str = ""
    email: str = ""
    preferred_language: str = "en"
    guardian: Mapping[str, str] = field(default_factory=dict)  # name, phone; for somebody under 18


@dataclass(frozen=True, kw_only=True)
class VisitRequest:
    """A visit that somebody asks for at the desk; without `starts_at` they stand there and are seen now.

    Without a doctor the first available one takes it, of the `specialty` if one is named.
    """

    patient: UUID | NewPatient
    doctor_id: UUID | None
    starts_at: dt.datetime | None
    duration: int
    visit_type: str
    visit_category: str | None = None
    reason: str = ""
    meeting_link: str = ""
    specialty: str = ""
    override_reason: str = ""
    follow_up_id: UUID | None = None
    waitlist_entry_id: UUID | None = None


@transaction.atomic
def take(actor: Actor, request: VisitRequest, *, at: dt.datetime) -> Appointment:
    """Book the visit, and add its patient first where they are new: both or neither.

    Raises what `appointments.book`, `appointments.walk_in` and `patients.register` raise.
    """
    patient_id = request.patient if isinstance(request.patient, UUID) else _register(actor, request.patient)
    if request.starts_at is None:
        return appointments.walk_in(
            actor,
            patient_id=patient_id,
            doctor_id=request.doctor_id,
            duration=request.duration,
            visit_category=request.visit_category,
            reason=request.reason,
            specialty=request.specialty,
            override_reason=request.override_reason,
            at=at,
        )
    return appointments.book(
        actor,
        patient_id=patient_id,
        doctor_id=request.doctor_id,
        starts_at=request.starts_at,
        duration=request.duration,
        visit_type=request.visit_type,
        visit_category=request.visit_category,
        reason=request.reason,
        meeting_link=request.meeting_link if request.visit_type == Appointment.VisitType.VIRTUAL else "",
        specialty=request.specialty,
        override_reason=request.override_reason,
        follow_up_id=request.follow_up_id,
        waitlist_entry_id=request.waitlist_entry_id,
        at=at,
    )


def _register(actor: Actor, person: NewPatient) -> UUID:
    data = PatientData(
        first_name=person.first_name,
        last_name=person.last_name,
        date_of_birth=person.date_of_birth,
        phone=person.phone,
        email=person.email,
        preferred_language=person.preferred_language,
        guardian=person.guardian or {},
    )
    patient = patients.register(actor, data)
    return patient.pk
