"""Writes of open invitations: resend, cancel and accept; and password resets for members."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.accounts.operations import users
from clinicflow.audit.log import record
from clinicflow.clinics.models import Membership
from clinicflow.core import clock
from clinicflow.core.events import publish
from clinicflow.staff.errors import NotInvited, StillInvited
from clinicflow.staff.events import PasswordResetAsked, PersonInvited
from clinicflow.staff.operations.members import memberships_of_user


@transaction.atomic
def resend(actor: Actor, user_id: UUID, *, at: dt.datetime) -> None:
    """Send the invitation again, with a new link. NotInvited if it has been accepted."""
    pending = _pending(actor, user_id)
    for membership in pending:
        membership.invited_at = at
        membership.save(update_fields=["invited_at", "updated_at"])
    record(actor, "invitation.sent", resource_type="users", resource_id=user_id)
    publish(PersonInvited(clinic_id=actor.clinic_id, subject_id=user_id, at=at))


@transaction.atomic
def cancel(actor: Actor, user_id: UUID) -> None:
    """Cancel the invitation and delete its roles. The link ends if the user has no other membership. NotInvited."""
    pending = _pending(actor, user_id)
    record(actor, "invitation.cancelled", resource_type="users", resource_id=user_id)
    for membership in pending:
        membership.delete()
    if not Membership.objects.filter(user_id=user_id).exists():
        users.invalidate_links(pending[0].user)


@transaction.atomic
def send_password_reset(actor: Actor, user_id: UUID, *, at: dt.datetime) -> None:
    """Send the member a link for a new password; the current one works until then.

    StillInvited if the invitation has not been accepted.
    """
    if any(membership.is_pending for membership in memberships_of_user(actor, user_id)):
        raise StillInvited()
    record(actor, "password_reset.sent", resource_type="users", resource_id=user_id)
    publish(PasswordResetAsked(clinic_id=actor.clinic_id, subject_id=user_id, at=at))


@transaction.atomic
def record_acceptance(membership: Membership) -> None:
    """Record that the invitation was accepted, for all its roles. Does nothing for a membership that is not pending."""
    if membership.is_pending:
        rows = Membership.objects.pending().filter(user_id=membership.user_id, clinic_id=membership.clinic_id)
        now = clock.now()
        rows.update(joined_at=now, updated_at=now)


def _pending(actor: Actor, user_id: UUID) -> Sequence[Membership]:
    memberships = memberships_of_user(actor, user_id)
    if not all(membership.is_pending for membership in memberships):
        raise NotInvited()
    return memberships
