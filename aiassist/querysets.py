from typing import Self
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import ClinicQuerySet, M
from clinicflow.access.roles import Role
from scheduling.querysets import OfDoctorQuerySet


class SummaryQuerySet(ClinicQuerySet[M]):
    """Summaries: the content is for the patient's doctors; the front desk may see that there is one."""

    roles = frozenset({Role.DOCTOR, Role.SYSTEM})

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if actor.role == Role.DOCTOR:
            return rows.filter(patient_id__in=self.visible_related("patient", actor).values("pk"))
        return rows

    def states_visible_to(self, actor: Actor) -> Self:
        """For the front desk too, which reads them without a word of content: ids, status and times only."""
        if actor.role != Role.FRONT_DESK:
            return self.visible_to(actor)
        return self.of_clinic(actor).defer(
            "summary_text", "patient_concerns", "medications", "allergies", "key_notes", "items"
        )

    def newest(self) -> Self:
        """Only the newest version of each visit's summary."""
        return self.filter(is_newest=True)


class InteractionQuerySet(OfDoctorQuerySet[M]):
    """Conversations: all for the front desk, those about their own visits for a doctor, none for an owner.

    Those about a deleted visit are hidden with it.
    """

    def visible_to(self, actor: Actor) -> Self:
        return super().visible_to(actor).filter(appointment__deleted_at=None)

    def waiting_for_a_person(self) -> Self:
        return self.filter(needs_attention=True, resolved_at=None)

    def about(self, appointment_id: UUID) -> Self:
        return self.filter(appointment_id=appointment_id).order_by("created_at", "id")


class DangerAlertQuerySet(ClinicQuerySet[M]):
    """Alerts of danger: all for the front desk, those of their own appointments for a doctor, none for an owner."""

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor).filter(appointment__deleted_at=None)
        return rows.filter(appointment__doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else rows

    def open(self) -> Self:
        """Not resolved yet, the newest first."""
        return self.filter(resolved_at=None).order_by("-found_at", "id")

    def of_appointment(self, appointment_id: UUID) -> Self:
        return self.filter(appointment_id=appointment_id)


class ModelUseQuerySet(ClinicQuerySet[M]):
    """Spend and state of the model: for whoever runs the clinic. No patient is in it."""

    roles = frozenset({Role.FRONT_DESK, Role.OWNER, Role.SYSTEM})
