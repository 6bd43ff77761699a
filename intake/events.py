"""Events of intake. `doctor_ids` has the appointment's doctor, so that only the affected pages refresh."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class IntakeSubmitted(Event):
    """A form was submitted, by the patient or from paper; `subject_id` is the form's id, `revision` starts at 1."""

    live = "intake_completed"
    object_type: ClassVar[str] = "intake_form"

    appointment_id: UUID
    patient_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class AnswersSaved(Event):
    """Answers were saved while the form is being filled in; `subject_id` is the form's id. No screen refetches."""

    object_type: ClassVar[str] = "intake_form"


@dataclass(frozen=True, kw_only=True)
class IntakeChanged(Event):
    """A form was created, opened or reviewed; `subject_id` is the appointment's id."""

    live = "appointment_updated"
    object_type: ClassVar[str] = "appointment"

    form_id: UUID
