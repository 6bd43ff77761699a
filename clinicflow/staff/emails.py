"""Emails to members and invited users. Rendered inside a transaction, sent outside of one."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from clinicflow.accounts.models import User
from clinicflow.accounts.operations import users
from clinicflow.clinics.models import Membership

LINK_LIFETIME = dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


@transaction.atomic
def invitation(clinic_id: UUID, user_id: UUID) -> EmailMessage | None:
    """The invitation email; None if the invitation has been accepted or cancelled.

    It links to the sign-in page, or for a user without a password of their own to the page that sets one.
    """
    rows = Membership.objects.pending().filter(clinic_id=clinic_id, user_id=user_id)
    pending = list(rows.select_related("user", "clinic").order_by("role"))
    if not pending:
        return None
    first = pending[0]
    return _email(
        first.user,
        f"Invitation to {first.clinic.name}",
        "email/invitation.txt",
        name=first.shown_name,
        clinic=first.clinic.name,
        roles=[membership.get_role_display() for membership in pending],
        has_password=first.user.has_own_password,
        link=invitation_link(first.user),
    )


@transaction.atomic
def password_reset(clinic_id: UUID, user_id: UUID) -> EmailMessage | None:
    """The email with the link for a new password; None if the user is no longer a member."""
    rows = Membership.objects.filter(clinic_id=clinic_id, user_id=user_id).select_related("user", "clinic")
    membership = rows.first()
    if membership is None:
        return None
    link = _key_url("account_reset_password_from_key", membership.user)
    return _email(
        membership.user,
        "Choose a new password",
        "email/password_reset.txt",
        name=membership.user.name,
        clinic=membership.clinic.name,
        link=link,
    )


def invitation_link(user: User) -> str:
    """The URL of the sign-in page, or for a user without a password of their own a URL to set one.

    That URL works once, and for `LINK_LIFETIME`.
    """
    if user.has_own_password:
        return f"{settings.SITE_URL}{reverse('account_login')}"
    return _key_url("invitation", user)


def send(email: EmailMessage | None) -> None:
    """Send an email with the configured backend; does nothing for None."""
    if email is not None:
        email.send()


def _key_url(name: str, user: User) -> str:
    uid, key = users.reset_key_of(user)
    return f"{settings.SITE_URL}{reverse(name, kwargs={'uidb36': uid, 'key': key})}"


def _email(user: User, subject: str, template: str, **context: object) -> EmailMessage:
    body = render_to_string(template, context | {"days": LINK_LIFETIME.days})
    return EmailMessage(" ".join(subject.split()), body, to=[user.email])
