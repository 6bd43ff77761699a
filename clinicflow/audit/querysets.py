import datetime as dt
from typing import Any, Self
from uuid import UUID

from django.db import models


class AuditLogQuerySet(models.QuerySet[Any]):
    """The log of one clinic, for its front desk and its owners."""

    roles = frozenset({"admin", "owner"})

    def visible_to(self, actor: Any) -> Self:
        """The clinic's entries. What owners may read of an entry is up to its serializer."""
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
        """Those of a person, a kind, a thing, a time from one instant to before another; what is empty narrows nothing.

        The page and the API ask by this.
        """
        asked = {
            "user_id": user,
            "action": action,
            "resource_type": resource_type,
            "resource_id": resource_id,
            "outcome": outcome,
            "at__gte": since,
            "at__lt": until,
        }
        return self.filter(**{name: value for name, value in asked.items() if value})
