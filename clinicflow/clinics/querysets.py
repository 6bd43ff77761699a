from typing import Self
from uuid import UUID

from django.db.models import Case, F, Q, When

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import M, RowQuerySet, StaffQuerySet
from clinicflow.access.roles import Role
from clinicflow.core.errors import NotFound

JOINED = Q(invited_at=None) | Q(joined_at__isnull=False)  # of a membership


class DoctorQuerySet(StaffQuerySet[M]):
    def looked_after_by(self, actor: Actor) -> Self:
        """The doctors whom the actor manages: all, or for a doctor only their own row."""
        return self.filter(pk=actor.doctor_id) if actor.role == Role.DOCTOR else self

    def active(self) -> Self:
        return self.filter(is_active=True)


class DoctorSettingsQuerySet(StaffQuerySet[M]):
    def editable_by(self, actor: Actor) -> Self:
        """The settings that the actor may change: the front desk all, a doctor their own, others none."""
        rows = self.visible_to(actor)
        if actor.role == Role.DOCTOR:
            return rows.filter(doctor_id=actor.doctor_id)
        return rows if actor.role == Role.FRONT_DESK else rows.none()

    def fetch_of(self, doctor_id: UUID | None) -> M:
        """The settings of a doctor. NotFound if not in this queryset."""
        row = self.filter(doctor_id=doctor_id).first()
        if row is None:
            raise NotFound()
        return row


class MembershipQuerySet(RowQuerySet[M]):
    """Memberships. They are read before a clinic's database scope is open, and refer to no patient."""

    def active(self) -> Self:
        return self.filter(status="active", user__status="active")

    def pending(self) -> Self:
        """With an invitation that has not been accepted."""
        return self.filter(invited_at__isnull=False, joined_at=None)

    def joined(self) -> Self:
        """Without an open invitation."""
        return self.filter(JOINED)

    def with_listed_name(self) -> Self:
        """With `listed_name`, the database's `shown_name`: what the clinic may order and search by."""
        accepted = When(JOINED | Q(invited_as=""), then=F("user__name"))
        return self.annotate(listed_name=Case(accepted, default=F("invited_as")))

    def lock(self, pk: UUID | str) -> M:
        """The membership with user and clinic, locked until the transaction ends. NotFound if not in this queryset."""
        return super(MembershipQuerySet, self.select_related("user", "clinic")).lock(pk)

    def visible_to(self, actor: Actor) -> Self:
        """The clinic's memberships for the front desk and owners; a doctor's own memberships for the doctor."""
        rows = self.filter(clinic_id=actor.clinic_id)
        return rows if actor.role in {Role.FRONT_DESK, Role.OWNER} else rows.filter(user_id=actor.user_id)
