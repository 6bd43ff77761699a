"""Updates of the daily totals: days that are over, and counted days that have changed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from dashboards.figures.rules.periods import DAY, DayRange
from dashboards.figures.selectors import counting
from dashboards.figures.selectors.opening_hours import opening_of
from dashboards.figures.selectors.report import read_freshness
from dashboards.models import DayFigures, FigureState, HourFigures

LOCK = "select pg_advisory_xact_lock(hashtextextended('figures:' || %s, 0))"
CLAIM_MARKS = "delete from stale_days where clinic_id = %s returning day, opening"
# Days per statement: years of rows without statistics must not exceed the statement timeout.
BATCH_DAYS = 31
HOUR_COLUMNS = ("visits", "no_shows", "booked_minutes")


@transaction.atomic
def roll_up(actor: Actor, *, at: dt.datetime) -> int:
    """Count the days that ended before `at` and are not counted, or have changed; returns how many.

    Marks are deleted before the count: a change that commits in between leaves a new mark for the next run. Concurrent
    runs wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(actor.clinic_id)])
        cursor.execute(CLAIM_MARKS, [actor.clinic_id])
        marks = cursor.fetchall()
    yesterday = clock.local(at, actor.timezone).date() - DAY
    fresh = read_freshness(actor)
    if fresh.since is None:
        _delete_figures(actor)
    if fresh.first_day is None:
        return 0
    since = min(fresh.first_day, fresh.since or fresh.first_day, yesterday + DAY)
    counted = DayRange(start=fresh.since or since, end=(fresh.through or since - DAY) + DAY)
    new = {day for day in DayRange(start=since, end=yesterday + DAY).days if day not in counted}
    stale = {day for day, _ in marks if day in counted}
    _count_visits(actor, new | stale, at)
    _count_opening(actor, new | {day for day, opening in marks if opening and day in counted})
    FigureState.objects.visible_to(actor).update_or_create(
        clinic_id=actor.clinic_id,
        defaults={"since": since, "through": max(yesterday, counted.last_day), "timezone": actor.timezone},
    )
    return len(new | stale)


@transaction.atomic
def rebuild(actor: Actor, *, at: dt.datetime) -> int:
    """Delete the totals and count every day again, with the doctors' current hours; returns the number of days."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(actor.clinic_id)])
    _delete_figures(actor)
    return roll_up(actor, at=at)


def _delete_figures(actor: Actor) -> None:
    for model in (FigureState, DayFigures, HourFigures):
        model.objects.visible_to(actor).delete()


def _count_visits(actor: Actor, days: Iterable[dt.date], at: dt.datetime) -> None:
    """Replace the totals of these days that depend on visits; open minutes are kept."""
    sorted_days = sorted(days)
    if not sorted_days:
        return
    DayFigures.objects.visible_to(actor).filter(day__in=sorted_days).update(**dict.fromkeys(counting.COUNTED, 0))
    HourFigures.objects.visible_to(actor).filter(day__in=sorted_days).update(**dict.fromkeys(HOUR_COLUMNS, 0))
    with connection.cursor() as cursor:
        for begin in range(0, len(sorted_days), BATCH_DAYS):
            values = counting.parameters(actor, sorted_days[begin : begin + BATCH_DAYS], at)
            cursor.execute(_upsert_statement("day_figures", "doctor_id", counting.COUNTED, counting.BY_DOCTOR), values)
            cursor.execute(_upsert_statement("hour_figures", "hour", HOUR_COLUMNS, counting.BY_HOUR), values)


def _count_opening(actor: Actor, days: Iterable[dt.date]) -> None:
    """Replace the open minutes of these days."""
    sorted_days = sorted(days)
    if not sorted_days:
        return
    for model in (DayFigures, HourFigures):
        model.objects.visible_to(actor).filter(day__in=sorted_days).update(open_minutes=0)
    opening = opening_of(actor, sorted_days)
    own = {"clinic_id": actor.clinic_id}
    upsert: dict[str, Any] = {
        "update_conflicts": True,
        "update_fields": ["open_minutes", "updated_at"],
        "batch_size": 2000,
    }
    DayFigures.objects.bulk_create(
        (
            DayFigures(**own, day=day, doctor_id=doctor_id, open_minutes=minutes)
            for (day, doctor_id), minutes in opening.by_doctor.items()
        ),
        unique_fields=["clinic", "day", "doctor"],
        **upsert,
    )
    HourFigures.objects.bulk_create(
        (
            HourFigures(**own, day=day, hour=hour, open_minutes=minutes)
            for (day, hour), minutes in opening.by_hour.items()
        ),
        unique_fields=["clinic", "day", "hour"],
        **upsert,
    )


def _upsert_statement(table: str, key: str, names: Iterable[str], counted: str) -> str:
    """The statement that inserts or updates the counted rows of a table."""
    columns = ", ".join(names)
    new = ", ".join(f"{name} = excluded.{name}" for name in names)
    return (
        f"insert into {table} (id, clinic_id, created_at, updated_at, day, {key}, {columns}) "  # noqa: S608 - names of this module
        f"select gen_random_uuid(), %(clinic)s, %(now)s, %(now)s, day, {key}, {columns} from ({counted}) counted "
        f"on conflict (clinic_id, day, {key}) do update set updated_at = excluded.updated_at, {new}"
    )
