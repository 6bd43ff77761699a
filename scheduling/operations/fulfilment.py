"""Close the follow-up or waitlist entry that a booking fulfils."""

from uuid import UUID

from clinicflow.access.actor import Actor
from scheduling.errors import FollowUpClosed, WaitlistClosed
from scheduling.models import Appointment, FollowUp, WaitlistEntry


def lock_follow_up(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """The pending follow-up, locked. FollowUpClosed for any other status."""
    follow_up: FollowUp = FollowUp.objects.visible_to(actor).lock(follow_up_id)
    if follow_up.status != FollowUp.Status.PENDING:
        raise FollowUpClosed()
    return follow_up


def fulfil_follow_up(follow_up: FollowUp, appointment: Appointment) -> None:
    """Mark the follow-up as scheduled with the appointment."""
    follow_up.status = FollowUp.Status.SCHEDULED
    follow_up.booked_appointment = appointment
    follow_up.save(update_fields=["status", "booked_appointment", "updated_at"])


def lock_waitlist_entry(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """The waiting or offered entry, locked. WaitlistClosed for any other status."""
    entry: WaitlistEntry = WaitlistEntry.objects.visible_to(actor).lock(entry_id)
    if entry.status not in WaitlistEntry.OPEN:
        raise WaitlistClosed()
    return entry


def fulfil_waitlist_entry(entry: WaitlistEntry, appointment: Appointment) -> None:
    """Mark the entry as booked with the appointment."""
    entry.status = WaitlistEntry.Status.BOOKED
    entry.booked_appointment = appointment
    entry.save(update_fields=["status", "booked_appointment", "updated_at"])
