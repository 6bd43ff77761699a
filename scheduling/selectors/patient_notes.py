"""The notes on one patient, for the chart."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from clinicflow.access.actor import Actor
from scheduling.models import Appointment, DoctorNote

NOTES_PAGE = 10
VISITS_OFFERED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """A page of notes, newest first, and the doctor's visits that a new note can refer to."""

    patient_id: UUID
    page: Page[Any]
    visits: list[Appointment]
    doctor_id: UUID | None


def read_notes(actor: Actor, patient_id: UUID, number: str = "") -> Notes:
    """The notes that the doctor may read, those of colleagues included; `number` is the page."""
    notes = DoctorNote.objects.visible_to(actor).filter(patient_id=patient_id).select_related("doctor", "appointment")
    visits = Appointment.objects.visible_to(actor).live().filter(patient_id=patient_id).order_by("-starts_at", "pk")
    return Notes(
        patient_id=patient_id,
        page=Paginator(notes.order_by("-created_at", "pk"), NOTES_PAGE).get_page(number),
        visits=list(visits[:VISITS_OFFERED]),
        doctor_id=actor.doctor_id,
    )
