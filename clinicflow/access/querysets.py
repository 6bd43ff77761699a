"""Querysets of a clinic's rows, scoped to what an actor may see."""

from typing import Any, Self, TypeVar, cast
from uuid import UUID

from django.db import models

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core.errors import NotFound

M = TypeVar("M", bound=models.Model)


class RowQuerySet(models.QuerySet[M]):
    """Reads of a single row that raise NotFound, whether the row is absent or filtered out."""

    def fetch(self, pk: UUID | str) -> M:
        """The row, or NotFound."""
        row = self.filter(pk=pk).first()
        if row is None:
            raise NotFound()
        return row

    def lock(self, pk: UUID | str) -> M:
        """The row, locked until the transaction ends (FOR UPDATE of itself only), or NotFound."""
        row = self.select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None:
            raise NotFound()
        return row


class ClinicQuerySet(RowQuerySet[M]):
    """Rows of one clinic. Every read by an actor starts at `visible_to`; subclasses narrow it by role."""

    roles: frozenset[Role] = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.SYSTEM})

    @property
    def constants(self) -> Any:
        """The model, for its choices and constants, which its type variable does not know."""
        return self.model

    def of_clinic(self, actor: Actor) -> Self:
        """All of the clinic's rows, for totals that identify no patient; only metrics may start here."""
        return self.filter(clinic_id=actor.clinic_id)

    def visible_to(self, actor: Actor) -> Self:
        """The rows that this actor may see, by the role table of the domain rules."""
        if actor.role not in self.roles:
            return self.none()
        return self.of_clinic(actor)

    def visible_related(self, field: str, actor: Actor) -> "ClinicQuerySet[models.Model]":
        """The rows that the foreign key `field` refers to, as far as this actor may see them."""
        related = cast("type[models.Model]", self.model._meta.get_field(field).related_model)
        return cast("ClinicQuerySet[models.Model]", related._default_manager.all()).visible_to(actor)


class StaffQuerySet(ClinicQuerySet[M]):
    """Rows that every staff member, owners included, and every patient may see: the clinic's own facts."""

    roles = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.OWNER, Role.PATIENT, Role.SYSTEM})
