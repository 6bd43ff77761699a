"""What says on a visit that its patient waits for a person."""

from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core.events import publish
from scheduling.events import AppointmentUpdated
from scheduling.models import Appointment


@transaction.atomic
def mark(actor: Actor, appointment_id: UUID, reason: str) -> Appointment:
    """Say why the visit wants a person, or with an empty reason that it does not any more; open screens hear of a
    change."""
    visit: Appointment = Appointment.objects.visible_to(actor).lock(appointment_id)
    if visit.attention_reason == reason and visit.needs_attention == bool(reason):
        return visit
    visit.needs_attention, visit.attention_reason = bool(reason), reason
    visit.version += 1
    visit.save(update_fields=["needs_attention", "attention_reason", "version", "updated_at"])
    publish(
        AppointmentUpdated(
            clinic_id=visit.clinic_id,
            subject_id=visit.pk,
            doctor_ids=(visit.doctor_id,),
            origin=actor.tab,
            patient_id=visit.patient_id,
            action="attention",
        )
    )
    return visit
