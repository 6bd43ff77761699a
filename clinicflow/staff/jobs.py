"""Jobs: emails to members, and the purge of expired idempotency records, sessions and cookies."""

import datetime as dt
from importlib import import_module
from uuid import UUID

from django.conf import settings

from clinicflow.accounts.operations import sessions
from clinicflow.api.idempotency import delete_expired
from clinicflow.clinics.models import Membership
from clinicflow.core import clock
from clinicflow.jobs.registry import job, periodic
from clinicflow.staff import emails

SESSION_RETENTION = dt.timedelta(days=30)  # after their end; the audit log keeps their actions


@periodic("clinics.clear_away", every=3600)
def purge_expired(*, clinic_id: UUID) -> None:
    """Delete idempotency records, ended sessions of the clinic's members, and expired Django sessions."""
    delete_expired(clinic_id)
    memberships = Membership.objects.filter(clinic_id=clinic_id).values_list("pk", flat=True)
    sessions.delete_ended(list(memberships), before=clock.now() - SESSION_RETENTION)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@job("clinics.send_invitation", atomic=False)
def send_invitation(*, clinic_id: UUID, user_id: str) -> None:
    """Email the invitation, unless it has been accepted or cancelled."""
    emails.send(emails.invitation(clinic_id, UUID(user_id)))


@job("clinics.send_password_reset", atomic=False)
def send_password_reset(*, clinic_id: UUID, user_id: str) -> None:
    """Email the link for a new password, unless the user is no longer a member."""
    emails.send(emails.password_reset(clinic_id, UUID(user_id)))
