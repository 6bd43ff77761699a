from typing import Any, Self

from django.db import models


class AuditLogQuerySet(models.QuerySet[Any]):
    """The log of one clinic, for its front desk and its owners."""

    roles = frozenset({"admin", "owner"})

    def visible_to(self, actor: Any) -> Self:
        """The clinic's entries. What owners may read of an entry is up to its serializer."""
        if str(actor.role) not in self.roles:
            return self.none()
        return self.filter(clinic_id=actor.clinic_id)
