"""Update the intake status of appointments: missing, sent, completed."""

from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from scheduling.events import AppointmentUpdated
from scheduling.models import Appointment
from scheduling.operations.appointments.shared_steps import publish_change, save


@transaction.atomic
def mark(actor: Actor, appointment_id: UUID, status: str) -> Appointment:
    """Set the intake status. Publishes an event on a change; `completed` is never set back to `sent`."""
    appointment: Appointment = Appointment.objects.visible_to(actor).lock(appointment_id)
    completed = appointment.intake_status == Appointment.IntakeStatus.COMPLETED
    if appointment.intake_status == status or (completed and status == Appointment.IntakeStatus.SENT):
        return appointment
    appointment.intake_status = status
    save(appointment, "intake_status")
    publish_change(actor, AppointmentUpdated, appointment, action="intake")
    return appointment
