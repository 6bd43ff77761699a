"""Doctors' notes, visible to the patient's doctors and editable by their author only."""

from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core.errors import Forbidden, Invalid
from patients.models import Patient
from scheduling.models import Appointment, DoctorNote

LONGEST = 20_000


@transaction.atomic
def create(actor: Actor, *, patient_id: UUID, content: str, appointment_id: UUID | None = None) -> DoctorNote:
    """Create a note on a patient of the doctor, optionally about a visit. Forbidden for all but doctors; Invalid by
    field."""
    doctor_id = _require_doctor(actor)
    errors = _errors_in(content)
    if not Patient.objects.visible_to(actor).current().filter(pk=patient_id).exists():
        errors["patient_id"] = ["There is no such patient of yours."]
    visits = Appointment.objects.visible_to(actor).filter(patient_id=patient_id)
    if appointment_id and not visits.filter(pk=appointment_id).exists():
        errors["appointment_id"] = ["There is no such visit of this patient."]
    if errors:
        raise Invalid(fields=errors)
    return DoctorNote.objects.create(
        clinic_id=actor.clinic_id,
        doctor_id=doctor_id,
        patient_id=patient_id,
        appointment_id=appointment_id,
        content=content.strip(),
    )


@transaction.atomic
def correct(actor: Actor, note_id: UUID, *, content: str) -> DoctorNote:
    """Change the doctor's own note. Forbidden for a colleague's note; NotFound if it is not visible; Invalid."""
    _require_doctor(actor)
    note: DoctorNote = DoctorNote.objects.visible_to(actor).lock(note_id)
    if note.doctor_id != actor.doctor_id:
        raise Forbidden("Only the author can change a note.")
    if errors := _errors_in(content):
        raise Invalid(fields=errors)
    note.content = content.strip()
    note.save(update_fields=["content", "updated_at"])
    return note


def _errors_in(content: str) -> dict[str, list[str]]:
    if not content.strip():
        return {"content": ["Enter a note."]}
    return {"content": [f"Enter at most {LONGEST} characters."]} if len(content) > LONGEST else {}


def _require_doctor(actor: Actor) -> UUID:
    if actor.role != Role.DOCTOR or actor.doctor_id is None:
        raise Forbidden()
    return actor.doctor_id
