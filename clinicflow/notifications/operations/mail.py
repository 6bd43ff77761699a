"""Notifications by mail: at once (gathered for a minute), or as a digest of an hour or a day.

A mail is chosen (`claim`) before it leaves and noted (`sent`) after it has left, in two transactions. A worker that
dies between them sends the same mail again under the same Message-ID; one that dies before loses nothing.
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

JOB = "notifications.mail"  # done where the words are made
GATHER = 60  # seconds
STRAGGLING = dt.timedelta(minutes=10)
MORNING = 7  # o'clock, on the clinic's clock
Email = NotificationPreference.Email


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody under one role."""

    user_id: UUID
    role: str


@transaction.atomic
def schedule(actor: Actor, rows: Iterable[Notification], *, at: dt.datetime) -> None:
    """Put a mail on its way for each person who wants to know at once; digests come by the clock."""
    people = {Recipient(user_id=row.user_id, role=row.role) for row in rows}
    if not people:
        return
    slot = int(at.timestamp()) // GATHER
    leaves = dt.datetime.fromtimestamp((slot + 1) * GATHER, dt.UTC)
    modes = _modes(actor)
    for person in people:
        if modes.get(person, Email.AT_ONCE) == Email.AT_ONCE:
            _enqueue(actor, person, f"at-once:{slot}", leaves)


@transaction.atomic
def schedule_digests(actor: Actor, *, at: dt.datetime) -> int:
    """Put the digests that are due on their way, and what a mail at once has missed; how many.

    An hourly digest holds what came before this hour, a daily one what came before this morning.
    """
    local = clock.local(at, actor.timezone)
    hour = local.replace(minute=0, second=0, microsecond=0)
    morning = hour.replace(hour=MORNING)
    if local < morning:
        morning -= dt.timedelta(days=1)
    before = {Email.HOURLY: hour, Email.DAILY: morning, Email.AT_ONCE: at - STRAGGLING}
    slots = {Email.HOURLY: hour, Email.DAILY: morning, Email.AT_ONCE: hour}  # given up, it is tried in the next
    modes, due = _modes(actor), 0
    waiting = Notification.objects.visible_to(actor).to_mail().values("user_id", "role")
    for row in waiting.annotate(since=Min("created_at")).order_by("user_id", "role"):
        person = Recipient(user_id=row["user_id"], role=row["role"])
        mode = modes.get(person, Email.AT_ONCE)
        if mode in before and row["since"] < before[mode]:
            due += _enqueue(actor, person, f"{mode.value}:digest:{slots[mode].isoformat()}", at)
    return due


def _modes(actor: Actor) -> dict[Recipient, Email]:
    rows = NotificationPreference.objects.visible_to(actor).values_list("user_id", "role", "email")
    return {Recipient(user_id=user_id, role=role): Email(email) for user_id, role, email in rows}


def _enqueue(actor: Actor, person: Recipient, slot: str, run_after: dt.datetime) -> bool:
    key = f"{person.user_id}:{person.role}:{slot}"
    return enqueue(
        JOB,
        clinic_id=actor.clinic_id,
        key=key,
        args={
            "user_id": str(person.user_id),
            "role": person.role,
            "mail_id": str(uuid5(actor.clinic_id, key)),
        },
        run_after=run_after,
    )


@transaction.atomic
def claim(actor: Actor, person: Recipient, mail_id: UUID) -> list[Notification]:
    """What this mail is to say: all that waits for the person, and what it held when it was tried before."""
    rows = Notification.objects.visible_to(actor).of(person.user_id, person.role)
    rows.to_mail().update(mail_id=mail_id, updated_at=clock.now())
    return list(rows.filter(mail_id=mail_id, emailed_at=None).order_by("created_at", "pk"))


@transaction.atomic
def mark_sent(actor: Actor, mail_id: UUID, *, at: dt.datetime) -> None:
    """The mail has left."""
    rows = Notification.objects.visible_to(actor).filter(mail_id=mail_id, emailed_at=None)
    rows.update(emailed_at=at, updated_at=at)


@transaction.atomic
def release(actor: Actor, mail_id: UUID) -> None:
    """The mail was given up: what it held goes into the next one."""
    Notification.objects.visible_to(actor).filter(mail_id=mail_id, emailed_at=None).update(mail_id=None)
