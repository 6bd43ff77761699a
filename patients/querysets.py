from typing import Self

from django.db.models import Q

from clinicflow.clinics.actors import Actor, Role
from clinicflow.clinics.querysets import ClinicQuerySet


class PatientQuerySet(ClinicQuerySet):
    """Patients: all of them for the front desk, their own for a doctor, none for an owner."""

    roles = frozenset({Role.ADMIN, Role.DOCTOR, Role.PATIENT, Role.SYSTEM})

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if actor.role == Role.DOCTOR:
            own = self.model.objects.filter(
                appointments__doctor_id=actor.doctor_id, appointments__deleted_at=None, clinic_id=actor.clinic_id
            )
            return rows.filter(Q(primary_doctor_id=actor.doctor_id) | Q(pk__in=own.values("pk")))
        if actor.role == Role.PATIENT:
            return rows.filter(pk=actor.patient_id)
        return rows

    def current(self) -> Self:
        """Without those merged into another record."""
        return self.filter(merged_into=None)
