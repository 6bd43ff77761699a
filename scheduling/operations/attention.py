"""Mark appointments whose patient is waiting for a staff member's reply."""

from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from scheduling.events import AppointmentUpdated
from scheduling.models import Appointment
from scheduling.operations.appointments.appointment_changes import publish_change, save


@transaction.atomic
def mark(actor: Actor, appointment_id: UUID, reason: str, *, publish: bool = False) -> Appointment:
    """Set why the appointment needs attention, or clear it with an empty reason.

    Publishes an event on a change; with `publish` in any case, for a change of what waits under the same reason.
    """
    appointment: Appointment = Appointment.objects.visible_to(actor).lock(appointment_id)
    is_changed = appointment.attention_reason != reason or appointment.needs_attention != bool(reason)
    if is_changed:
        appointment.needs_attention, appointment.attention_reason = bool(reason), reason
        save(appointment, "needs_attention", "attention_reason")
    if is_changed or publish:
        publish_change(actor, AppointmentUpdated, appointment, action="attention")
    return appointment
