"""Querysets of summaries, conversations and model usage: what each role sees."""

from typing import Self
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import ClinicQuerySet, M
from clinicflow.access.roles import Role
from scheduling.querysets import OfDoctorQuerySet


class SummaryQuerySet(ClinicQuerySet[M]):
    """Intake summaries: content for the patient's doctors, state for the front desk."""

    roles = frozenset({Role.DOCTOR, Role.SYSTEM})

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if actor.role == Role.DOCTOR:
            return rows.filter(patient_id__in=self.visible_related("patient", actor).values("pk"))
        return rows

    def states_visible_to(self, actor: Actor) -> Self:
        """Like `visible_to`, and for the front desk with the content deferred: ids, status and times only."""
        if actor.role != Role.FRONT_DESK:
            return self.visible_to(actor)
        return self.of_clinic(actor).defer(
            "summary_text", "patient_concerns", "medications", "allergies", "key_notes", "items"
        )

    def newest(self) -> Self:
        """The newest version of each visit's summary."""
        return self.filter(is_newest=True)


class InteractionQuerySet(OfDoctorQuerySet[M]):
    """Conversations: all for the front desk, those about their own visits for a doctor, none for an owner.

    Conversations about a deleted visit are hidden.
    """

    def visible_to(self, actor: Actor) -> Self:
        return super().visible_to(actor).filter(appointment__deleted_at=None)

    def needing_a_reply(self) -> Self:
        """Escalated and not resolved."""
        return self.filter(needs_attention=True, resolved_at=None)

    def about(self, appointment_id: UUID) -> Self:
        """Conversations about one visit, the oldest first."""
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
    """Usage and state of the model, for the front desk and the owner. It names no patient."""

    roles = frozenset({Role.FRONT_DESK, Role.OWNER, Role.SYSTEM})
