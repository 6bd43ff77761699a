"""What the patient list announces."""

from dataclasses import dataclass
from typing import ClassVar

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PatientRegistered(Event):
    """A new patient of the clinic; open screens need not hear of it."""

    object_type: ClassVar[str] = "patient"
