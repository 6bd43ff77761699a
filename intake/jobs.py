"""Jobs of intake: forms of new appointments, links and reminders."""

from typing import Any
from uuid import UUID

from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs.registry import job, periodic
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from intake.operations import deliveries
from scheduling.operations import messages


@job("intake.prepare")
def prepare(*, clinic_id: UUID, appointment_id: str) -> None:
    """Create the form of a new appointment and send its link."""
    deliveries.prepare(clinic_actor(clinic_id), UUID(appointment_id))


def on_link_failed(*, clinic_id: UUID, message_id: str, **_: Any) -> None:
    """Mark the message as failed when its job is out of retries."""
    messages.mark_failed(clinic_actor(clinic_id), UUID(message_id), error="not-sent")


@job(deliveries.SEND_LINK_JOB, atomic=False, on_death=on_link_failed)
def send_link(*, clinic_id: UUID, message_id: str) -> None:
    """Create the link, send the message and record the result, in three short transactions."""
    actor = clinic_actor(clinic_id)
    with tenant(actor.scope()):
        outgoing = deliveries.finalize(actor, UUID(message_id))
        if outgoing is not None:
            messages.deliver(actor, outgoing.message, subject=outgoing.subject, text=outgoing.text)
            deliveries.mark_sent(actor, outgoing.message)


@periodic("intake.reminders", every=600)
def remind(*, clinic_id: UUID) -> None:
    """Queue the reminders that are due now."""
    deliveries.remind(clinic_actor(clinic_id), clock.now())
