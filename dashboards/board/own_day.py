"""A doctor's own local day: visits in order, their newest summaries, and how far behind it runs."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from aiassist.models import IntakeSummary
from clinicflow.clinics.actors import Actor
from dashboards.board.alerts import READY, Alert, alerts_of, newest_summaries
from dashboards.board.pace import Pace, pace_of
from scheduling.models import Appointment


@dataclass(kw_only=True)
class OwnDay:
    """`visits` leaves out what was given another time. `pace` is that of today; another day has none."""

    day: dt.date
    visits: list[Appointment]
    summaries: dict[UUID, IntakeSummary]
    pace: Pace

    @cached_property
    def to_review(self) -> list[Appointment]:
        """Open visits whose summary nobody has reviewed."""
        return [visit for visit in self.visits if visit.is_open and self._is_unread(visit.pk)]

    @cached_property
    def next_id(self) -> UUID | None:
        """Who waits longest, else who comes next."""
        waiting = [visit for visit in self.visits if visit.is_open and visit.arrived]
        coming = [visit for visit in self.visits if visit.is_open]
        return next((visit.pk for visit in [*waiting, *coming]), None)

    def alerts(self, now: dt.datetime, *, intake_required: bool) -> list[Alert]:
        return alerts_of(self.visits, self.summaries, now, intake_required=intake_required)

    def _is_unread(self, visit_id: UUID) -> bool:
        summary = self.summaries.get(visit_id)
        return summary is not None and summary.status in READY and summary.reviewed_at is None


def read_own_day(actor: Actor, day: dt.date, now: dt.datetime) -> OwnDay:
    """The doctor's day in two queries."""
    rows = Appointment.objects.visible_to(actor).on(day, actor.timezone).filter(rescheduled=False)
    visits = list(rows.for_cards())
    return OwnDay(
        day=day,
        visits=visits,
        summaries=newest_summaries(actor, [visit.pk for visit in visits]),
        pace=pace_of(visits, now),
    )
