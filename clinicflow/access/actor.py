"""Who is acting: a member of staff, a patient by link, or the system itself. Every operation takes one first."""

from dataclasses import dataclass
from uuid import UUID

from clinicflow.access.roles import Role
from clinicflow.db import Scope


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody acting in one clinic under one role. `timezone` is the clinic's IANA zone."""

    clinic_id: UUID
    role: Role
    timezone: str = "UTC"
    clinic_name: str = ""
    name: str = ""
    user_id: UUID | None = None
    membership_id: UUID | None = None
    doctor_id: UUID | None = None
    patient_id: UUID | None = None
    session_id: UUID | None = None
    request_id: str = ""
    ip_address: str = ""
    user_agent: str = ""
    tab: str = ""  # the browser tab of this request, so that it can skip its own live echo

    @property
    def is_staff(self) -> bool:
        return self.role in {Role.ADMIN, Role.DOCTOR, Role.OWNER}

    @property
    def kind(self) -> str:
        """As the audit log names it: user, patient or system."""
        if self.role == Role.PATIENT:
            return "patient"
        return "system" if self.role == Role.SYSTEM else "user"

    def scope(self) -> Scope:
        """The database scope that this actor works in."""
        return Scope(
            clinic_id=self.clinic_id,
            user_id=self.user_id,
            actor_kind=self.kind,
            role=str(self.role),
            request_id=self.request_id,
            ip_address=self.ip_address,
            user_agent=self.user_agent,
        )


def system_actor(clinic_id: UUID, timezone: str = "UTC") -> Actor:
    """ClinicFlow itself, acting in one clinic: jobs and the demo."""
    return Actor(clinic_id=clinic_id, role=Role.SYSTEM, timezone=timezone, name="ClinicFlow")
