"""Reports of a period: stored totals for days that are over and unchanged, live counts for the others.

So a figure is correct at any time, whatever the state of the job that stores them. The number of queries does not
depend on the number of visits or days.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from dashboards.figures.rules.periods import DayRange, Period, Step
from dashboards.figures.selectors.counting import count_by_doctor, count_by_hour
from dashboards.figures.selectors.opening_hours import Opening, opening_of
from dashboards.figures.selectors.totals import SUMMED, Totals

GRACE = dt.timedelta(weeks=1)  # a clinic may start this long into the earlier period
EACH_HOUR = ("visits", "no_shows", "booked_minutes", "open_minutes")

# Marks are read together with the range of counted days: a day that is counted between this and the next query is then
# counted live too, and never left out.
FRESHNESS = """
select (select min(starts_at) from appointments
         where clinic_id = %(clinic)s and deleted_at is null and not rescheduled),
       s.since, s.through, s.timezone,
       (select array_agg(distinct day) from stale_days where clinic_id = %(clinic)s)
  from (select 1) one
  left join figure_states s on s.clinic_id = %(clinic)s
"""
STEP = {
    Step.DAY: "day - %(start)s::date",
    Step.WEEK: "(day - %(start)s::date) / 7",
    Step.MONTH: "((extract(year from day) - extract(year from %(start)s::date)) * 12"
    " + extract(month from day) - extract(month from %(start)s::date))::int",
}
SUMS = ", ".join(f"sum({name})::bigint as {name}" for name in SUMMED)
# Days of the earlier period are shifted to the period, so that both have the same steps.
STORED = """
select was_before, {step} as step, doctor_id, {sums}
  from (
    select false as was_before, day, doctor_id, {names} from day_figures
     where clinic_id = %(clinic)s and day >= %(first)s and day < %(last)s and day <> all(%(without)s::date[])
    union all
    select true, day + %(shift)s::int, doctor_id, {names} from day_figures
     where clinic_id = %(clinic)s and day >= %(first_before)s and day < %(last_before)s
       and day <> all(%(without)s::date[])
  ) own
 group by grouping sets ((was_before, {step}), (was_before, doctor_id))
"""
STORED_HOURS = """
select extract(isodow from day)::int - 1, hour, {sums} from hour_figures
 where clinic_id = %(clinic)s and day >= %(first)s and day < %(last)s and day <> all(%(without)s::date[])
 group by 1, 2
""".format(sums=", ".join(f"sum({name})::bigint" for name in EACH_HOUR))


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The first day with visits, and the days whose stored totals are valid."""

    first_day: dt.date | None
    since: dt.date | None
    through: dt.date | None
    stale: frozenset[dt.date]

    def live_days(self, span: DayRange) -> list[dt.date]:
        """The days of a range that have to be counted live."""
        return [day for day in self.known_days(span) if not self._is_stored(day)]

    def known_days(self, span: DayRange) -> list[dt.date]:
        """The days of a range since the clinic's first visit."""
        return [day for day in span.days if self.first_day and day >= self.first_day]

    def _is_stored(self, day: dt.date) -> bool:
        if self.since is None or self.through is None:
            return False
        return self.since <= day <= self.through and day not in self.stale


@dataclass(slots=True)
class Counts:
    """The totals of one period, by step and by doctor."""

    steps: list[Totals]
    doctors: dict[UUID, Totals] = field(default_factory=lambda: defaultdict(Totals))


@dataclass(slots=True, kw_only=True)
class Report:
    """The figures of a period. `before` is None without earlier data."""

    period: Period
    now: Totals
    before: Totals | None
    steps: list[tuple[DayRange, Totals, Totals]]  # each step, with the same step of the earlier period
    doctors: list[tuple[Doctor, Totals]]  # by name; inactive ones only with visits
    hours: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)  # (weekday, local hour)


