"""Keeping the owner's figures: counting the days that are over, and those again that have changed since."""

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
# Days of one statement: years of rows that nobody has analysed yet must not run into the statement's time limit.
BATCH_DAYS = 31
HOUR_COLUMNS = ("visits", "no_shows", "booked_minutes")


@transaction.atomic
def roll_up(actor: Actor, *, at: dt.datetime) -> int:
    """Count the days that ended before `at` and are not counted yet, or have changed; returns how many.

    Marks are taken before anything is counted: a change that commits in between leaves its own mark for the next time.
    Two at once wait for each other.
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
    """Forget what is counted and count every day again, with the doctors' hours as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(actor.clinic_id)])
    _delete_figures(actor)
    return roll_up(actor, at=at)


def _delete_figures(actor: Actor) -> None:
    for model in (FigureState, DayFigures, HourFigures):
        model.objects.visible_to(actor).delete()


def _count_visits(actor: Actor, days: Iterable[dt.date], at: dt.datetime) -> None:
    """Replace what the visits of these days come to; what was open stays."""
    wanted = sorted(days)
    if not wanted:
        return
    DayFigures.objects.visible_to(actor).filter(day__in=wanted).update(**dict.fromkeys(counting.COUNTED, 0))
    HourFigures.objects.visible_to(actor).filter(day__in=wanted).update(**dict.fromkeys(HOUR_COLUMNS, 0))
    with connection.cursor() as cursor:
        for begin in range(0, len(wanted), BATCH_DAYS):
            values = counting.parameters(actor, wanted[begin : begin + BATCH_DAYS], at)
            cursor.execute(_upsert_statement("day_figures", "doctor_id", counting.COUNTED, counting.BY_DOCTOR), values)
            cursor.execute(_upsert_statement("hour_figures", "hour", HOUR_COLUMNS, counting.BY_HOUR), values)


def _count_opening(actor: Actor, days: Iterable[dt.date]) -> None:
    wanted = sorted(days)
    if not wanted:
        return
    for model in (DayFigures, HourFigures):
        model.objects.visible_to(actor).filter(day__in=wanted).update(open_minutes=0)
    opening = opening_of(actor, wanted)
    own = {"clinic_id": actor.clinic_id}
    once: dict[str, Any] = {
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
        **once,
    )
    HourFigures.objects.bulk_create(
        (
            HourFigures(**own, day=day, hour=hour, open_minutes=minutes)
            for (day, hour), minutes in opening.by_hour.items()
        ),
        unique_fields=["clinic", "day", "hour"],
        **once,
    )


def _upsert_statement(table: str, key: str, names: Iterable[str], counted: str) -> str:
    """The statement that writes what is counted into its table."""
    columns = ", ".join(names)
    new = ", ".join(f"{name} = excluded.{name}" for name in names)
    return (
        f"insert into {table} (id, clinic_id, created_at, updated_at, day, {key}, {columns}) "  # noqa: S608 - our names
        f"select gen_random_uuid(), %(clinic)s, %(now)s, %(now)s, day, {key}, {columns} from ({counted}) counted "
        f"on conflict (clinic_id, day, {key}) do update set updated_at = excluded.updated_at, {new}"
    )
