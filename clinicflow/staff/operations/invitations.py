"""Invitations after they were written: sending one again, taking one back, the first time somebody comes; and letting
a person choose a new password."""

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
    """Another e-mail, whose link works from now on. NotInvited if the person has come already."""
    pending = _pending(actor, user_id)
    for membership in pending:
        membership.invited_at = at
        membership.save(update_fields=["invited_at", "updated_at"])
    record(actor, "invitation.sent", resource_type="users", resource_id=user_id)
    publish(PersonInvited(clinic_id=actor.clinic_id, subject_id=user_id, at=at))


@transaction.atomic
def cancel(actor: Actor, user_id: UUID) -> None:
    """The person is not asked any more: the roles go, and with them the link of an account that nobody else uses."""
    pending = _pending(actor, user_id)
    record(actor, "invitation.cancelled", resource_type="users", resource_id=user_id)
    for membership in pending:
        membership.delete()
    if not Membership.objects.filter(user_id=user_id).exists():
        users.invalidate_links(pending[0].user)


@transaction.atomic
def send_password_reset(actor: Actor, user_id: UUID, *, at: dt.datetime) -> None:
    """An e-mail by which the person chooses a new password; the present one stays until then.

    StillInvited for somebody who has not come yet.
    """
    if any(membership.is_pending for membership in memberships_of_user(actor, user_id)):
        raise StillInvited()
    record(actor, "password_reset.sent", resource_type="users", resource_id=user_id)
    publish(PasswordResetAsked(clinic_id=actor.clinic_id, subject_id=user_id, at=at))


@transaction.atomic
def record_acceptance(membership: Membership) -> None:
    """The person works in the clinic for the first time: the invitation is accepted, for all its roles."""
    if membership.is_pending:
        rows = Membership.objects.pending().filter(user_id=membership.user_id, clinic_id=membership.clinic_id)
        now = clock.now()
        rows.update(joined_at=now, updated_at=now)


def _pending(actor: Actor, user_id: UUID) -> Sequence[Membership]:
    held = memberships_of_user(actor, user_id)
    if not all(membership.is_pending for membership in held):
        raise NotInvited()
    return held
