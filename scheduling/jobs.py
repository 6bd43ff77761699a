"""Periodic and queued jobs: no-shows, waitlist offers and change notices."""

from typing import Any
from uuid import UUID

from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs.registry import job, periodic
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from scheduling.operations import change_notices, messages, no_shows, waitlist


@periodic("scheduling.no_shows", every=60)
def mark_no_shows(*, clinic_id: UUID) -> None:
    """Mark overdue appointments of the clinic as no-shows."""
    no_shows.mark_overdue(clinic_actor(clinic_id), at=clock.now())


def on_offer_failed(*, clinic_id: UUID, message_id: str, **_: Any) -> None:
    """Mark the message as failed after the last attempt."""
    messages.mark_failed(clinic_actor(clinic_id), UUID(message_id), error="not-sent")


@job(waitlist.JOB, atomic=False, on_death=on_offer_failed)
def send_offer(*, clinic_id: UUID, message_id: str) -> None:
    """Send a waitlist offer that is still open, and store the outcome."""
    actor = clinic_actor(clinic_id)
    with tenant(actor.scope()):
        message = waitlist.offer_to_send(actor, UUID(message_id))
        if message is not None:
            messages.deliver(actor, message, subject=actor.clinic_name, text=message.body)


def on_notice_failed(*, clinic_id: UUID, message_id: str) -> None:
    """Mark the notice as failed after the last attempt, and publish that it was not delivered."""
    on_offer_failed(clinic_id=clinic_id, message_id=message_id)
    change_notices.record_delivery(clinic_actor(clinic_id), UUID(message_id))


@job(change_notices.JOB, atomic=False, on_death=on_notice_failed)
def send_change_notice(*, clinic_id: UUID, message_id: str) -> None:
    """Send a change notice and store the outcome, in short transactions."""
    actor = clinic_actor(clinic_id)
    with tenant(actor.scope()):
        outgoing = change_notices.finalize(actor, UUID(message_id))
        if outgoing is not None:
            messages.deliver(actor, outgoing.message, subject=outgoing.subject, text=outgoing.message.body)
        change_notices.record_delivery(actor, UUID(message_id))
