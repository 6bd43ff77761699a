"""The owner's figures: totals of the clinic, never a patient. Every total starts at `of_clinic(actor)`.

A period is a half-open range of local days; it is compared with the one of the same length before it. A group of
fewer than FEW visits is not shown, since it could point at somebody.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Extract, TruncDate

from clinicflow.clinics.actors import Actor
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from dashboards.grid import DAY, Minutes, blocks_of
from intake.models import IntakeForm
from scheduling.availability import bookable
from scheduling.models import Appointment, Closure, TimeOff

FEW = 5
WEEK = dt.timedelta(weeks=1)
PERIODS = {"4w": 4, "12w": 12, "52w": 52}  # name -> weeks
DEFAULT_PERIOD = "12w"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole weeks up to and including the day before `end`."""

    name: str
    start: dt.date
    end: dt.date

    @property
    def last_day(self) -> dt.date:
        return self.end - dt.timedelta(days=1)

    @property
    def before(self) -> "Period":
        return Period(name=self.name, start=self.start - (self.end - self.start), end=self.start)

    @property
    def weeks(self) -> list[dt.date]:
        """The first day of each week of the period."""
        return [self.start + week * WEEK for week in range((self.end - self.start).days // 7)]


def period_of(name: str, today: dt.date) -> Period:
    """The period of this name that ends today; an unknown name means the default."""
    known = name if name in PERIODS else DEFAULT_PERIOD
    end = today + dt.timedelta(days=1)
    return Period(name=known, start=end - dt.timedelta(weeks=PERIODS[known]), end=end)


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts of visits; the shares are percentages, None where there is nothing to divide by."""

    due: int = 0  # took place or should have
    done: int = 0
    no_shows: int = 0
    cancelled: int = 0
    confirmed_before: int = 0
    intake_before: int = 0
    minutes: int = 0
    open_minutes: int = 0

    def add(self, row: dict[str, Any]) -> None:
        for name in ("due", "done", "no_shows", "cancelled", "confirmed_before", "intake_before"):
            setattr(self, name, getattr(self, name) + row[name])
        self.minutes += int(row["length"].total_seconds() // 60) if row["length"] else 0

    @property
    def no_show_rate(self) -> float | None:
        return _share(self.no_shows, self.due)

    @property
    def confirmed_rate(self) -> float | None:
        return _share(self.confirmed_before, self.due)

    @property
    def intake_rate(self) -> float | None:
        return _share(self.intake_before, self.due)

    @property
    def cancelled_rate(self) -> float | None:
        return _share(self.cancelled, self.cancelled + self.due)

    @property
    def use(self) -> float | None:
        return _share(min(self.minutes, self.open_minutes), self.open_minutes, few=0)


def _share(part: int, whole: int, *, few: int = FEW) -> float | None:
    return round(100 * part / whole, 1) if whole and whole >= few else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One key figure, with its value in the period before. `good` is the direction that is an improvement."""

    key: str
    value: float | None
    before: float | None
    good: int
    unit: str = "%"

    @property
    def change(self) -> float | None:
        return None if self.value is None or self.before is None else round(self.value - self.before, 1)

    @property
    def tone(self) -> str:
        if not self.change:
            return "mute"
        return "ok" if self.change * self.good > 0 else "bad"

    @property
    def icon(self) -> str:
        return "minus" if not self.change else "trending-up" if self.change > 0 else "trending-down"

    @property
    def size(self) -> float:
        return abs(self.change or 0)


@dataclass(slots=True, kw_only=True)
class DoctorFigures:
    doctor: Doctor
    tally: Tally

    @property
    def use_whole(self) -> int:
        return round(self.tally.use or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyHour:
    """The booked share of one weekday's hour, in percent; None while nobody works."""

    share: int | None

    @property
    def tint(self) -> int:
        """0 to 4, the darker the fuller."""
        return min(4, (self.share or 0) // 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyDay:
    date: dt.date  # any date of that weekday, for its name
    cells: list[BusyHour]


@dataclass(slots=True, kw_only=True)
class Overview:
    """All that the owner's first page shows."""

    period: Period
    now: Tally
    before: Tally
    weeks: list[tuple[dt.date, Tally, Tally]]  # first day, this period, the same week of the period before
    doctors: list[DoctorFigures]
    hours: list[int]
    busy_rows: list[BusyDay]

    @property
    def booked(self) -> int:
        return self.now.due + self.now.cancelled

    @property
    def confirmed_share(self) -> int:
        return self._of_booked(self.now.confirmed_before)

    @property
    def done_share(self) -> int:
        return self._of_booked(self.now.done)

    @property
    def cancelled_share(self) -> int:
        return self._of_booked(self.now.cancelled)

    @property
    def no_show_share(self) -> int:
        return self._of_booked(self.now.no_shows)

    def _of_booked(self, part: int) -> int:
        return round(100 * part / self.booked) if self.booked else 0

    @property
    def figures(self) -> list[Figure]:
        pairs = (("no_show_rate", -1), ("confirmed_rate", 1), ("use", 1), ("intake_rate", 1), ("cancelled_rate", -1))
        return [
            Figure(key=key, value=getattr(self.now, key), before=getattr(self.before, key), good=good)
            for key, good in pairs
        ]


def read_overview(actor: Actor, period: Period) -> Overview:
    """The figures of a period and of the one before it, in six queries whatever the number of visits."""
    zone = ZoneInfo(actor.timezone)
    both = Period(name=period.name, start=period.before.start, end=period.end)
    doctors = list(Doctor.objects.of_clinic(actor).active())
    rows = list(_days(actor, both, zone))
    opening = _opening(actor, both, zone)
    first_visit = min((row["day"] for row in rows), default=period.start)

    now, before = Tally(), Tally()
    by_doctor: dict[UUID, Tally] = defaultdict(Tally)
    weeks = [(week, Tally(), Tally()) for week in period.weeks]
    for row in rows:
        current = row["day"] >= period.start
        (now if current else before).add(row)
        since = row["day"] - (period.start if current else period.before.start)
        weeks[min(since.days // 7, len(weeks) - 1)][1 if current else 2].add(row)
        if current:
            by_doctor[row["doctor_id"]].add(row)
    for (doctor_id, day), spans in opening.items():
        minutes = sum(end - start for start, end in spans)
        if day >= period.start:
            now.open_minutes += minutes
            by_doctor[doctor_id].open_minutes += minutes
        elif day >= first_visit:
            before.open_minutes += minutes
    if first_visit >= period.before.start + WEEK:
        before = Tally()  # the clinic was not there for the whole of it: nothing to compare with
    hours, busy = _busy_hours(actor, period, opening, zone)
    return Overview(
        period=period,
        now=now,
        before=before,
        weeks=weeks,
        doctors=[DoctorFigures(doctor=doctor, tally=by_doctor[doctor.pk]) for doctor in doctors],
        hours=hours,
        busy_rows=busy,
    )


def _visits(actor: Actor, period: Period) -> Any:
    start, _ = clock.day_bounds(period.start, actor.timezone)
    _, end = clock.day_bounds(period.last_day, actor.timezone)
    rows = Appointment.objects.of_clinic(actor).filter(deleted_at=None, rescheduled=False)
    return rows.filter(starts_at__gte=start, starts_at__lt=end)


def _days(actor: Actor, period: Period, zone: ZoneInfo) -> Iterable[dict[str, Any]]:
    """Counts by local day and doctor. A visit that is still open counts from the moment it should have begun."""
    settled = Q(status__in=["completed", "no-show"]) | Q(
        status__in=["unconfirmed", "confirmed"], starts_at__lte=clock.now()
    )
    in_time = IntakeForm.objects.of_clinic(actor).filter(
        appointment_id=OuterRef("pk"), submitted_at__lte=OuterRef("starts_at")
    )
    return (
        _visits(actor, period)
        .annotate(
            day=TruncDate("starts_at", tzinfo=zone),
            confirmed_on=TruncDate("confirmed_at", tzinfo=zone),
            intake_in=Exists(in_time),
        )
        .values("day", "doctor_id")
        .annotate(
            due=Count("pk", filter=settled),
            done=Count("pk", filter=Q(status="completed")),
            no_shows=Count("pk", filter=Q(status="no-show")),
            cancelled=Count("pk", filter=Q(status="cancelled")),
            confirmed_before=Count("pk", filter=settled & Q(confirmed_on__lt=F("day"))),
            intake_before=Count("pk", filter=settled & Q(intake_in=True)),
            length=Sum(F("ends_at") - F("starts_at"), filter=~Q(status__in=["cancelled", "no-show"])),
        )
        .order_by("day", "doctor_id")
    )


def _opening(actor: Actor, period: Period, zone: ZoneInfo) -> dict[tuple[UUID, dt.date], list[Minutes]]:
    """When each doctor could be booked, for each local day of the period."""
    start, _ = clock.day_bounds(period.start, actor.timezone)
    _, end = clock.day_bounds(period.last_day, actor.timezone)
    closures = list(Closure.objects.of_clinic(actor).between(start, end))
    absences = list(TimeOff.objects.of_clinic(actor).between(start, end))
    doctors = [doctor for doctor in bookable(actor) if doctor.active]
    opening = {}
    for offset in range((period.end - period.start).days):
        day = period.start + dt.timedelta(days=offset)
        first, last = clock.day_bounds(day, actor.timezone)
        shut = [closure for closure in closures if closure.starts_at < last and closure.ends_at > first]
        away = [absence for absence in absences if absence.starts_at < last and absence.ends_at > first]
        for doctor in doctors:
            blocks = blocks_of(doctor.doctor_id, doctor.hours_on(day), day, zone, shut, away)
            opening[doctor.doctor_id, day] = _gaps(blocks)
    return opening


def _gaps(blocks: Iterable[Any]) -> list[Minutes]:
    """The time of a day that the blocks, in order, leave free."""
    free, at = [], 0
    for block in blocks:
        if block.start > at:
            free.append((at, block.start))
        at = max(at, block.end)
    return [*free, (at, DAY)] if at < DAY else free


def _busy_hours(
    actor: Actor, period: Period, opening: dict[tuple[UUID, dt.date], list[Minutes]], zone: ZoneInfo
) -> tuple[list[int], list[BusyDay]]:
    """The share of the open time that is booked, by weekday and hour."""
    open_time: dict[tuple[int, int], int] = defaultdict(int)
    booked: dict[tuple[int, int], int] = defaultdict(int)
    for (_, day), spans in opening.items():
        if day >= period.start:
            for start, end in spans:
                _spread(open_time, day.weekday(), start, end, 1)
    rows = (
        _visits(actor, period)
        .exclude(status__in=["cancelled", "no-show"])
        .annotate(
            weekday=Extract("starts_at", "isodow", tzinfo=zone),
            hour=Extract("starts_at", "hour", tzinfo=zone),
            minute=Extract("starts_at", "minute", tzinfo=zone),
            length=F("ends_at") - F("starts_at"),
        )
        .values("weekday", "hour", "minute", "length")
        .annotate(visits=Count("pk"))
        .order_by()
    )
    for row in rows:
        start = row["hour"] * 60 + row["minute"]
        _spread(booked, row["weekday"] - 1, start, start + int(row["length"].total_seconds() // 60), row["visits"])
    hours = sorted({hour for _, hour in open_time})
    weekdays = sorted({weekday for weekday, _ in open_time})
    monday = period.start - dt.timedelta(days=period.start.weekday())
    return hours, [
        BusyDay(
            date=monday + dt.timedelta(days=weekday),
            cells=[_busy_hour(booked[weekday, hour], open_time.get((weekday, hour), 0)) for hour in hours],
        )
        for weekday in weekdays
    ]


def _spread(into: dict[tuple[int, int], int], weekday: int, start: int, end: int, times: int) -> None:
    for hour in range(start // 60, -(-end // 60)):
        into[weekday, hour] += times * (min(end, hour * 60 + 60) - max(start, hour * 60))


def _busy_hour(booked: int, open_minutes: int) -> BusyHour:
    return BusyHour(share=round(min(100.0, 100 * booked / open_minutes)) if open_minutes else None)
