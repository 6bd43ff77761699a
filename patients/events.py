"""Events about patient records; they carry ids only."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PatientEvent(Event):
    """Base of events about one patient; `subject_id` is the patient's id. Not sent to open pages."""

    object_type: ClassVar[str] = "patient"


@dataclass(frozen=True, kw_only=True)
class PatientRegistered(PatientEvent):
    """A patient was added."""


@dataclass(frozen=True, kw_only=True)
class PatientUpdated(PatientEvent):
    """A record was updated."""


@dataclass(frozen=True, kw_only=True)
class PatientsMerged(PatientEvent):
    """The record `subject_id` was merged into `into`; its rows refer to `into` already."""

    into: UUID


@dataclass(frozen=True, kw_only=True)
class PatientOptedOut(PatientEvent):
    """The patient opted out of `channel`."""

    channel: str
