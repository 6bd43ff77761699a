"""A doctor's own local day: visits in order, their newest summaries, and its delay."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from aiassist.models import IntakeSummary
from clinicflow.access.actor import Actor
from clinicflow.core import clock
from dashboards.board.selectors.alerts import SUMMARY_READY, Alert, alerts_of, newest_summaries
from dashboards.board.selectors.delay import Delay, delay_of
from scheduling.models import Appointment

LOOKAHEAD = dt.timedelta(days=14)
MAX_VISITS = 150  # a day of five-minute visits, and the next


@dataclass(kw_only=True)
class DoctorDay:
    """`visits` are without rescheduled ones; `summaries` may include others'. `pace` is the delay, none on another day
    than today.
    """

    day: dt.date
    visits: list[Appointment]
    summaries: dict[UUID, IntakeSummary]
    pace: Delay

    @cached_property
    def to_review(self) -> list[Appointment]:
        """Open visits whose summary is not reviewed."""
        return [visit for visit in self.visits if visit.is_open and is_unreviewed(self.summaries.get(visit.pk))]

    @cached_property
    def next_id(self) -> UUID | None:
        """The visit of the longest waiting patient, else the next open visit, or None."""
        waiting = [visit for visit in self.visits if visit.is_open and visit.arrived]
        upcoming = [visit for visit in self.visits if visit.is_open]
        return next((visit.pk for visit in [*waiting, *upcoming]), None)

    def alerts(self, now: dt.datetime, *, intake_required: bool) -> list[Alert]:
        return alerts_of(self.visits, self.summaries, now, intake_required=intake_required)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompleteVisit:
    """An upcoming visit that is not ready, and what it lacks."""

    visit: Appointment
    unconfirmed: bool
    intake: str  # `missing` or `sent`, empty if submitted or not required
    unread: bool  # whether its summary is ready and not reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDays:
    """The next local day on which the doctor has visits, and those that are not ready."""

    day: dt.date
    visits: int
    gaps: list[IncompleteVisit]


def read_doctor_day(actor: Actor, day: dt.date, now: dt.datetime) -> DoctorDay:
    """The doctor's day. Two queries."""
    visits = _visits(actor, day)
    return DoctorDay(
        day=day,
        visits=visits,
        summaries=newest_summaries(actor, [visit.pk for visit in visits]),
        pace=delay_of(visits, now),
    )


def read_doctor_days(
    actor: Actor, day: dt.date, now: dt.datetime, *, intake_required: bool
) -> tuple[DoctorDay, NextDays | None]:
    """The doctor's day and the next one with visits, None if there is none within LOOKAHEAD. Two queries."""
    start, end = clock.day_bounds(day, actor.timezone)
    rows = Appointment.objects.visible_to(actor).filter(starts_at__gte=start, starts_at__lt=end + LOOKAHEAD)
    found = list(rows.filter(rescheduled=False).for_cards()[:MAX_VISITS])
    summaries = newest_summaries(actor, [visit.pk for visit in found])
    visits = [visit for visit in found if visit.starts_at < end]
    own_day = DoctorDay(day=day, visits=visits, summaries=summaries, pace=delay_of(visits, now))
    upcoming = [visit for visit in found if visit.starts_at >= end and visit.is_open]
    if not upcoming:
        return own_day, None
    next_day = clock.local(upcoming[0].starts_at, actor.timezone).date()
    own = [visit for visit in upcoming if clock.local(visit.starts_at, actor.timezone).date() == next_day]
    candidates = [_incomplete(visit, summaries.get(visit.pk), intake_required) for visit in own]
    gaps = [gap for gap in candidates if gap.unconfirmed or gap.intake or gap.unread]
    return own_day, NextDays(day=next_day, visits=len(own), gaps=gaps)


def _visits(actor: Actor, day: dt.date) -> list[Appointment]:
    rows = Appointment.objects.visible_to(actor).on(day, actor.timezone).filter(rescheduled=False)
    return list(rows.for_cards())


def _incomplete(visit: Appointment, summary: IntakeSummary | None, intake_required: bool) -> IncompleteVisit:
    missing = intake_required and visit.intake_status != Appointment.IntakeStatus.COMPLETED
    return IncompleteVisit(
        visit=visit,
        unconfirmed=visit.status == Appointment.Status.UNCONFIRMED,
        intake=visit.intake_status if missing else "",
        unread=is_unreviewed(summary),
    )


def is_unreviewed(summary: IntakeSummary | None) -> bool:
    """Whether a summary is ready and not reviewed."""
    return summary is not None and summary.status in SUMMARY_READY and summary.reviewed_at is None