def read_report(actor: Actor, period: Period, *, hours: bool = False) -> Report:
    """The figures of a period and of the earlier period; with `hours` also by weekday and hour.

    At most eight queries.
    """
    at = clock.now()
    fresh = read_freshness(actor)
    before = period.before
    if before and (fresh.first_day is None or fresh.first_day >= before.start + GRACE):
        before = None
    live = sorted({day for span in (period, before) if span for day in fresh.live_days(span)})
    opening = opening_of(actor, live)
    now, then = (Counts(steps=[Totals() for _ in period.steps]) for _ in range(2))
    _add_stored(actor, period, before, fresh, live, (now, then))
    for row in _with_opening(count_by_doctor(actor, live, at), opening):
        _add_live(row, period, before, (now, then))
    return Report(
        period=period,
        now=Totals.of(now.steps),
        before=Totals.of(then.steps) if before else None,
        steps=list(zip(period.steps, now.steps, then.steps, strict=True)),
        doctors=_by_name(actor, now),
        hours=_hours(actor, period, fresh, opening, at) if hours else {},
    )


def read_freshness(actor: Actor) -> Freshness:
    """How far the stored figures go and where they do not hold. One query."""
    with connection.cursor() as cursor:
        cursor.execute(FRESHNESS, {"clinic": actor.clinic_id})
        first, since, through, zone, stale = cursor.fetchone()
    moved = zone != actor.timezone  # the days of another zone are other days
    return Freshness(
        first_day=first and clock.local(first, actor.timezone).date(),
        since=None if moved else since,
        through=None if moved else through,
        stale=frozenset(stale or ()),
    )


def _add_stored(
    actor: Actor,
    period: Period,
    before: DayRange | None,
    fresh: Freshness,
    live: Sequence[dt.date],
    counts: tuple[Counts, Counts],
) -> None:
    if fresh.first_day is None:
        return
    earlier = before or DayRange(start=period.start, end=period.start)
    values: dict[str, Any] = {
        "clinic": actor.clinic_id,
        "start": period.start,
        "shift": (period.start - earlier.start).days,
        "first": max(period.start, fresh.first_day),
        "last": period.end,
        "first_before": max(earlier.start, fresh.first_day),
        "last_before": earlier.end,
        "without": list(live),
    }
    with connection.cursor() as cursor:
        cursor.execute(STORED.format(step=STEP[period.step], sums=SUMS, names=", ".join(SUMMED)), values)
        for was_before, step, doctor_id, *sums in cursor.fetchall():
            into = counts[was_before]
            tally = into.doctors[doctor_id] if step is None else into.steps[step]
            tally.add(dict(zip(SUMMED, sums, strict=True)))


def _add_live(row: dict[str, Any], period: Period, before: DayRange | None, counts: tuple[Counts, Counts]) -> None:
    """Add a day to the period and to the earlier one; the two may overlap."""
    day = row["day"]
    if day in period:
        counts[0].steps[period.index(day)].add(row)
        counts[0].doctors[row["doctor_id"]].add(row)
    if before and day in before:
        counts[1].steps[period.index(day + (period.start - before.start))].add(row)


def _with_opening(rows: Sequence[dict[str, Any]], opening: Opening) -> list[dict[str, Any]]:
    opened = [
        {"day": day, "doctor_id": doctor_id, "open_minutes": minutes}
        for (day, doctor_id), minutes in opening.by_doctor.items()
    ]
    return [*rows, *opened]


def _by_name(actor: Actor, counts: Counts) -> list[tuple[Doctor, Totals]]:
    return [
        (doctor, counts.doctors[doctor.pk])
        for doctor in Doctor.objects.of_clinic(actor).order_by("name", "pk")
        if doctor.is_active or counts.doctors[doctor.pk].booked
    ]


def _hours(
    actor: Actor, period: Period, fresh: Freshness, opening: Opening, at: dt.datetime
) -> dict[tuple[int, int], dict[str, int]]:
    """By weekday (0 is Monday) and hour. Two queries."""
    sums: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: dict.fromkeys(EACH_HOUR, 0))
    known = fresh.known_days(period)
    if not known:
        return sums
    live = fresh.live_days(period)
    values: dict[str, Any] = {"clinic": actor.clinic_id, "first": known[0], "last": period.end, "without": live}
    with connection.cursor() as cursor:
        cursor.execute(STORED_HOURS, values)
        for weekday, hour, *counted in cursor.fetchall():
            sums[weekday, hour] = dict(zip(EACH_HOUR, counted, strict=True))
    for row in count_by_hour(actor, live, at):
        for name in EACH_HOUR[:3]:
            sums[row["day"].weekday(), row["hour"]][name] += row[name]
    for (day, hour), minutes in opening.by_hour.items():
        if day in period:
            sums[day.weekday(), hour]["open_minutes"] += minutes
    return sums
