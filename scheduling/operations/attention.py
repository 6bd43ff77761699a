"""Mark appointments whose patient is waiting for a staff member's reply."""

from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from scheduling.events import AppointmentUpdated
from scheduling.models import Appointment
from scheduling.operations.appointments.shared_steps import publish_change, save


@transaction.atomic
def mark(actor: Actor, appointment_id: UUID, reason: str) -> Appointment:
    """Set why the appointment needs attention, or clear it with an empty reason. Publishes an event on a change."""
    appointment: Appointment = Appointment.objects.visible_to(actor).lock(appointment_id)
    if appointment.attention_reason == reason and appointment.needs_attention == bool(reason):
        return appointment
    appointment.needs_attention, appointment.attention_reason = bool(reason), reason
    save(appointment, "needs_attention", "attention_reason")
    publish_change(actor, AppointmentUpdated, appointment, action="attention")
    return appointment
