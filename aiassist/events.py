"""What summaries and conversations announce. Ids and states only."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SummaryWanted(Event):
    """A version of a summary was opened and waits to be made. `subject_id` is the summary's."""

    object_type: ClassVar[str] = "summary"


@dataclass(frozen=True, kw_only=True)
class SummaryReady(Event):
    """A summary changed its state or content: made, failed, edited, reviewed. `subject_id` is the summary's."""

    live: ClassVar[str | None] = "summary_ready"
    object_type: ClassVar[str] = "summary"

    appointment_id: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class SummaryFailed(SummaryReady):
    """No summary could be made; the doctor sees that, with a retry."""


@dataclass(frozen=True, kw_only=True)
class ModelTrialWanted(Event):
    """Somebody wants to know whether the model answers. `subject_id` is the clinic's."""

    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class InteractionCreated(Event):
    """A conversation about a visit began. `subject_id` is the interaction's; what is said in it later is an
    `AppointmentUpdated` of the visit."""

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
    """A conversation waits for a person from now on. `subject_id` is the interaction's."""

    live: ClassVar[str | None] = "ai_needs_attention"
    object_type: ClassVar[str] = "interaction"

    appointment_id: UUID
    reason: str
