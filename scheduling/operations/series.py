"""A course of visits, booked in one go; each is an ordinary appointment with a `series_id`."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from dateutil.rrule import rrulestr
from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.web.display import write_gap
from scheduling.errors import SeriesConflicts, SlotUnavailable
from scheduling.models import Appointment, Series
from scheduling.operations import bulk
from scheduling.operations.appointments.booking import book as book_visit
from scheduling.operations.appointments.rescheduling import reschedule
from scheduling.operations.appointments.slot_reservation import (
    RequiredAvailability,
    conflict_in,
    lock_doctors,
    visit_range,
)
from scheduling.querysets import OPEN
from scheduling.rules.transitions import DESK
from scheduling.selectors.availability import Slot, blocked_ranges, bookable_doctors, nearest_free

RULE = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY)(;(INTERVAL|COUNT)=\d{1,2}|;UNTIL=\d{8}|;BYDAY=[A-Z0-9,+-]{2,40})*")
MOST_VISITS = 52
LONGEST = dt.timedelta(days=730)


@dataclass(frozen=True, kw_only=True)
class PlannedDate:
    """One date of a series: when it would be, what stands in the way (a code, or nothing), and what is free near it.

    `patient_overlap` warns that the patient has another visit then.
    """

    starts_at: dt.datetime
    problem: str = ""
    detail: str = ""
    nearest: Slot | None = None
    patient_overlap: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "starts_at": self.starts_at.isoformat(),
            "code": self.problem,
            "detail": self.detail,
            "nearest": self.nearest.as_json() if self.nearest else None,
            "patient_overlap": self.patient_overlap,
        }


def dates_of(actor: Actor, *, rule: str, first: dt.datetime) -> list[dt.datetime]:
    """The instants of a rule (RFC 5545: `FREQ=WEEKLY;INTERVAL=2;COUNT=8`), at the same wall-clock time each.

    `UNTIL=20271231` may stand for COUNT: the last local day. `first` is the first visit. Invalid for a rule that is
    none, makes one visit, or goes on for too long.
    """
    if not RULE.fullmatch(rule) or rule.count("COUNT=") + rule.count("UNTIL=") != 1:
        raise Invalid(fields={"rule": ["Give FREQ, COUNT or UNTIL, and perhaps INTERVAL or BYDAY."]})
    whole_day = re.sub(r"(UNTIL=\d{8})", r"\1T235959", rule)
    begins = clock.local(first, actor.timezone)
    try:
        naive = list(islice(rrulestr(whole_day, dtstart=begins.replace(tzinfo=None)), MOST_VISITS + 1))
    except (ValueError, TypeError, KeyError):
        raise Invalid(fields={"rule": ["This rule cannot be read."]}) from None
    if not 2 <= len(naive) <= MOST_VISITS or naive[-1] - naive[0] > LONGEST:
        raise Invalid(fields={"rule": [f"A series has 2 to {MOST_VISITS} visits within two years."]})
    try:
        return [clock.at_wall_clock(moment.date(), moment.time(), actor.timezone) for moment in naive]
    except clock.NoSuchTime as error:
        raise Invalid(fields={"start_time": [write_gap(error)]}) from None


def plan(
    actor: Actor,
    *,
    doctor_id: UUID,
    starts: Sequence[dt.datetime],
    duration: int | None = None,
    visit_type: str = Appointment.VisitType.IN_CLINIC,
    patient_id: UUID | None = None,
    at: dt.datetime,
) -> list[PlannedDate]:
    """Each date with what stands in its way and the nearest free slot instead; nothing is written.

    Two queries, and two more for each date that is not free.
    """
    doctors = bookable_doctors(actor, doctors=[doctor_id])
    if not doctors or not doctors[0].active:
        raise Invalid(fields={"doctor_id": ["There is no such doctor."]})
    doctor = doctors[0]
    if visit_type not in doctor.visit_types:
        raise Invalid(fields={"visit_type": [f"{doctor.doctor_name} does not take this kind of visit."]})
    minutes = duration or doctor.default_visit_length
    spans = [visit_range(actor, start, minutes) for start in starts]
    window = min(span[0] for span in spans), max(span[1] for span in spans)
    found = blocked_ranges(actor, [doctor_id], window, patient_id=patient_id)
    planned: list[PlannedDate] = []
    for span in spans:
        hits = [block for block in found if block.span[0] < span[1] and block.span[1] > span[0]]
        problem = conflict_in(actor, doctor, span, hits, needs=RequiredAvailability.FUTURE, at=at)
        overlaps = any(block.kind == "patient" for block in hits)
        near: list[Slot] = []
        if problem:
            near = nearest_free(actor, doctor=doctor, around=span[0], duration=minutes, count=1, at=at)
        planned.append(
            PlannedDate(
                starts_at=clock.local(span[0], actor.timezone),
                problem=problem.code if problem else "",
                detail=problem.title if problem else "",
                nearest=near[0] if near else None,
                patient_overlap=overlaps,
            )
        )
    return planned


@transaction.atomic
def book(
    actor: Actor,
    *,
    patient_id: UUID,
    doctor_id: UUID,
    starts: Sequence[dt.datetime],
    rule: str = "",
    duration: int | None = None,
    visit_type: str = Appointment.VisitType.IN_CLINIC,
    visit_category: str | None = None,
    reason: str = "",
    at: dt.datetime,
) -> list[Appointment]:
    """Book all of the visits or none. SeriesConflicts names every date that is not free, with its nearest free slot."""
    if actor.role not in DESK:
        raise Forbidden()
    if not 2 <= len(set(starts)) <= MOST_VISITS:
        raise Invalid(fields={"starts": [f"A series has 2 to {MOST_VISITS} visits."]})
    lock_doctors(actor, [doctor_id])
    planned = plan(actor, doctor_id=doctor_id, starts=starts, duration=duration, visit_type=visit_type, at=at)
    conflicts = [date.as_json() for date in planned if date.problem]
    if conflicts:
        raise SeriesConflicts(conflicts=conflicts)
    series: Series | None = None
    visits: list[Appointment] = []
    for start in sorted(set(starts)):
        try:
            visit = book_visit(
                actor,
                patient_id=patient_id,
                doctor_id=doctor_id,
                starts_at=start,
                duration=duration,
                visit_type=visit_type,
                visit_category=visit_category if not visits else Appointment.VisitCategory.FOLLOW_UP,
                reason=reason,
                series=series or (series := _series(actor, patient_id, doctor_id, rule)),
                at=at,
            )
        except SlotUnavailable as problem:  # two dates of the series run into each other
            raise SeriesConflicts(conflicts=[_conflict(actor, start, problem)]) from problem
        visits.append(visit)
    return visits


def _series(actor: Actor, patient_id: UUID, doctor_id: UUID, rule: str) -> Series:
    return Series.objects.create(clinic_id=actor.clinic_id, patient_id=patient_id, doctor_id=doctor_id, rule=rule[:200])


def following(actor: Actor, visit: Appointment) -> list[UUID]:
    """The open visits of the series from this one on, it included."""
    rows = Appointment.objects.visible_to(actor).filter(starts_at__gte=visit.starts_at, status__in=OPEN)
    return list(rows.filter(series_id=visit.series_id).values_list("pk", flat=True)) if visit.series_id else [visit.pk]


@transaction.atomic
def cancel_following(
    actor: Actor, appointment_id: UUID, *, cancellation_type: str, reason_note: str = "", at: dt.datetime
) -> list[bulk.BulkResult]:
    """Cancel this visit and the later ones of its series."""
    visit: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    return bulk.cancel_visits(
        actor, following(actor, visit), cancellation_type=cancellation_type, reason_note=reason_note, at=at
    )


@transaction.atomic
def move_following(
    actor: Actor, appointment_id: UUID, *, starts_at: dt.datetime, doctor_id: UUID | None = None, at: dt.datetime
) -> list[Appointment]:
    """Move this visit, and the later ones of its series by as many days and wall-clock minutes. All or none:
    SeriesConflicts names the dates that are not free."""
    if actor.role not in DESK:
        raise Forbidden()
    visit: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    visits = bulk.lock_visits(actor, following(actor, visit), *([doctor_id] if doctor_id else []))
    old = clock.local(visit.starts_at, actor.timezone).replace(tzinfo=None)
    shift = clock.local(starts_at, actor.timezone).replace(tzinfo=None) - old
    conflicts: list[dict[str, object]] = []
    moved: list[Appointment] = []
    # The last one first when moving later, so that a visit does not run into the next one's old time.
    for each in sorted(visits, key=lambda row: row.starts_at, reverse=shift > dt.timedelta()):
        target = _shifted(actor, each, shift)
        try:
            moved.append(reschedule(actor, each.pk, starts_at=target, doctor_id=doctor_id, at=at))
        except SlotUnavailable as problem:
            conflicts.append(_conflict(actor, target, problem))
    if conflicts:
        raise SeriesConflicts(conflicts=conflicts)
    return sorted(moved, key=lambda row: row.starts_at)


def _conflict(actor: Actor, start: dt.datetime, problem: SlotUnavailable) -> dict[str, object]:
    slots = problem.extras.get("free_slots") or [None]
    local = clock.local(start, actor.timezone).isoformat()
    return {"starts_at": local, "code": problem.code, "detail": problem.detail, "nearest": slots[0]}


def _shifted(actor: Actor, visit: Appointment, shift: dt.timedelta) -> dt.datetime:
    moment = clock.local(visit.starts_at, actor.timezone).replace(tzinfo=None) + shift
    try:
        return clock.at_wall_clock(moment.date(), moment.time(), actor.timezone)
    except clock.NoSuchTime as error:
        raise Invalid(fields={"start_time": [write_gap(error)]}) from None
