"""Work that follows bookings and the clock."""

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
    """The form of a new visit, and its link on the way."""
    deliveries.prepare(clinic_actor(clinic_id), UUID(appointment_id))


def on_link_failed(*, clinic_id: UUID, message_id: str, **_: Any) -> None:
    messages.mark_failed(clinic_actor(clinic_id), UUID(message_id), error="not-sent")


@job(deliveries.JOB, atomic=False, on_death=on_link_failed)
def send_link(*, clinic_id: UUID, message_id: str) -> None:
    """Make the link, hand the message to its provider, note what became of it: three short transactions."""
    actor = clinic_actor(clinic_id)
    with tenant(actor.scope()):
        letter = deliveries.finalize(actor, UUID(message_id))
        if letter is not None:
            messages.deliver(actor, letter.message, subject=letter.subject, text=letter.text)
            deliveries.mark_sent(actor, letter.message)


@periodic("intake.reminders", every=600)
def remind(*, clinic_id: UUID) -> None:
    """The reminders that are due now."""
    deliveries.remind(clinic_actor(clinic_id), clock.now())
