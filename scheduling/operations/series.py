"""Recurring appointments, booked together; each is an ordinary appointment with a `series_id`."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from uuid import UUID

from dateutil.rrule import rrulestr
from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.web.display import write_gap
from scheduling.errors import SeriesConflicts, SlotUnavailable
from scheduling.models import Appointment, Series
from scheduling.operations import bulk
from scheduling.operations.appointments.booking import book as book_one
from scheduling.operations.appointments.requests import BookingRequest, RequiredAvailability
from scheduling.operations.appointments.rescheduling import reschedule
from scheduling.operations.appointments.slot_reservation import conflict_in, lock_doctors, visit_range
from scheduling.selectors.availability import Slot, blocked_ranges, bookable_doctors, nearest_free

RULE = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY)(;(INTERVAL|COUNT)=\d{1,2}|;UNTIL=\d{8}|;BYDAY=[A-Z0-9,+-]{2,40})*")
MOST_VISITS = 52
LONGEST = dt.timedelta(days=730)


@dataclass(frozen=True, kw_only=True)
class SeriesRequest:
    """Requested recurring appointments at the given `starts`. `duration` is in minutes, None for the doctor's default.

    `rule` is the RFC 5545 rule that the starts come from, stored as information. `patient_id` is required to book.
    """

    doctor_id: UUID
    starts: Sequence[dt.datetime]
    patient_id: UUID | None = None
    rule: str = ""
    duration: int | None = None
    visit_type: str = Appointment.VisitType.IN_CLINIC
    visit_category: str | None = None
    reason: str = ""

    def booking(self, starts_at: dt.datetime) -> BookingRequest:
        """The booking of one date."""
        return BookingRequest(
            starts_at=starts_at,
            doctor_id=self.doctor_id,
            patient_id=self.patient_id,
            duration=self.duration,
            visit_type=self.visit_type,
            visit_category=self.visit_category,
            reason=self.reason,
        )


@dataclass(frozen=True, kw_only=True)
class PlannedDate:
    """One date of a series: its start, the code of its conflict (empty if none) and the nearest free slot.

    `patient_overlap` warns that the patient has another visit at that time.
    """

    starts_at: dt.datetime
    problem: str = ""
    detail: str = ""
    nearest: Slot | None = None
    patient_overlap: bool = False

    def as_json(self) -> dict[str, object]:
        """The date as the API represents it."""
        return {
            "starts_at": self.starts_at.isoformat(),
            "code": self.problem,
            "detail": self.detail,
            "nearest": self.nearest.as_json() if self.nearest else None,
            "patient_overlap": self.patient_overlap,
        }


def dates_of(actor: Actor, *, rule: str, first: dt.datetime) -> list[dt.datetime]:
    """The instants of an RFC 5545 rule (`FREQ=WEEKLY;INTERVAL=2;COUNT=8`), all at the wall-clock time of `first`.

    `UNTIL=20271231`, the last local day, may replace COUNT. Invalid for a malformed rule, or one with fewer than two
    or more than MOST_VISITS dates or a span of more than two years.
    """
    if not RULE.fullmatch(rule) or rule.count("COUNT=") + rule.count("UNTIL=") != 1:
        raise Invalid(fields={"rule": ["Enter FREQ and COUNT or UNTIL, optionally INTERVAL or BYDAY."]})
    whole_day = re.sub(r"(UNTIL=\d{8})", r"\1T235959", rule)
    begins = clock.local(first, actor.timezone)
    try:
        naive = list(islice(rrulestr(whole_day, dtstart=begins.replace(tzinfo=None)), MOST_VISITS + 1))
    except (ValueError, TypeError, KeyError):
        raise Invalid(fields={"rule": ["Enter a valid RFC 5545 rule."]}) from None
    if not 2 <= len(naive) <= MOST_VISITS or naive[-1] - naive[0] > LONGEST:
        raise Invalid(fields={"rule": [f"A series has 2 to {MOST_VISITS} visits within two years."]})
    try:
        return [clock.at_wall_clock(moment.date(), moment.time(), actor.timezone) for moment in naive]
    except clock.NoSuchTime as error:
        raise Invalid(fields={"start_time": [write_gap(error)]}) from None


def plan(actor: Actor, request: SeriesRequest, *, at: dt.datetime) -> list[PlannedDate]:
    """Check each date of a series without writing: its conflict, if any, and then the nearest free slot.

    Invalid for a bad doctor, visit type or duration. Two queries, and one to three more for each date with a conflict.
    """
    doctors = bookable_doctors(actor, doctors=[request.doctor_id])
    if not doctors or not doctors[0].active:
        raise Invalid(fields={"doctor_id": ["There is no such doctor."]})
    doctor = doctors[0]
    if request.visit_type not in doctor.visit_types:
        raise Invalid(fields={"visit_type": [f"{doctor.doctor_name} does not take this kind of visit."]})
    minutes = request.duration or doctor.default_visit_length
    spans = [visit_range(actor, start, minutes) for start in request.starts]
    window = min(span[0] for span in spans), max(span[1] for span in spans)
    blocks = blocked_ranges(actor, [doctor.doctor_id], window, patient_id=request.patient_id)
    planned: list[PlannedDate] = []
    for span in spans:
        overlapping = [block for block in blocks if block.span[0] < span[1] and block.span[1] > span[0]]
        problem = conflict_in(actor, doctor, span, overlapping, needs=RequiredAvailability.FUTURE, at=at)
        nearest: list[Slot] = []
        if problem:
            nearest = nearest_free(actor, doctor=doctor, around=span[0], duration=minutes, count=1, at=at)
        planned.append(
            PlannedDate(
                starts_at=clock.local(span[0], actor.timezone),
                problem=problem.code if problem else "",
                detail=problem.title if problem else "",
                nearest=nearest[0] if nearest else None,
                patient_overlap=any(block.kind == "patient" for block in overlapping),
            )
        )
    return planned


@transaction.atomic
def book(actor: Actor, request: SeriesRequest, *, at: dt.datetime) -> list[Appointment]:
    """Book all appointments of a series or none; only the first has the requested category, the others are follow-ups.

    Forbidden for all but the front desk; Invalid; SeriesConflicts with each unavailable date and its nearest free slot.
    """
    actor.require_front_desk()
    if request.patient_id is None:
        raise Invalid(fields={"patient_id": ["Choose a patient."]})
    if not 2 <= len(set(request.starts)) <= MOST_VISITS:
        raise Invalid(fields={"starts": [f"A series has 2 to {MOST_VISITS} visits."]})
    lock_doctors(actor, [request.doctor_id])
    conflicts = [date.as_json() for date in plan(actor, request, at=at) if date.problem]
    if conflicts:
        raise SeriesConflicts(conflicts=conflicts)
    booked: list[Appointment] = []
    series: Series | None = None
    for start in sorted(set(request.starts)):
        series = series or _create_series(actor, request, request.patient_id)
        booking = replace(request.booking(start), series_id=series.pk)
        if booked:
            booking = replace(booking, visit_category=Appointment.VisitCategory.FOLLOW_UP)
        try:
            booked.append(book_one(actor, booking, at=at).appointment)
        except SlotUnavailable as problem:  # two dates of the series overlap
            raise SeriesConflicts(conflicts=[_conflict(actor, start, problem)]) from problem
    return booked


def _create_series(actor: Actor, request: SeriesRequest, patient_id: UUID) -> Series:
    return Series.objects.create(
        clinic_id=actor.clinic_id,
        patient_id=patient_id,
        doctor_id=request.doctor_id,
        rule=request.rule[:200],
    )


def following(actor: Actor, appointment: Appointment) -> list[UUID]:
    """The ids of the open appointments of the series that start with or after this one, including it."""
    if not appointment.series_id:
        return [appointment.pk]
    rows = Appointment.objects.visible_to(actor).open().filter(series_id=appointment.series_id)
    return list(rows.filter(starts_at__gte=appointment.starts_at).values_list("pk", flat=True))


@transaction.atomic
def cancel_following(
    actor: Actor, appointment_id: UUID, *, cancellation_type: str, reason_note: str = "", at: dt.datetime
) -> list[bulk.BulkResult]:
    """Cancel this appointment and the later ones of its series. Returns a result for each."""
    appointment: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    return bulk.cancel_visits(
        actor, following(actor, appointment), cancellation_type=cancellation_type, reason_note=reason_note, at=at
    )


@transaction.atomic
def move_following(
    actor: Actor, appointment_id: UUID, *, starts_at: dt.datetime, doctor_id: UUID | None = None, at: dt.datetime
) -> list[Appointment]:
    """Move this appointment and the later ones of its series by the same number of days and wall-clock minutes.

    All or none: SeriesConflicts with each unavailable date.
    """
    actor.require_front_desk()
    first: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    appointments = bulk.lock_visits(actor, following(actor, first), *([doctor_id] if doctor_id else []))
    old = clock.local(first.starts_at, actor.timezone).replace(tzinfo=None)
    shift = clock.local(starts_at, actor.timezone).replace(tzinfo=None) - old
    conflicts: list[dict[str, object]] = []
    moved: list[Appointment] = []
    # In descending order when moving later, so that no appointment overlaps the old time of the next one.
    for appointment in sorted(appointments, key=lambda row: row.starts_at, reverse=shift > dt.timedelta()):
        target = _shifted(actor, appointment, shift)
        try:
            result = reschedule(actor, appointment.pk, starts_at=target, doctor_id=doctor_id, at=at)
        except SlotUnavailable as problem:
            conflicts.append(_conflict(actor, target, problem))
        else:
            moved.append(result.appointment)
    if conflicts:
        raise SeriesConflicts(conflicts=conflicts)
    return sorted(moved, key=lambda row: row.starts_at)


def _conflict(actor: Actor, start: dt.datetime, problem: SlotUnavailable) -> dict[str, object]:
    slots = problem.extras.get("free_slots") or [None]
    local = clock.local(start, actor.timezone).isoformat()
    return {"starts_at": local, "code": problem.code, "detail": problem.detail, "nearest": slots[0]}


def _shifted(actor: Actor, appointment: Appointment, shift: dt.timedelta) -> dt.datetime:
    moment = clock.local(appointment.starts_at, actor.timezone).replace(tzinfo=None) + shift
    try:
        return clock.at_wall_clock(moment.date(), moment.time(), actor.timezone)
    except clock.NoSuchTime as error:
        raise Invalid(fields={"start_time": [write_gap(error)]}) from None
