"""What summaries announce. Ids and states only."""

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
