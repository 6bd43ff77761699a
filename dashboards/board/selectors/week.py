"""One doctor's week, with a column for each day, in a fixed number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import WEEKDAYS, ClinicSettings, Doctor
from clinicflow.core import clock
from dashboards.board.selectors.cards import COLUMNS, Card, card_of
from dashboards.board.selectors.columns import ColumnOwner, Grid, GridColumn, column_of, extent_of
from dashboards.board.selectors.grid import Minutes, blocks_of, minute_of_day
from scheduling.models import Appointment, Closure, TimeOff
from scheduling.selectors.availability import bookable_doctors

WEEK = dt.timedelta(days=7)


@dataclass(slots=True, kw_only=True)
class Week(Grid):
    """Monday to Sunday of one doctor, without days off that have no visits.

    `day` is the requested day, `doctors` are those to choose from (none for a doctor, who sees their own week).
    """

    day: dt.date
    doctor: Doctor | None
    doctors: list[Doctor]
    cards: list[Card]
    desk: bool

    @property
    def monday(self) -> dt.date:
        return self.day - dt.timedelta(days=self.day.weekday())

    @property
    def sunday(self) -> dt.date:
        return self.monday + dt.timedelta(days=6)

    @property
    def before(self) -> dt.date:
        return self.day - WEEK

    @property
    def after(self) -> dt.date:
        return self.day + WEEK

    @property
    def is_this_week(self) -> bool:
        return self.monday <= self.today <= self.sunday

    @property
    def today_at(self) -> int | None:
        """The index of today's column, or None."""
        return next((index for index, column in enumerate(self.columns) if column.day == self.today), None)

    @property
    def visits(self) -> int:
        return sum(column.visits for column in self.columns)

    @property
    def patient_ids(self) -> list[UUID]:
        """The patients shown, for the audit log."""
        return [card.patient_id for card in self.cards]


def read_week(
    actor: Actor, day: dt.date, now: dt.datetime, settings: ClinicSettings, doctor_id: UUID | None = None
) -> Week:
    """The week of a local day: of the requested doctor, else of the first by name; of the doctor for a doctor."""
    local_now = now.astimezone(ZoneInfo(actor.timezone))
    doctors, doctor = _doctors(actor, doctor_id)
    monday = day - dt.timedelta(days=day.weekday())
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    cards = _cards(actor, doctor, days, now) if doctor else []
    bookable = bookable_doctors(actor, doctors=[doctor.pk]) if doctor else []
    hours = {day: bookable[0].hours_on(day) if bookable else [] for day in days}
    opens, closes = extent_of(settings, hours.values(), cards)
    return Week(
        today=local_now.date(),
        day=day,
        opens=opens,
        closes=closes,
        now=minute_of_day(local_now),
        columns=_columns(actor, doctor, hours, (opens, closes), cards, settings) if doctor else [],
        settings=settings,
        doctor=doctor,
        doctors=doctors,
        cards=cards,
        desk=actor.is_front_desk,
    )


def _columns(
    actor: Actor,
    doctor: Doctor,
    hours: Mapping[dt.date, Sequence[Minutes]],
    extent: tuple[int, int],
    cards: Sequence[Card],
    settings: ClinicSettings,
) -> list[GridColumn]:
    """A column for each day on which the clinic is open, the doctor works, or there is a visit."""
    zone = ZoneInfo(actor.timezone)
    owner = ColumnOwner(
        pk=doctor.pk, name=doctor.name, initials=doctor.initials, specialty=doctor.specialty, color=doctor.color
    )
    bounds = {day: clock.day_bounds(day, actor.timezone) for day in hours}
    start, end = min(bounds.values())[0], max(bounds.values())[1]
    closures = list(Closure.objects.visible_to(actor).between(start, end))
    absences = list(TimeOff.objects.visible_to(actor).between(start, end).filter(doctor=doctor))
    by_day: dict[dt.date, list[Card]] = defaultdict(list)
    for card in cards:
        card.doctor_name, card.doctor_color = doctor.name, doctor.color
        by_day[card.starts_at.astimezone(zone).date()].append(card)
    columns = []
    for day, ranges in hours.items():
        if not (ranges or by_day[day] or WEEKDAYS[day.weekday()] in settings.working_days):
            continue
        closed = [closure for closure in closures if _touches(closure, bounds[day])]
        away = [absence for absence in absences if _touches(absence, bounds[day])]
        blocks = blocks_of(doctor.pk, ranges, day, zone, closed, away)
        columns.append(column_of(owner, day, extent, by_day[day], blocks, key=day.isoformat()))
    return columns


def _doctors(actor: Actor, requested: UUID | None) -> tuple[list[Doctor], Doctor | None]:
    """The doctors to choose from, and the chosen one; a doctor has no choice."""
    visible = Doctor.objects.visible_to(actor).order_by("name", "id")
    if actor.doctor_id is not None:
        return [], visible.filter(pk=actor.doctor_id).first()
    doctors = list(visible)
    chosen = next((doctor for doctor in doctors if doctor.pk == requested), None)
    active = [doctor for doctor in doctors if doctor.is_active or doctor == chosen]
    return active, chosen or next(iter(active), None)


def _cards(actor: Actor, doctor: Doctor, days: Sequence[dt.date], now: dt.datetime) -> list[Card]:
    zone = ZoneInfo(actor.timezone)
    start, end = clock.day_bounds(days[0], actor.timezone)[0], clock.day_bounds(days[-1], actor.timezone)[1]
    rows = (
        Appointment.objects.visible_to(actor)
        .filter(doctor=doctor, starts_at__gte=start, starts_at__lt=end, rescheduled=False)
        .order_by("starts_at", "id")
        .values(*COLUMNS)
    )
    today, desk = now.astimezone(zone).date(), actor.is_front_desk
    return [card_of(row, row["starts_at"].astimezone(zone).date(), zone, now, today, desk=desk) for row in rows]


def _touches(span: Closure | TimeOff, bounds: tuple[dt.datetime, dt.datetime]) -> bool:
    return bool(span.starts_at < bounds[1] and span.ends_at > bounds[0])
