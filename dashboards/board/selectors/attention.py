"""Items that need the front desk's attention on any day: one list, most urgent first.

Each kind is one query, cut off at MOST rows, so that the number of open items does not slow the page.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, TruncDate, TruncTime

from aiassist.models import IntakeSummary, Interaction
from clinicflow.access.actor import Actor
from clinicflow.clinics.models import WEEKDAYS, ClinicSettings
from clinicflow.core import clock
from scheduling.models import Appointment, Closure, FollowUp, TimeOff, WaitlistEntry
from scheduling.querysets import AppointmentQuerySet

MAX_ROWS = 100
FREED_SINCE = dt.timedelta(days=7)
KINDS = ("ai-attention", "unconfirmed", "missing-intake", "summary-failed", "follow-up", "waitlist-fit")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionItem:
    """One item. `object_id` is the row to act on, `appointment_id` its visit, if any.

    `reason` is a code: why a conversation waits, or the status of an intake form. `fits` counts the waitlist entries
    that match a freed slot.
    """

    kind: str
    object_type: str
    object_id: UUID
    patient_id: UUID
    patient_name: str
    doctor_id: UUID | None
    doctor_name: str
    appointment_id: UUID | None = None
    starts_at: dt.datetime | None = None
    due_on: dt.date | None = None
    reason: str = ""
    fits: int = 0


def next_working_day(day: dt.date, settings: ClinicSettings) -> dt.date:
    """The next day of the clinic's working week after a local day; the same day if the clinic has no working days."""
    days = (day + dt.timedelta(days=number) for number in range(1, 8))
    return next((next_day for next_day in days if WEEKDAYS[next_day.weekday()] in settings.working_days), day)


def upcoming_until(now: dt.datetime, zone: str, settings: ClinicSettings) -> dt.datetime:
    """The end of the upcoming visits: the same time of day on the clinic's next working day."""
    today = clock.local(now, zone).date()
    return now + (next_working_day(today, settings) - today)


def attention_items(actor: Actor, now: dt.datetime, settings: ClinicSettings) -> list[AttentionItem]:
    """All items, in six queries: conversations, upcoming visits that are unconfirmed or without intake, failed
    summaries, overdue follow-ups, and freed slots that match the waitlist.
    """
    until = upcoming_until(now, actor.timezone, settings)
    return [
        *_conversations(actor),
        *_unconfirmed(actor, now, until),
        *(_missing_intake(actor, now, until) if settings.intake_required else ()),
        *_failed_summaries(actor, now),
        *_overdue_follow_ups(actor, clock.local(now, actor.timezone).date()),
        *_freed_times(actor, now),
    ]


def _conversations(actor: Actor) -> Iterator[AttentionItem]:
    rows = Interaction.objects.visible_to(actor).filter(needs_attention=True, resolved_at=None)
    for row in rows.select_related("appointment", "patient", "doctor").order_by("last_message_at", "pk")[:MAX_ROWS]:
        yield _item_of_visit("ai-attention", row.appointment, row, "interaction", row.attention_reason)


def upcoming_visits(actor: Actor, now: dt.datetime, until: dt.datetime) -> AppointmentQuerySet:
    """Open visits that start from `now` to before `until`."""
    return Appointment.objects.visible_to(actor).open().filter(starts_at__gte=now, starts_at__lt=until)


def _unconfirmed(actor: Actor, now: dt.datetime, until: dt.datetime) -> Iterable[AttentionItem]:
    rows = upcoming_visits(actor, now, until).filter(status=Appointment.Status.UNCONFIRMED).for_cards()[:MAX_ROWS]
    return (_item_of_visit("unconfirmed", visit) for visit in rows)


def _missing_intake(actor: Actor, now: dt.datetime, until: dt.datetime) -> Iterable[AttentionItem]:
    rows = (
        upcoming_visits(actor, now, until)
        .exclude(intake_status=Appointment.IntakeStatus.COMPLETED)
        .for_cards()[:MAX_ROWS]
    )
    return (_item_of_visit("missing-intake", visit, reason=visit.intake_status) for visit in rows)


