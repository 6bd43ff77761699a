"""E-mails to people who work in a clinic, or are asked to. Written inside a transaction, sent outside of one."""

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

LINK_LASTS = dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


@transaction.atomic
def invitation(clinic_id: UUID, user_id: UUID) -> EmailMessage | None:
    """What somebody who is invited reads; None if they have come, or are not asked any more.

    With a password of their own they are led to sign in, else to choose one.
    """
    rows = Membership.objects.pending().filter(clinic_id=clinic_id, user_id=user_id)
    pending = list(rows.select_related("user", "clinic").order_by("role"))
    if not pending:
        return None
    first = pending[0]
    return _letter(
        first.user,
        f"Work with us at {first.clinic.name}",
        "email/invitation.txt",
        name=first.shown_name,
        clinic=first.clinic.name,
        roles=[membership.get_role_display() for membership in pending],
        has_password=first.user.has_own_password,
        link=invitation_link(first.user),
    )


@transaction.atomic
def password_reset(clinic_id: UUID, user_id: UUID) -> EmailMessage | None:
    """The link by which somebody chooses a new password; None if they do not work here any more."""
    rows = Membership.objects.filter(clinic_id=clinic_id, user_id=user_id).select_related("user", "clinic")
    held = rows.first()
    if held is None:
        return None
    link = _address("account_reset_password_from_key", held.user)
    return _letter(
        held.user,
        "Choose a new password",
        "email/password_reset.txt",
        name=held.user.name,
        clinic=held.clinic.name,
        link=link,
    )


def invitation_link(user: User) -> str:
    """Where the invitation leads: to the sign-in page, or for who has no password of their own to choosing one, good
    once and for some days.
    """
    if user.has_own_password:
        return f"{settings.SITE_URL}{reverse('account_login')}"
    return _address("invitation", user)


def send(letter: EmailMessage | None) -> None:
    """Hand it to the configured mail backend; nothing for None."""
    if letter is not None:
        letter.send()


def _address(name: str, user: User) -> str:
    uid, key = users.reset_key_of(user)
    return f"{settings.SITE_URL}{reverse(name, kwargs={'uidb36': uid, 'key': key})}"


def _letter(user: User, subject: str, template: str, **context: object) -> EmailMessage:
    body = render_to_string(template, context | {"days": LINK_LASTS.days})
    return EmailMessage(" ".join(subject.split()), body, to=[user.email])
