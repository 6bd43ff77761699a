"""Creating notifications for members, once each, and marking them as read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import ClinicSettings, Membership
from clinicflow.clinics.selectors import settings_of
from clinicflow.core.events import publish
from clinicflow.notifications.events import NotificationCreated
from clinicflow.notifications.models import Notification, NotificationPreference
from clinicflow.notifications.operations import mail

Kind = Notification.Kind
# The clinic setting that enables each kind.
SWITCHES = {
    Kind.UNCONFIRMED: "notify_unconfirmed",
    Kind.MISSING_INTAKE: "notify_missing_intake",
    Kind.AI_ATTENTION: "notify_ai_attention",
    Kind.SUMMARY_FAILED: "notify_ai_attention",
    Kind.CANCELLATION: "notify_cancellations",
    Kind.NO_SHOW: "notify_no_shows",
}
# What neither a clinic nor a member can switch off or mute.
ALWAYS = frozenset({Kind.DANGER})
KEEP_READ = dt.timedelta(days=30)
KEEP = dt.timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class NotificationRequest:
    """A notification about an object of the clinic, to be created for each recipient.

    `occasion` distinguishes repeated occurrences; without it, an object causes one notification of a kind.
    `doctor_id` is the doctor who is notified, `for_desk` whether the front desk is. For the user who caused it
    (`done_by`), it is created as read.
    """

    kind: str
    object_type: str
    object_id: UUID
    occasion: str = ""
    doctor_id: UUID | None = None
    for_desk: bool = True
    done_by: UUID | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.object_id}:{self.occasion}"


@transaction.atomic
def notify(actor: Actor, requests: Iterable[NotificationRequest], *, at: dt.datetime) -> int:
    """Create notifications for all recipients, as clinic and user prefer; returns how many are new.

    Idempotent, also concurrently: a recipient gets one notification per key.
    """
    settings = settings_of(actor)
    enabled = [item for item in requests if _is_enabled(settings, item.kind)]
    if not enabled:
        return 0
    rows = list(_rows(actor, enabled, settings, at))
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    created = list(Notification.objects.visible_to(actor).filter(pk__in=[row.pk for row in rows]))
    mail.schedule(actor, [row for row in created if row.wants_email], at=at)
    if any(row.in_app for row in created):
        doctors = tuple(dict.fromkeys(item.doctor_id for item in enabled if item.doctor_id))
        publish(NotificationCreated(clinic_id=actor.clinic_id, subject_id=actor.clinic_id, doctor_ids=doctors))
    return len(created)


def _rows(
    actor: Actor, requests: list[NotificationRequest], settings: ClinicSettings, at: dt.datetime
) -> Iterator[Notification]:
    """An unsaved row for each recipient and request without one."""
    members = list(_members(actor, {item.doctor_id for item in requests if item.doctor_id}))
    preferences = {(row.user_id, row.role): row for row in NotificationPreference.objects.visible_to(actor)}
    notified: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    earlier = Notification.objects.visible_to(actor).filter(
        user_id__in=[member.user_id for member in members], key__in=[item.key for item in requests]
    )
    for user_id, role, key in earlier.values_list("user_id", "role", "key"):
        notified[user_id, role].add(key)
    for member in members:
        recipient = (member.user_id, member.role)
        preference = preferences.get(recipient) or NotificationPreference()
        for item in requests:
            muted = item.kind in preference.muted and item.kind not in ALWAYS
            if not _is_recipient(item, member) or muted or item.key in notified[recipient]:
                continue
            own = item.done_by == member.user_id
            yield Notification(
                clinic_id=actor.clinic_id,
                user_id=member.user_id,
                role=member.role,
                kind=item.kind,
                object_type=item.object_type,
                object_id=item.object_id,
                key=item.key,
                in_app=settings.notify_via_app or item.kind in ALWAYS,
                wants_email=settings.notify_via_email and not own and preference.email != preference.Email.NEVER,
                read_at=at if own else None,
            )


def _is_enabled(settings: ClinicSettings, kind: str) -> bool:
    """Whether the clinic has this kind of notification enabled, over any channel."""
    if kind in ALWAYS:
        return True
    return bool(getattr(settings, SWITCHES[Kind(kind)])) and (settings.notify_via_app or settings.notify_via_email)


def _members(actor: Actor, doctors: set[UUID]) -> Iterable[Membership]:
    """The active front-desk members, and those doctors' own memberships."""
    members = Membership.objects.active().filter(clinic_id=actor.clinic_id)
    desk, doctor = Q(role=Membership.Role.FRONT_DESK), Q(role=Membership.Role.DOCTOR, doctor_id__in=doctors)
    return members.filter(desk | doctor).order_by("pk")


def _is_recipient(item: NotificationRequest, member: Membership) -> bool:
    if member.role == Membership.Role.FRONT_DESK:
        return item.for_desk
    return item.doctor_id is not None and member.doctor_id == item.doctor_id


@transaction.atomic
def mark_read(actor: Actor, notification_id: UUID, *, at: dt.datetime) -> Notification:
    """Mark a notification of the actor as read; idempotent. NotFound for another user's."""
    row = Notification.objects.visible_to(actor).in_app().lock(notification_id)
    if row.read_at is None:
        row.read_at = at
        row.save(update_fields=["read_at", "updated_at"])
    return row


@transaction.atomic
def mark_all_read(actor: Actor, *, at: dt.datetime) -> int:
    """Mark all notifications of the actor up to an instant as read; returns how many were unread."""
    unread = Notification.objects.visible_to(actor).unread().filter(created_at__lte=at)
    return unread.update(read_at=at, updated_at=at)


@transaction.atomic
def delete_old(actor: Actor, *, at: dt.datetime) -> int:
    """Delete notifications read 30 days ago, or created 90 days ago; returns how many."""
    rows = Notification.objects.visible_to(actor)
    old = rows.filter(Q(read_at__lt=at - KEEP_READ) | Q(created_at__lt=at - KEEP))
    return old.delete()[0]
