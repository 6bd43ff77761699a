"""Events of summaries and conversations. They carry ids and states only."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SummaryRequested(Event):
    """A version of a summary was created and is to be generated. `subject_id` is the summary's."""

    object_type: ClassVar[str] = "summary"


@dataclass(frozen=True, kw_only=True)
class SummaryReady(Event):
    """A summary changed its state or content: generated, failed, edited, reviewed. `subject_id` is the summary's."""

    live: ClassVar[str | None] = "summary_ready"
    object_type: ClassVar[str] = "summary"

    appointment_id: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class SummaryFailed(SummaryReady):
    """A summary could not be generated; the doctor can retry."""


@dataclass(frozen=True, kw_only=True)
class ModelTrialRequested(Event):
    """A test of the model connection was requested. `subject_id` is the clinic's."""

    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class InteractionCreated(Event):
    """A conversation about a visit was created. `subject_id` is the interaction's.

    Later entries publish an `AppointmentUpdated` of the visit.
    """

    live: ClassVar[str | None] = "ai_interaction_created"
    object_type: ClassVar[str] = "interaction"

    appointment_id: UUID
    channel: str


@dataclass(frozen=True, kw_only=True)
class DangerFound(Event):
    """A patient may be in danger. `subject_id` is the alert's; open screens get an update of the appointment."""

    object_type: ClassVar[str] = "danger_alert"

    appointment_id: UUID


@dataclass(frozen=True, kw_only=True)
class AttentionNeeded(Event):
    """A conversation was escalated to the front desk. `subject_id` is the interaction's."""

    live: ClassVar[str | None] = "ai_needs_attention"
    object_type: ClassVar[str] = "interaction"

    appointment_id: UUID
    reason: str
