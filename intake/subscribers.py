"""Subscribers to scheduling events; they run in the transaction of the event."""

from uuid import UUID

from clinicflow.access.actor import system_actor
from clinicflow.core.events import subscribe
from clinicflow.jobs.queue import enqueue
from intake.operations import forms, links
from scheduling.events import (
    AppointmentCancelled,
    AppointmentCreated,
    AppointmentDeleted,
    AppointmentMoveUndone,
    AppointmentReplaces,
)
from scheduling.models import Appointment
from scheduling.operations import messages


@subscribe(AppointmentCreated)
def prepare_form(event: AppointmentCreated) -> None:
    """Enqueue the creation of the appointment's form."""
    enqueue(
        "intake.prepare",
        clinic_id=event.clinic_id,
        key=str(event.subject_id),
        args={"appointment_id": str(event.subject_id)},
    )


@subscribe(AppointmentReplaces)
def carry_form_over(event: AppointmentReplaces) -> None:
    """Move form, links and queued messages to the new appointment, in the same transaction."""
    _carry(event.clinic_id, event.replaces, event.subject_id)


@subscribe(AppointmentMoveUndone)
def carry_form_back(event: AppointmentMoveUndone) -> None:
    """Move form, links and queued messages back to the original appointment."""
    _carry(event.clinic_id, event.replaced_by, event.subject_id)


@subscribe(AppointmentCancelled, AppointmentDeleted)
def cancel_messages(event: AppointmentCancelled | AppointmentDeleted) -> None:
    """Cancel the appointment's queued messages."""
    messages.cancel_queued(system_actor(event.clinic_id), event.subject_id)


def _carry(clinic_id: UUID, old_id: UUID, new_id: UUID) -> None:
    actor = system_actor(clinic_id)
    new = Appointment.objects.visible_to(actor).fetch(new_id)
    forms.carry_over(actor, old_id, new)
    links.carry_over(actor, old_id, new)
    messages.carry_over(actor, old_id, new)
