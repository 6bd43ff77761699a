"""Subscribers: enqueue the emails for invitations and password resets."""

from clinicflow.core.events import subscribe
from clinicflow.jobs.queue import enqueue
from clinicflow.staff.events import PasswordResetAsked, PersonInvited


@subscribe(PersonInvited)
def send_invitation(event: PersonInvited) -> None:
    _enqueue_email("clinics.send_invitation", event)


@subscribe(PasswordResetAsked)
def send_password_reset(event: PasswordResetAsked) -> None:
    _enqueue_email("clinics.send_password_reset", event)


def _enqueue_email(kind: str, event: PersonInvited | PasswordResetAsked) -> None:
    key = f"{event.subject_id}:{event.at.isoformat()}"
    enqueue(kind, clinic_id=event.clinic_id, key=key, args={"user_id": str(event.subject_id)})
