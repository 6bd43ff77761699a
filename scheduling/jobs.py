"""The schedule's work by the clock, and the messages that leave for it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from clinicflow.access.actor import Actor, system_actor
from clinicflow.clinics.models import Clinic
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs.registry import job, periodic
from scheduling.operations import change_notices, messages, no_shows, waitlist


@periodic("scheduling.no_shows", every=60)
def mark_no_shows(*, clinic_id: UUID) -> None:
    no_shows.mark_overdue(_clinic_itself(clinic_id), at=clock.now())


def on_offer_failed(*, clinic_id: UUID, message_id: str, **_: Any) -> None:
    messages.mark_failed(_clinic_itself(clinic_id), UUID(message_id), error="not-sent")


@job(waitlist.JOB, atomic=False, on_death=on_offer_failed)
def send_offer(*, clinic_id: UUID, message_id: str) -> None:
    """Hand the offer to its provider, if it still stands, and note what became of it."""
    actor = _clinic_itself(clinic_id)
    with tenant(actor.scope()):
        message = waitlist.offer_to_send(actor, UUID(message_id))
        if message is not None:
            messages.deliver(actor, message, subject=actor.clinic_name, text=message.body)


def on_notice_failed(*, clinic_id: UUID, message_id: str) -> None:
    on_offer_failed(clinic_id=clinic_id, message_id=message_id)
    change_notices.record_delivery(_clinic_itself(clinic_id), UUID(message_id))


@job(change_notices.JOB, atomic=False, on_death=on_notice_failed)
def send_change_notice(*, clinic_id: UUID, message_id: str) -> None:
    """Hand the word of a change to its provider and note what became of it, in short transactions."""
    actor = _clinic_itself(clinic_id)
    with tenant(actor.scope()):
        letter = change_notices.finalize(actor, UUID(message_id))
        if letter is not None:
            messages.deliver(actor, letter.message, subject=letter.subject, text=letter.message.body)
        change_notices.record_delivery(actor, UUID(message_id))


def _clinic_itself(clinic_id: UUID) -> Actor:
    clinic = Clinic.objects.get(pk=clinic_id)
    return replace(system_actor(clinic.pk, clinic.timezone), clinic_name=clinic.name)
