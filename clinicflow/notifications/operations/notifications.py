"""Telling members of staff what happened, once each; and what they do with the news."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import ClinicSettings, Membership
from clinicflow.core.events import publish
from clinicflow.notifications.events import NotificationCreated
from clinicflow.notifications.models import Notification, NotificationPreference
from clinicflow.notifications.operations import mail

Kind = Notification.Kind
# Which setting of the clinic switches a kind.
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
    """Something that happened to an object of the clinic, by id.

    `occasion` tells this time from another one; without it the object is news of this kind only once. `doctor_id` is
    the doctor who hears of it, `for_desk` whether the front desk does. Whoever did it themselves (`done_by`) finds it
    read.
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
def notify(actor: Actor, news: Iterable[NotificationRequest], *, at: dt.datetime) -> int:
    """Tell everybody whom it concerns, as clinic and person have it; how many rows are new.

    Safe to run twice, also at once: what somebody has been told under the same key is not told again.
    """
    settings: ClinicSettings = ClinicSettings.objects.visible_to(actor).get()
    wanted = [item for item in news if _is_on(settings, item.kind)]
    if not wanted:
        return 0
    rows = list(_rows(actor, wanted, settings, at))
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    made = list(Notification.objects.visible_to(actor).filter(pk__in=[row.pk for row in rows]))
    mail.schedule(actor, [row for row in made if row.wants_email], at=at)
    if any(row.in_app for row in made):
        doctors = tuple(dict.fromkeys(item.doctor_id for item in wanted if item.doctor_id))
        publish(NotificationCreated(clinic_id=actor.clinic_id, subject_id=actor.clinic_id, doctor_ids=doctors))
    return len(made)


def _rows(
    actor: Actor, news: list[NotificationRequest], settings: ClinicSettings, at: dt.datetime
) -> Iterator[Notification]:
    """A row for each person and piece of news that they were not told of yet."""
    people = list(_people(actor, {item.doctor_id for item in news if item.doctor_id}))
    preferences = {(row.user_id, row.role): row for row in NotificationPreference.objects.visible_to(actor)}
    told: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    earlier = Notification.objects.visible_to(actor).filter(
        user_id__in=[person.user_id for person in people], key__in=[item.key for item in news]
    )
    for user_id, role, key in earlier.values_list("user_id", "role", "key"):
        told[user_id, role].add(key)
    for person in people:
        who = (person.user_id, person.role)
        preference = preferences.get(who) or NotificationPreference()
        for item in news:
            muted = item.kind in preference.muted and item.kind not in ALWAYS
            if not _recipients_of(item, person) or muted or item.key in told[who]:
                continue
            own = item.done_by == person.user_id
            yield Notification(
                clinic_id=actor.clinic_id,
                user_id=person.user_id,
                role=person.role,
                kind=item.kind,
                object_type=item.object_type,
                object_id=item.object_id,
                key=item.key,
                in_app=settings.notify_via_app or item.kind in ALWAYS,
                wants_email=settings.notify_via_email and not own and preference.email != preference.Email.NEVER,
                read_at=at if own else None,
            )


def _is_on(settings: ClinicSettings, kind: str) -> bool:
    """Whether the clinic wants notifications of this kind, over any channel."""
    if kind in ALWAYS:
        return True
    return bool(getattr(settings, SWITCHES[Kind(kind)])) and (settings.notify_via_app or settings.notify_via_email)


def _people(actor: Actor, doctors: set[UUID]) -> Iterable[Membership]:
    members = Membership.objects.active().filter(clinic_id=actor.clinic_id)
    desk, doctor = Q(role=Membership.Role.FRONT_DESK), Q(role=Membership.Role.DOCTOR, doctor_id__in=doctors)
    found: Iterable[Membership] = members.filter(desk | doctor).order_by("pk")
    return found


def _recipients_of(item: NotificationRequest, person: Membership) -> bool:
    if person.role == Membership.Role.FRONT_DESK:
        return item.for_desk
    return item.doctor_id is not None and person.doctor_id == item.doctor_id


@transaction.atomic
def mark_read(actor: Actor, notification_id: UUID, *, at: dt.datetime) -> Notification:
    """The person has seen it; repeating changes nothing. NotFound for somebody else's."""
    row: Notification = Notification.objects.visible_to(actor).in_app().lock(notification_id)
    if row.read_at is None:
        row.read_at = at
        row.save(update_fields=["read_at", "updated_at"])
    return row


@transaction.atomic
def mark_all_read(actor: Actor, *, at: dt.datetime) -> int:
    """The person has seen all that there was at that instant; how many were unread."""
    unread = Notification.objects.visible_to(actor).unread().filter(created_at__lte=at)
    return int(unread.update(read_at=at, updated_at=at))


@transaction.atomic
def delete_old(actor: Actor, *, at: dt.datetime) -> int:
    """Delete what was read a month ago or nobody read for three; how many rows."""
    rows = Notification.objects.visible_to(actor)
    old = rows.filter(Q(read_at__lt=at - KEEP_READ) | Q(created_at__lt=at - KEEP))
    return int(old.delete()[0])
