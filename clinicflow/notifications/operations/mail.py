"""Notifications by email: at once (collected for a minute), or as an hourly or daily digest.

The notifications of an email are claimed (`claim`) before it is sent and marked (`mark_sent`) after, in two
transactions. A worker that dies in between sends the same email again under the same Message-ID; one that dies before
loses nothing.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Min

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from clinicflow.jobs.queue import enqueue
from clinicflow.notifications.models import Notification, NotificationPreference

JOB = "notifications.mail"  # its handler is in a higher layer, which composes the text
COLLECT = 60  # seconds
OVERDUE = dt.timedelta(minutes=10)
DIGEST_HOUR = 7  # in the clinic's time zone
Email = NotificationPreference.Email


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A user in one role."""

    user_id: UUID
    role: str


@transaction.atomic
def schedule(actor: Actor, rows: Iterable[Notification], *, at: dt.datetime) -> None:
    """Enqueue an email for each recipient who wants one at once; digests are scheduled periodically."""
    recipients = {Recipient(user_id=row.user_id, role=row.role) for row in rows}
    if not recipients:
        return
    slot = int(at.timestamp()) // COLLECT
    send_at = dt.datetime.fromtimestamp((slot + 1) * COLLECT, dt.UTC)
    modes = _modes(actor)
    for recipient in recipients:
        if modes.get(recipient, Email.AT_ONCE) == Email.AT_ONCE:
            _enqueue(actor, recipient, f"at-once:{slot}", send_at)


@transaction.atomic
def schedule_digests(actor: Actor, *, at: dt.datetime) -> int:
    """Enqueue the digests that are due, and emails for notifications that were missed; returns how many.

    An hourly digest contains what came before this hour, a daily one what came before DIGEST_HOUR.
    """
    local = clock.local(at, actor.timezone)
    hour = local.replace(minute=0, second=0, microsecond=0)
    morning = hour.replace(hour=DIGEST_HOUR)
    if local < morning:
        morning -= dt.timedelta(days=1)
    before = {Email.HOURLY: hour, Email.DAILY: morning, Email.AT_ONCE: at - OVERDUE}
    slots = {
        Email.HOURLY: hour,
        Email.DAILY: morning,
        Email.AT_ONCE: hour,
    }  # the next slot retries a failure
    modes, due = _modes(actor), 0
    pending = Notification.objects.visible_to(actor).to_mail().values("user_id", "role")
    for row in pending.annotate(since=Min("created_at")).order_by("user_id", "role"):
        recipient = Recipient(user_id=row["user_id"], role=row["role"])
        mode = modes.get(recipient, Email.AT_ONCE)
        if mode in before and row["since"] < before[mode]:
            due += _enqueue(actor, recipient, f"{mode.value}:digest:{slots[mode].isoformat()}", at)
    return due


def _modes(actor: Actor) -> dict[Recipient, Email]:
    rows = NotificationPreference.objects.visible_to(actor).values_list("user_id", "role", "email")
    return {Recipient(user_id=user_id, role=role): Email(email) for user_id, role, email in rows}


def _enqueue(actor: Actor, recipient: Recipient, slot: str, run_after: dt.datetime) -> bool:
    key = f"{recipient.user_id}:{recipient.role}:{slot}"
    return enqueue(
        JOB,
        clinic_id=actor.clinic_id,
        key=key,
        args={
            "user_id": str(recipient.user_id),
            "role": recipient.role,
            "mail_id": str(uuid5(actor.clinic_id, key)),
        },
        run_after=run_after,
    )


@transaction.atomic
def claim(actor: Actor, recipient: Recipient, mail_id: UUID) -> list[Notification]:
    """Claim the recipient's pending notifications for this email; returns them with those of an earlier attempt."""
    rows = Notification.objects.visible_to(actor).of(recipient.user_id, recipient.role)
    rows.to_mail().update(mail_id=mail_id, updated_at=clock.now())
    return list(rows.filter(mail_id=mail_id, emailed_at=None).order_by("created_at", "pk"))


@transaction.atomic
def mark_sent(actor: Actor, mail_id: UUID, *, at: dt.datetime) -> None:
    """Mark the notifications of an email as sent."""
    rows = Notification.objects.visible_to(actor).filter(mail_id=mail_id, emailed_at=None)
    rows.update(emailed_at=at, updated_at=at)


@transaction.atomic
def release(actor: Actor, mail_id: UUID) -> None:
    """Release the notifications of a failed email, so that the next one includes them."""
    Notification.objects.visible_to(actor).filter(mail_id=mail_id, emailed_at=None).update(mail_id=None)
