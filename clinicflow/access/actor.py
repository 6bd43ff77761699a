"""The actor: a staff member, a patient with a link, or the system. Every operation takes one as its first argument."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from clinicflow.access.roles import Role
from clinicflow.core.errors import Forbidden
from clinicflow.core.events import Event, publish
from clinicflow.db import Scope

FRONT_DESK = frozenset({Role.FRONT_DESK, Role.SYSTEM})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A user, patient or the system, acting in one clinic in one role. `timezone` is the clinic's IANA zone."""

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
    tab: str = ""  # the browser tab of this request, which skips the live events that it caused

    @property
    def is_staff(self) -> bool:
        return self.role in {Role.FRONT_DESK, Role.DOCTOR, Role.OWNER}

    @property
    def is_front_desk(self) -> bool:
        """Whether this actor may do what the front desk does: its members, and the system acting for them."""
        return self.role in FRONT_DESK

    def require_front_desk(self) -> None:
        """Forbidden unless `is_front_desk`."""
        if not self.is_front_desk:
            raise Forbidden()

    @property
    def kind(self) -> str:
        """The kind of actor in the audit log: `user`, `patient` or `system`."""
        if self.role == Role.PATIENT:
            return "patient"
        return "system" if self.role == Role.SYSTEM else "user"

    def scope(self) -> Scope:
        """The database scope of this actor: its clinic, and the identity for the audit triggers."""
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
    """The system as an actor in one clinic, for jobs and the demo."""
    return Actor(clinic_id=clinic_id, role=Role.SYSTEM, timezone=timezone, name="ClinicFlow")


class Saved(Protocol):
    """A row with its primary key."""

    @property
    def pk(self) -> UUID: ...


def publish_for(
    actor: Actor, event: type[Event], row: Saved, *, doctor_ids: Iterable[UUID | None] = (), **fields: Any
) -> None:
    """Publish an event about a row of the actor's clinic, with the browser tab that caused it as its origin.

    `doctor_ids` are the doctors whose screens it concerns; None is left out. `fields` are the event's own.
    """
    publish(
        event(
            clinic_id=actor.clinic_id,
            subject_id=row.pk,
            doctor_ids=tuple(doctor_id for doctor_id in doctor_ids if doctor_id is not None),
            origin=actor.tab,
            **fields,
        )
    )
