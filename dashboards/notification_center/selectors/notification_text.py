"""Notifications with their subjects, in their current state and as visible to the reader."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
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
    "danger": "triangle-alert",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationItem:
    """One notification with its visit, None if it is no longer visible to the reader.

    `cancellation` is the visit's last one, `reason` the code of why a conversation waits.
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
    """The notifications of one kind on one local day."""

    kind: str
    items: list[NotificationItem]

    @property
    def icon(self) -> str:
        return ICONS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationDay:
    """The notifications of one local day by kind."""

    day: dt.date
    kinds: list[NotificationGroup]


def items_for(actor: Actor, rows: Sequence[Notification]) -> list[NotificationItem]:
    """The notifications with their subjects, in the given order. At most four queries."""
    conversations = _by_id(Interaction.objects.visible_to(actor), rows, CONVERSATION)
    summaries = _by_id(IntakeSummary.objects.states_visible_to(actor), rows, SUMMARY)
    visit_of = {row.object_id: row.object_id for row in rows if row.object_type == VISIT}
    visit_of |= {pk: found.appointment_id for pk, found in [*conversations.items(), *summaries.items()]}
    visible = Appointment.objects.visible_to(actor).filter(pk__in=set(visit_of.values())).for_cards()
    visits = {visit.pk: visit for visit in visible}
    cancelled = [row.object_id for row in rows if row.kind == Notification.Kind.CANCELLATION]
    cancellations = (
        Cancellation.objects.visible_to(actor).filter(appointment_id__in=cancelled).order_by("created_at", "pk")
    )
    reasons = {found.appointment_id: found for found in cancellations} if cancelled else {}
    items = []
    for row in rows:
        visit = visits.get(visit_of.get(row.object_id, row.object_id))
        conversation = conversations.get(row.object_id)
        items.append(
            NotificationItem(
                row=row,
                visit=visit,
                url=reverse("inbox_talk", args=[conversation.pk]) if conversation else url_of(actor, visit),
                cancellation=reasons.get(row.object_id),
                reason=conversation.attention_reason if conversation else "",
            )
        )
    return items


def url_of(actor: Actor, visit: Appointment | None) -> str:
    """The page where the reader can act on a visit."""
    if visit is None:
        return reverse("notifications")
    return reverse("my_day_visit" if actor.role == Role.DOCTOR else "visit", args=[visit.pk])


def by_day_and_kind(actor: Actor, items: Sequence[NotificationItem]) -> list[NotificationDay]:
    """Items, newest first, grouped by local day and kind."""
    days: dict[dt.date, dict[str, list[NotificationItem]]] = {}
    for item in items:
        day = clock.local(item.row.created_at, actor.timezone).date()
        days.setdefault(day, {}).setdefault(item.row.kind, []).append(item)
    return [
        NotificationDay(day=day, kinds=[NotificationGroup(kind=kind, items=found) for kind, found in kinds.items()])
        for day, kinds in days.items()
    ]


def patients_of(items: Sequence[NotificationItem]) -> list[UUID]:
    """The patients shown, for the audit log."""
    return [item.visit.patient_id for item in items if item.visit]


def _by_id(visible: QuerySet[Any], rows: Sequence[Notification], object_type: str) -> dict[UUID, Any]:
    ids = [row.object_id for row in rows if row.object_type == object_type]
    return {row.pk: row for row in visible.filter(pk__in=ids)} if ids else {}
