"""What the patient list announces: ids only."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PatientEvent(Event):
    """Something about one patient's record; `subject_id` is its id. Open screens need not hear of it."""

    object_type: ClassVar[str] = "patient"


@dataclass(frozen=True, kw_only=True)
class PatientRegistered(PatientEvent):
    """A new patient of the clinic."""


@dataclass(frozen=True, kw_only=True)
class PatientUpdated(PatientEvent):
    """A record was corrected."""


@dataclass(frozen=True, kw_only=True)
class PatientsMerged(PatientEvent):
    """Everything of `subject_id` belongs to `into` now; the rows have moved already."""

    into: UUID


@dataclass(frozen=True, kw_only=True)
class PatientOptedOut(PatientEvent):
    """The patient wants no more messages over `channel`."""

    channel: str
