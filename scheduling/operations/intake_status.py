"""What the intake says about a visit's paperwork: missing, sent, completed."""

from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core.events import publish
from scheduling.events import AppointmentUpdated
from scheduling.models import Appointment


@transaction.atomic
def mark(actor: Actor, appointment_id: UUID, status: str) -> Appointment:
    """Set the visit's intake status and tell open screens, if it changes; `completed` is never taken back to `sent`."""
    appointment: Appointment = Appointment.objects.visible_to(actor).lock(appointment_id)
    done = appointment.intake_status == Appointment.IntakeStatus.COMPLETED
    if appointment.intake_status == status or (done and status == Appointment.IntakeStatus.SENT):
        return appointment
    appointment.intake_status = status
    appointment.version += 1
    appointment.save(update_fields=["intake_status", "version", "updated_at"])
    publish(
        AppointmentUpdated(
            clinic_id=appointment.clinic_id,
            subject_id=appointment.pk,
            doctor_ids=(appointment.doctor_id,),
            origin=actor.tab,
            patient_id=appointment.patient_id,
            action="intake",
        )
    )
    return appointment
