from typing import Self

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import ClinicQuerySet, M, StaffQuerySet
from clinicflow.access.roles import Role


class QuestionnaireQuerySet(StaffQuerySet[M]):
    """Questionnaires, visible to every role of the clinic."""

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def current(self) -> Self:
        """Published versions that are not replaced by a newer one."""
        return self.published().filter(retired_at=None)


class IntakeFormQuerySet(ClinicQuerySet[M]):
    """Forms: all for the front desk (which may read administrative answers only), for others their own."""

    roles = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.PATIENT, Role.SYSTEM})

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if actor.role == Role.PATIENT:
            return rows.filter(patient_id=actor.patient_id)
        if actor.role == Role.DOCTOR:
            return rows.filter(patient_id__in=self.visible_related("patient", actor).values("pk"))
        return rows
