import datetime as dt
from typing import Self
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import M, RowQuerySet


class AuditLogQuerySet(RowQuerySet[M]):
    """Audit entries of one clinic, visible to its front desk and its owners."""

    roles = frozenset({"admin", "owner"})

    def visible_to(self, actor: Actor) -> Self:
        """The clinic's entries; none for other roles. The serializer limits what owners see of an entry."""
        if str(actor.role) not in self.roles:
            return self.none()
        return self.filter(clinic_id=actor.clinic_id)

    def matching(
        self,
        *,
        user: UUID | None = None,
        action: str = "",
        resource_type: str = "",
        resource_id: str = "",
        outcome: str = "",
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
    ) -> Self:
        """Entries by user, action, resource, outcome and time (`since` ≤ at < `until`); empty filters are ignored.

        These are the filters of the audit page and of the API.
        """
        filters = {
            "user_id": user,
            "action": action,
            "resource_type": resource_type,
            "resource_id": resource_id,
            "outcome": outcome,
            "at__gte": since,
            "at__lt": until,
        }
        return self.filter(**{name: value for name, value in filters.items() if value})
