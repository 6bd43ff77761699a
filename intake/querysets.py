from typing import Self

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import ClinicQuerySet, M, StaffQuerySet
from clinicflow.access.roles import Role


class QuestionnaireQuerySet(StaffQuerySet[M]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def current(self) -> Self:
        """Published and not replaced by a newer version."""
        return self.published().filter(retired_at=None)


class IntakeFormQuerySet(ClinicQuerySet[M]):
    """Forms: the front desk (administrative answers only), the doctors of the patient, the patient by link."""

    roles = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.PATIENT, Role.SYSTEM})

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if actor.role == Role.PATIENT:
            return rows.filter(patient_id=actor.patient_id)
        if actor.role == Role.DOCTOR:
            return rows.filter(patient_id__in=self.visible_related("patient", actor).values("pk"))
        return rows
