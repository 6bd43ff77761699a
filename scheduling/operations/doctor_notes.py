"""What doctors write about their patients. Nobody else reads it, and only its author changes it."""

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
    """Write a note about a patient of one's own, about a visit or not. Forbidden for anyone but a doctor; Invalid."""
    doctor_id = _require_doctor(actor)
    wrong = _wrong_words(content)
    if not Patient.objects.visible_to(actor).current().filter(pk=patient_id).exists():
        wrong["patient_id"] = ["There is no such patient of yours."]
    visits = Appointment.objects.visible_to(actor).filter(patient_id=patient_id)
    if appointment_id and not visits.filter(pk=appointment_id).exists():
        wrong["appointment_id"] = ["There is no such visit of this patient."]
    if wrong:
        raise Invalid(fields=wrong)
    return DoctorNote.objects.create(
        clinic_id=actor.clinic_id,
        doctor_id=doctor_id,
        patient_id=patient_id,
        appointment_id=appointment_id,
        content=content.strip(),
    )


@transaction.atomic
def correct(actor: Actor, note_id: UUID, *, content: str) -> DoctorNote:
    """Change a note of one's own; a colleague's is Forbidden, one that is not visible NotFound."""
    _require_doctor(actor)
    note: DoctorNote = DoctorNote.objects.visible_to(actor).lock(note_id)
    if note.doctor_id != actor.doctor_id:
        raise Forbidden("Only the author changes a note.")
    if wrong := _wrong_words(content):
        raise Invalid(fields=wrong)
    note.content = content.strip()
    note.save(update_fields=["content", "updated_at"])
    return note


def _wrong_words(content: str) -> dict[str, list[str]]:
    if not content.strip():
        return {"content": ["Write something."]}
    return {"content": [f"At most {LONGEST} characters."]} if len(content) > LONGEST else {}


def _require_doctor(actor: Actor) -> UUID:
    if actor.role != Role.DOCTOR or actor.doctor_id is None:
        raise Forbidden()
    return actor.doctor_id
