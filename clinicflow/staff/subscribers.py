"""Subscribers: emails for invitations and password resets, and the end of sessions that lack a second factor."""

from clinicflow.accounts.models import User
from clinicflow.core.events import subscribe
from clinicflow.jobs.queue import enqueue
from clinicflow.staff.events import PasswordResetAsked, PersonInvited
from clinicflow.staff.operations import sign_in


@subscribe(PersonInvited)
def send_invitation(event: PersonInvited) -> None:
    _enqueue_email("clinics.send_invitation", event)


@subscribe(PasswordResetAsked)
def send_password_reset(event: PasswordResetAsked) -> None:
    _enqueue_email("clinics.send_password_reset", event)


def end_sessions(sender: object, user: User, **_: object) -> None:
    """Receives django-allauth's signal that a second factor was removed; there is no adapter method for it."""
    sign_in.end_sessions_without_second_factor(user)


def _enqueue_email(kind: str, event: PersonInvited | PasswordResetAsked) -> None:
    key = f"{event.subject_id}:{event.at.isoformat()}"
    enqueue(kind, clinic_id=event.clinic_id, key=key, args={"user_id": str(event.subject_id)})
