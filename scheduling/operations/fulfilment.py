"""What a booking fulfils: a follow-up that was due, a patient who waited."""

from typing import Any
from uuid import UUID

from clinicflow.access.actor import Actor
from scheduling.errors import FollowUpClosed, WaitlistClosed
from scheduling.models import Appointment, FollowUp, WaitlistEntry


def lock_follow_up(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """The follow-up, locked, or FollowUpClosed unless it is pending."""
    follow_up: FollowUp = FollowUp.objects.visible_to(actor).lock(follow_up_id)
    if follow_up.status != FollowUp.Status.PENDING:
        raise FollowUpClosed()
    return follow_up


def fulfil_follow_up(follow_up: FollowUp, visit: Appointment) -> None:
    follow_up.status = FollowUp.Status.SCHEDULED
    follow_up.booked_appointment = visit
    follow_up.save(update_fields=["status", "booked_appointment", "updated_at"])


def lock_waitlist_entry(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """The entry, locked, or WaitlistClosed unless the patient still waits."""
    rows: Any = WaitlistEntry.objects.visible_to(actor)
    entry: WaitlistEntry = rows.lock(entry_id)
    if entry.status not in {WaitlistEntry.Status.WAITING, WaitlistEntry.Status.OFFERED}:
        raise WaitlistClosed()
    return entry


def fulfil_waitlist_entry(entry: WaitlistEntry, visit: Appointment) -> None:
    entry.status = WaitlistEntry.Status.BOOKED
    entry.booked_appointment = visit
    entry.save(update_fields=["status", "booked_appointment", "updated_at"])
