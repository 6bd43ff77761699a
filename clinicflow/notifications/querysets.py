from typing import Self
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import ClinicQuerySet, M
from clinicflow.access.roles import Role


class OwnQuerySet(ClinicQuerySet[M]):
    """Rows visible to one user in one role, and to the system."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.of_clinic(actor)
        return rows if actor.role == Role.SYSTEM else rows.of(actor.user_id, str(actor.role))

    def of(self, user_id: UUID | None, role: str) -> Self:
        return self.filter(user_id=user_id, role=role)


class NotificationQuerySet(OwnQuerySet[M]):
    def in_app(self) -> Self:
        """Those that the notification menu shows."""
        return self.filter(in_app=True)

    def unread(self) -> Self:
        """Shown in the notification menu and not read yet."""
        return self.in_app().filter(read_at=None)

    def to_mail(self) -> Self:
        """Those to be emailed and not part of an email yet."""
        return self.filter(wants_email=True, emailed_at=None, mail_id=None)


class PreferenceQuerySet(OwnQuerySet[M]):
    """Preferences by user and role."""
