"""The panel of one visit: its details and history, nothing clinical."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from scheduling.models import Appointment, Cancellation, FollowUp
from scheduling.rules.transitions import allowed_actions, overridable_actions
from scheduling.selectors.waitlist_matching import FREED, FreedSlot, freed_by

MAX_CHANGES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One change of the visit: when, who and what."""

    at: dt.datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPosition:
    """The visit's number among the visits of its series, and the number of later open ones."""

    number: int
    total: int
    later: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The context of the panel. `history` counts the patient's other visits by outcome."""

    visit: Appointment
    age: int
    minor: bool
    actions: list[str]
    overridable: list[str]
    history: dict[str, Any]
    cancellation: Cancellation | None
    changes: list[HistoryEntry]
    minutes: int | None  # since the arrival, while the patient waits
    vip: bool
    interpreter: bool
    late: int | None  # minutes past the start without an arrival
    freed: FreedSlot | None  # matches for the slot that the visit freed; front desk only
    follow_ups: list[FollowUp]  # created at this visit, or fulfilled by it
    series: SeriesPosition | None


def read_panel(actor: Actor, visit: Appointment, settings: ClinicSettings, at: dt.datetime) -> Panel:
    """The panel of a visit. Four queries, five for a visit of a series."""
    today = clock.local(at, actor.timezone).date()
    cancellations = Cancellation.objects.visible_to(actor).filter(appointment_id=visit.pk, reverted_at=None)
    flags = {str(flag).lower() for flag in visit.patient.flags}
    overdue = int((at - visit.starts_at).total_seconds() // 60)
    return Panel(
        visit=visit,
        age=visit.patient.age_on(today),
        minor=visit.patient.is_minor_on(today),
        actions=allowed_actions(actor, visit, settings=settings, at=at),
        overridable=overridable_actions(actor, visit, settings=settings, at=at),
        history=_history(actor, visit),
        cancellation=cancellations.order_by("-created_at").first() if not visit.is_open else None,
        changes=_changes(actor, visit),
        vip="vip" in flags,
        interpreter="needs_interpreter" in flags,
        follow_ups=_follow_ups(actor, visit),
        series=_series_position(actor, visit, visit.series_id) if visit.series_id else None,
        freed=freed_by(actor, visit, at=at) if actor.role == Role.FRONT_DESK and visit.status in FREED else None,
        minutes=int((at - visit.arrived_at).total_seconds() // 60) if visit.arrived_at and visit.is_open else None,
        late=overdue if overdue > 0 and visit.mark in {"confirmed", "unconfirmed"} else None,
    )


def _follow_ups(actor: Actor, visit: Appointment) -> list[FollowUp]:
    rows = FollowUp.objects.visible_to(actor).filter(Q(appointment_id=visit.pk) | Q(booked_appointment_id=visit.pk))
    return list(rows.select_related("booked_appointment").order_by("scheduled_date", "id"))


def _series_position(actor: Actor, visit: Appointment, series_id: UUID) -> SeriesPosition:
    """The position in the series; of a cancelled visit the one it would have."""
    others = Appointment.objects.visible_to(actor).filter(series_id=series_id).exclude(pk=visit.pk)
    counts = others.filter(Q(status__in=Appointment.LIVE) | Q(status=Appointment.Status.NO_SHOW)).aggregate(
        before=Count("pk", filter=Q(starts_at__lt=visit.starts_at)),
        after=Count("pk", filter=Q(starts_at__gte=visit.starts_at)),
        later=Count("pk", filter=Q(starts_at__gte=visit.starts_at, status__in=Appointment.OPEN)),
    )
    return SeriesPosition(
        number=counts["before"] + 1, total=counts["before"] + 1 + counts["after"], later=counts["later"]
    )


def _history(actor: Actor, visit: Appointment) -> dict[str, Any]:
    """The number of the patient's other visits by outcome, of those visible to the actor."""
    others = Appointment.objects.visible_to(actor).filter(patient_id=visit.patient_id, rescheduled=False)
    done = Q(status=Appointment.Status.COMPLETED)
    counts: dict[str, Any] = others.exclude(pk=visit.pk).aggregate(
        done=Count("pk", filter=done),
        cancelled=Count("pk", filter=Q(status=Appointment.Status.CANCELLED)),
        no_shows=Count("pk", filter=Q(status=Appointment.Status.NO_SHOW)),
        first=Min("starts_at", filter=done),
        last=Max("starts_at", filter=done),
    )
    return counts


def _changes(actor: Actor, visit: Appointment) -> list[HistoryEntry]:
    """The latest changes, from the audit log; for the front desk only."""
    if actor.role != Role.FRONT_DESK:
        return []
    rows = (
        AuditLog.objects.filter(
            clinic_id=actor.clinic_id, resource_type=Appointment._meta.db_table, resource_id=str(visit.pk)
        )
        .filter(action__in=["create", "update", "appointment.override"])
        .select_related("user")
        .order_by("-id")[:MAX_CHANGES]
    )
    entries = [HistoryEntry(at=row.at, who=_who(row), what=_what(row)) for row in rows]
    return [entry for entry in entries if entry.what]


def _who(row: AuditLog) -> str:
    if row.user:
        return str(row.user)
    return _("the patient") if row.actor_kind == "patient" else "ClinicFlow"


def _what(row: AuditLog) -> str:
    new: dict[str, Any] = row.new_values or {}
    if row.action == "appointment.override":
        return _("booked anyway: %(reason)s") % {"reason": row.reason}
    if row.action == "create":
        return _("booked")
    if "arrived" in new:
        return _("marked arrived") if new["arrived"] else _("undid arrival")
    if new.get("rescheduled"):
        return _("moved")
    texts = {
        "confirmed": _("confirmed"),
        "unconfirmed": _("undid confirmation"),
        "completed": _("completed"),
        "cancelled": _("cancelled"),
        "no-show": _("marked as no-show"),
    }
    if "status" in new:
        return texts.get(new["status"], "")
    if "intake_status" in new:
        return _("intake: %(status)s") % {"status": new["intake_status"]}
    return _("changed the time") if {"starts_at", "ends_at"} & new.keys() else ""
