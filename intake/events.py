"""What intake announces. The live message names the visit's doctor, so that the right screens ask again."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class IntakeSubmitted(Event):
    """A form was sent in, by the patient or from paper; `subject_id` is the form's id, `revision` counts from 1."""

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
    """Anything else about a form: made, opened, reviewed. `subject_id` is the visit's id."""

    live = "appointment_updated"
    object_type: ClassVar[str] = "appointment"

    form_id: UUID
