"""Events of sessions; clients do not receive them as live events."""

from dataclasses import dataclass
from uuid import UUID

from clinicflow.core.events import Event

NO_CLINIC = UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(Event):
    """A session was revoked; `subject_id` is its id. A session may have no clinic, so `clinic_id` is nil.

    `replaced` if a session under another membership has taken its place: the cookie is about to change.
    """

    object_type = "session"
    clinic_id: UUID = NO_CLINIC
    replaced: bool = False