def _failed_summaries(actor: Actor, now: dt.datetime) -> Iterator[AttentionItem]:
    rows = IntakeSummary.objects.states_visible_to(actor).newest()
    rows = rows.filter(status=IntakeSummary.Status.FAILED, appointment__in=_upcoming_ids(actor, now))
    for row in rows.select_related("appointment__patient", "appointment__doctor").order_by("created_at", "pk")[
        :MAX_ROWS
    ]:
        yield _item_of_visit("summary-failed", row.appointment, row, "summary")


def _upcoming_ids(actor: Actor, now: dt.datetime) -> Any:
    return Appointment.objects.visible_to(actor).open().filter(ends_at__gte=now).values("pk")


def _overdue_follow_ups(actor: Actor, today: dt.date) -> Iterator[AttentionItem]:
    rows = FollowUp.objects.visible_to(actor).overdue(today).select_related("patient", "doctor")
    for row in rows.order_by("scheduled_date", "pk")[:MAX_ROWS]:
        yield AttentionItem(
            kind="follow-up",
            object_type="follow_up",
            object_id=row.pk,
            patient_id=row.patient_id,
            patient_name=row.patient.full_name,
            doctor_id=row.doctor_id,
            doctor_name=row.doctor.name,
            appointment_id=row.appointment_id,
            due_on=row.scheduled_date,
        )


def _freed_times(actor: Actor, now: dt.datetime) -> Iterator[AttentionItem]:
    """Upcoming slots that were cancelled within FREED_SINCE, are still free and match a waitlist entry."""
    zone = ZoneInfo(actor.timezone)
    overlapping = {"starts_at__lt": OuterRef("ends_at"), "ends_at__gt": OuterRef("starts_at")}
    taken = Appointment.objects.visible_to(actor).live().filter(doctor_id=OuterRef("doctor_id"), **overlapping)
    away = TimeOff.objects.visible_to(actor).filter(doctor_id=OuterRef("doctor_id"), **overlapping)
    closed = Closure.objects.visible_to(actor).filter(**overlapping)
    rows = (
        Appointment.objects.visible_to(actor)
        .filter(
            status=Appointment.Status.CANCELLED,
            starts_at__gt=now,
            doctor__is_active=True,
            updated_at__gte=now - FREED_SINCE,
        )
        .annotate(
            day=TruncDate("starts_at", tzinfo=zone),
            time=TruncTime("starts_at", tzinfo=zone),
            length=F("ends_at") - F("starts_at"),
        )
        .filter(~Exists(taken), ~Exists(away), ~Exists(closed))
        .annotate(fits=_waitlist_matches(actor))
        .filter(fits__gt=0)
    )
    seen: set[tuple[UUID, dt.datetime]] = set()
    for visit in rows.for_cards()[:MAX_ROWS]:
        if (visit.doctor_id, visit.starts_at) not in seen:
            seen.add((visit.doctor_id, visit.starts_at))
            yield _item_of_visit("waitlist-fit", visit, fits=visit.fits)


def _waitlist_matches(actor: Actor) -> Coalesce:
    """The number of waitlist entries that match the time of the outer query's visit."""
    waiting = (
        WaitlistEntry.objects.visible_to(actor)
        .annotate(needs=ExpressionWrapper(F("duration") * Value(dt.timedelta(minutes=1)), DurationField()))
        .filter(
            Q(doctor_id=OuterRef("doctor_id")) | Q(doctor_id=None),
            Q(time_from=None) | Q(time_from__lte=OuterRef("time")),
            Q(time_to=None) | Q(time_to__gt=OuterRef("time")),
            status__in=WaitlistEntry.OPEN,
            date_from__lte=OuterRef("day"),
            date_to__gte=OuterRef("day"),
            needs__lte=OuterRef("length"),
            visit_type=OuterRef("visit_type"),
        )
        .exclude(patient_id=OuterRef("patient_id"))
    )
    count = waiting.order_by().values("clinic_id").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


def _item_of_visit(
    kind: str,
    visit: Appointment,
    row: Any = None,
    object_type: str = "appointment",
    reason: str = "",
    fits: int = 0,
) -> AttentionItem:
    return AttentionItem(
        kind=kind,
        object_type=object_type,
        object_id=(row or visit).pk,
        patient_id=visit.patient_id,
        patient_name=visit.patient.full_name,
        doctor_id=visit.doctor_id,
        doctor_name=visit.doctor.name,
        appointment_id=visit.pk,
        starts_at=visit.starts_at,
        reason=reason,
        fits=fits,
    )
