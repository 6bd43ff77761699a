"""What happens to sign-ins. These stay inside: no screen shows them."""

from dataclasses import dataclass
from uuid import UUID

from clinicflow.core.events import Event

NOWHERE = UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(Event):
    """A sign-in has ended; `subject_id` is its row. It may have acted in no clinic, so `clinic_id` is nil."""

    object_type = "session"
    clinic_id: UUID = NOWHERE
