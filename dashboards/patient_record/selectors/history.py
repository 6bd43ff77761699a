"""A patient's record: personal data and the history of visits, as visible to the role."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.translation import ngettext_lazy

from aiassist.models import IntakeSummary, Interaction
from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.audit.models import AuditLog
from clinicflow.core import clock
from intake.selectors.form_list import FormRow as IntakeRow
from intake.selectors.form_list import form_rows
from patients.models import Patient
from patients.presentation import Flag, flags_of, format_preferences
from scheduling.models import Appointment, Cancellation, FollowUp, Message, WaitlistEntry

# What a merge moves, in the words of the page, by table. Rows of other tables are parts of these.
MOVED_LABELS = {
    "appointments": ngettext_lazy("%d visit", "%d visits"),
    "messages": ngettext_lazy("%d message", "%d messages"),
    "ai_interactions": ngettext_lazy("%d conversation", "%d conversations"),
    "intake_forms": ngettext_lazy("%d form", "%d forms"),
    "ai_intake_summaries": ngettext_lazy("%d summary", "%d summaries"),
    "danger_alerts": ngettext_lazy("%d alert", "%d alerts"),
    "doctor_notes": ngettext_lazy("%d note", "%d notes"),
    "follow_ups": ngettext_lazy("%d follow-up", "%d follow-ups"),
    "waitlist_entries": ngettext_lazy("%d waitlist entry", "%d waitlist entries"),
    "appointment_series": ngettext_lazy("%d series", "%d series"),
}
MAX_UPCOMING = 40
PAST_PAGE = 15
MAX_RELATED = 30  # follow-ups, waitlist entries, merged records


@dataclass(slots=True, kw_only=True)
class VisitEntry:
    """One visit with its related rows. `moved_to` is the visit that replaced it."""

    visit: Appointment
    intake: IntakeRow
    moved_to: Appointment | None = None
    summary: IntakeSummary | None = None
    cancellations: list[Cancellation] = field(default_factory=list)
    threads: list[Interaction] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The merge of a record into another one; `moved` says what was moved, such as "2 visits"."""

    at: dt.datetime
    by: str
    moved: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The data of the page. `merge` is set if this record was merged, `merged` are records merged into it."""

    patient: Patient
    age: int
    minor: bool
    flags: list[Flag]
    reached_by: str
    coming: list[VisitEntry]
    past: list[VisitEntry]
    page: Page[Any]
    counts: dict[str, int]
    follow_ups: list[FollowUp]
    waiting: list[WaitlistEntry]
    merged: list[Patient]
    merge: Merge | None


def read_record(actor: Actor, patient: Patient, now: dt.datetime, number: str) -> Record:
    """The record with one page of past visits. The number of queries does not depend on the visits."""
    today = clock.local(now, actor.timezone).date()
    visits = Appointment.objects.visible_to(actor).filter(patient=patient).select_related("patient", "doctor")
    coming = list(visits.filter(starts_at__gte=now).order_by("starts_at", "pk")[:MAX_UPCOMING])
    page = Paginator(visits.filter(starts_at__lt=now).order_by("-starts_at", "pk"), PAST_PAGE).get_page(number)
    past = list(page)
    entries = _entries(actor, [*coming, *past])
    return Record(
        patient=patient,
        age=patient.age_on(today),
        minor=patient.is_minor_on(today),
        flags=flags_of(patient),
        reached_by=format_preferences(patient.contact_preferences),
        coming=[entries[visit.pk] for visit in coming],
        past=[entries[visit.pk] for visit in past],
        page=page,
        counts=_counts(actor, patient),
        follow_ups=_follow_ups(actor, patient),
        waiting=_waiting(actor, patient),
        merged=_merged(actor, patient),
        merge=_merge_of(actor, patient) if patient.merged_into_id else None,
    )


def _entries(actor: Actor, visits: Sequence[Appointment]) -> dict[UUID, VisitEntry]:
    """The visits with their related rows, one query per kind, by visit id."""
    ids = [visit.pk for visit in visits]
    entries = {row.visit.pk: VisitEntry(visit=row.visit, intake=row) for row in form_rows(actor, list(visits))}
    for visit in visits:
        if visit.rescheduled_from_id in entries:
            entries[visit.rescheduled_from_id].moved_to = visit
    about = {"appointment__in": ids}
    cancellations = (
        Cancellation.objects.visible_to(actor).filter(**about, reverted_at=None).order_by("created_at", "pk")
    )
    conversations = Interaction.objects.visible_to(actor).filter(**about).order_by("created_at", "pk")
    messages = Message.objects.visible_to(actor).filter(**about).defer("console_body").order_by("created_at", "pk")
    for name, rows in (("cancellations", cancellations), ("threads", conversations), ("messages", messages)):
        for visit_id, related in _by_visit(rows).items():
            setattr(entries[visit_id], name, related)
    for summary in IntakeSummary.objects.states_visible_to(actor).newest().filter(**about):
        entries[summary.appointment_id].summary = summary
    return entries


def _by_visit(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    by_visit: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        by_visit[row.appointment_id].append(row)
    return by_visit


def _counts(actor: Actor, patient: Patient) -> dict[str, int]:
    """Numbers of the visible visits by outcome."""
    not_moved = Q(rescheduled=False)
    counts: dict[str, int] = (
        Appointment.objects.visible_to(actor)
        .filter(patient=patient)
        .aggregate(
            done=Count("pk", filter=Q(status=Appointment.Status.COMPLETED)),
            cancelled=Count("pk", filter=not_moved & Q(status=Appointment.Status.CANCELLED)),
            no_shows=Count("pk", filter=Q(status=Appointment.Status.NO_SHOW)),
            moved=Count("pk", filter=Q(rescheduled=True)),
        )
    )
    late = Cancellation.objects.visible_to(actor).filter(patient=patient, late=True, reverted_at=None)
    return counts | {"late": late.exclude(cancellation_type=Cancellation.Type.NO_SHOW).count()}


def _follow_ups(actor: Actor, patient: Patient) -> list[FollowUp]:
    rows = FollowUp.objects.visible_to(actor).filter(patient=patient).select_related("doctor", "booked_appointment")
    return list(rows.order_by("-scheduled_date", "pk")[:MAX_RELATED])


def _waiting(actor: Actor, patient: Patient) -> list[WaitlistEntry]:
    rows = WaitlistEntry.objects.visible_to(actor).waiting().filter(patient=patient).select_related("doctor")
    return list(rows[:MAX_RELATED])


def _merged(actor: Actor, patient: Patient) -> list[Patient]:
    """The records that were merged into this one; the front desk only."""
    if actor.role != Role.FRONT_DESK:
        return []
    rows = Patient.objects.visible_to(actor).filter(merged_into=patient).order_by("updated_at", "pk")
    return list(rows[:MAX_RELATED])


def _merge_of(actor: Actor, patient: Patient) -> Merge | None:
    """Who merged this record and what was moved, from the audit log."""
    row = (
        AuditLog.objects.filter(
            clinic_id=actor.clinic_id, action="patient.merged", resource_type="patients", resource_id=str(patient.pk)
        )
        .select_related("user")
        .order_by("-id")
        .first()
    )
    if row is None:
        return None
    moved = (row.new_values or {}).get("moved", {})
    return Merge(
        at=row.at,
        by=str(row.user or "ClinicFlow"),
        moved=[str(label % len(moved[table])) for table, label in MOVED_LABELS.items() if moved.get(table)],
    )
