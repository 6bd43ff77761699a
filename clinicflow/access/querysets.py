"""The way into a clinic's rows: every read starts at `visible_to`."""

from typing import Any, Self
from uuid import UUID

from django.db import models

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core.errors import NotFound


class ClinicQuerySet(models.QuerySet[Any]):
    """Rows of one clinic. `visible_to` is the door; subclasses narrow it by role."""

    roles: frozenset[Role] = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.SYSTEM})

    def of_clinic(self, actor: Actor) -> Self:
        """All of the clinic's rows, for totals that show nobody; only metrics may start here."""
        return self.filter(clinic_id=actor.clinic_id)

    def visible_to(self, actor: Actor) -> Self:
        """The rows that this actor may see, by the role table of the domain rules."""
        if actor.role not in self.roles:
            return self.none()
        return self.of_clinic(actor)

    def fetch(self, pk: UUID | str) -> Any:
        """The row, or NotFound when it is absent or invisible, which look the same."""
        row = self.filter(pk=pk).first()
        if row is None:
            raise NotFound()
        return row

    def lock(self, pk: UUID | str) -> Any:
        """The row, locked until the transaction ends (FOR UPDATE of itself only), or NotFound."""
        row = self.select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None:
            raise NotFound()
        return row


class StaffQuerySet(ClinicQuerySet):
    """Rows that every member of staff may see, owners included: the clinic's own facts."""

    roles = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.OWNER, Role.PATIENT, Role.SYSTEM})
