"""Notifications made readable: what each is about, as it stands now and as the reader may see it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from aiassist.models import IntakeSummary, Interaction
from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core import clock
from clinicflow.notifications.models import Notification
from scheduling.models import Appointment, Cancellation

VISIT, CONVERSATION, SUMMARY = "appointment", "interaction", "summary"
ICONS = {
    "unconfirmed": "circle-dashed",
    "missing-intake": "clipboard-x",
    "ai-attention": "message-square",
    "cancellation": "calendar-x",
    "no-show": "state-no-show",
    "summary-failed": "sparkles",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationItem:
    """One notification with its visit, None once it is hidden or not the reader's any more.

    `cancellation` is the last one of the visit, `reason` the code of why a conversation waits.
    """

    row: Notification
    visit: Appointment | None
    url: str
    cancellation: Cancellation | None = None
    reason: str = ""

    @property
    def icon(self) -> str:
        return ICONS[self.row.kind]

    @property
    def is_unread(self) -> bool:
        return self.row.read_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationGroup:
    """The news of one kind on one local day."""

    kind: str
    items: list[NotificationItem]

    @property
    def icon(self) -> str:
        return ICONS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationDay:
    day: dt.date
    kinds: list[NotificationGroup]


def items_for(actor: Actor, rows: Sequence[Notification]) -> list[NotificationItem]:
    """The rows with what they are about, in four queries at most; the order is kept."""
    talks = _by_id(Interaction.objects.visible_to(actor), rows, CONVERSATION)
    summaries = _by_id(IntakeSummary.objects.states_visible_to(actor), rows, SUMMARY)
    visit_of = {row.object_id: row.object_id for row in rows if row.object_type == VISIT}
    visit_of |= {pk: found.appointment_id for pk, found in [*talks.items(), *summaries.items()]}
    seen = Appointment.objects.visible_to(actor).filter(pk__in=set(visit_of.values())).for_cards()
    visits = {visit.pk: visit for visit in seen}
    cancelled = [row.object_id for row in rows if row.kind == Notification.Kind.CANCELLATION]
    why = Cancellation.objects.visible_to(actor).filter(appointment_id__in=cancelled).order_by("created_at", "pk")
    reasons = {found.appointment_id: found for found in why} if cancelled else {}
    items = []
    for row in rows:
        visit = visits.get(visit_of.get(row.object_id, row.object_id))
        talk = talks.get(row.object_id)
        items.append(
            NotificationItem(
                row=row,
                visit=visit,
                url=reverse("inbox_talk", args=[talk.pk]) if talk else address_of(actor, visit),
                cancellation=reasons.get(row.object_id),
                reason=talk.attention_reason if talk else "",
            )
        )
    return items


def address_of(actor: Actor, visit: Appointment | None) -> str:
    """Where the reader can do something about it."""
    if visit is None:
        return reverse("notifications")
    return reverse("my_day_visit" if actor.role == Role.DOCTOR else "visit", args=[visit.pk])


def by_day_and_kind(actor: Actor, items: Sequence[NotificationItem]) -> list[NotificationDay]:
    """Items that come newest first, under their local day and there under their kind."""
    days: dict[dt.date, dict[str, list[NotificationItem]]] = {}
    for item in items:
        day = clock.local(item.row.created_at, actor.timezone).date()
        days.setdefault(day, {}).setdefault(item.row.kind, []).append(item)
    return [
        NotificationDay(day=day, kinds=[NotificationGroup(kind=kind, items=found) for kind, found in kinds.items()])
        for day, kinds in days.items()
    ]


def patients_of(items: Sequence[NotificationItem]) -> list[UUID]:
    return [item.visit.patient_id for item in items if item.visit]


def _by_id(found: Any, rows: Sequence[Notification], object_type: str) -> dict[UUID, Any]:
    ids = [row.object_id for row in rows if row.object_type == object_type]
    return {row.pk: row for row in found.filter(pk__in=ids)} if ids else {}
