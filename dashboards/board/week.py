"""One doctor's week, a column for each day; read in a fixed number of queries, like the day."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from clinicflow.clinics.actors import Actor
from clinicflow.clinics.models import WEEKDAYS, ClinicSettings, Doctor
from clinicflow.core import clock
from dashboards.board.cards import COLUMNS, Card, card_of
from dashboards.board.columns import Grid, column_of, extent_of
from dashboards.grid import blocks_of, minute_of_day
from scheduling.availability import bookable
from scheduling.models import Appointment, Closure, TimeOff
from scheduling.transitions import DESK

WEEK = dt.timedelta(days=7)


@dataclass(slots=True, kw_only=True)
class Week(Grid):
    """Monday to Sunday of one doctor, without the days on which nobody works and nobody comes.

    `day` is the one asked for, `doctors` those to choose from (none for a doctor, whose week is their own).
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
        """Which column is today's, or None."""
        return next((place for place, column in enumerate(self.columns) if column.day == self.today), None)

    @property
    def visits(self) -> int:
        return sum(column.visits for column in self.columns)

    @property
    def patient_ids(self) -> list[UUID]:
        """Whom the page shows."""
        return [card.patient_id for card in self.cards]


def read_week(
    actor: Actor, day: dt.date, now: dt.datetime, settings: ClinicSettings, doctor_id: UUID | None = None
) -> Week:
    """The week around a local day, of the doctor asked for, else of the first by name; a doctor gets their own."""
    zone = ZoneInfo(actor.timezone)
    today = now.astimezone(zone).date()
    doctors, doctor = _doctors(actor, doctor_id)
    monday = day - dt.timedelta(days=day.weekday())
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    cards = _cards(actor, doctor, days, now, zone) if doctor else []
    by_day: dict[dt.date, list[Card]] = defaultdict(list)
    for card in cards:
        card.doctor = doctor
        by_day[card.starts_at.astimezone(zone).date()].append(card)
    found = bookable(actor, doctors=[doctor.pk]) if doctor else []
    hours = {day: found[0].hours_on(day) if found else [] for day in days}
    shown = [day for day in days if hours[day] or by_day[day] or WEEKDAYS[day.weekday()] in settings.working_days]
    opens, closes = extent_of(settings, [hours[day] for day in shown], cards)
    start, end = clock.day_bounds(monday, actor.timezone)[0], clock.day_bounds(days[-1], actor.timezone)[1]
    closures = list(Closure.objects.visible_to(actor).between(start, end))
    absences = list(TimeOff.objects.visible_to(actor).between(start, end).filter(doctor=doctor))
    columns = []
    for day_shown in shown if doctor else ():
        bounds = clock.day_bounds(day_shown, actor.timezone)
        blocks = blocks_of(
            doctor.pk,
            hours[day_shown],
            day_shown,
            zone,
            [closure for closure in closures if _touches(closure, bounds)],
            [absence for absence in absences if _touches(absence, bounds)],
        )
        columns.append(
            column_of(doctor, day_shown, (opens, closes), by_day[day_shown], blocks, key=day_shown.isoformat())
        )
    return Week(
        today=today,
        day=day,
        opens=opens,
        closes=closes,
        now=minute_of_day(now.astimezone(zone)),
        columns=columns,
        settings=settings,
        doctor=doctor,
        doctors=doctors,
        cards=cards,
        desk=actor.role in DESK,
    )


def _doctors(actor: Actor, asked: UUID | None) -> tuple[list[Doctor], Doctor | None]:
    """Whom to choose from, and who is chosen: a doctor is not asked."""
    everybody = Doctor.objects.visible_to(actor).order_by("name", "id")
    if actor.doctor_id is not None:
        return [], everybody.filter(pk=actor.doctor_id).first()
    known = list(everybody)
    chosen = next((doctor for doctor in known if doctor.pk == asked), None)
    active = [doctor for doctor in known if doctor.is_active or doctor == chosen]
    return active, chosen or next(iter(active), None)


def _cards(
    actor: Actor, doctor: Doctor, days: list[dt.date], now: dt.datetime, zone: ZoneInfo
) -> list[Card]:
    start, end = clock.day_bounds(days[0], actor.timezone)[0], clock.day_bounds(days[-1], actor.timezone)[1]
    rows = (
        Appointment.objects.visible_to(actor)
        .filter(doctor=doctor, starts_at__gte=start, starts_at__lt=end, rescheduled=False)
        .order_by("starts_at", "id")
        .values(*COLUMNS)
    )
    today = now.astimezone(zone).date()
    desk = actor.role in DESK
    return [card_of(row, row["starts_at"].astimezone(zone).date(), zone, now, today, desk=desk) for row in rows]


def _touches(span: Closure | TimeOff, bounds: tuple[dt.datetime, dt.datetime]) -> bool:
    return bool(span.starts_at < bounds[1] and span.ends_at > bounds[0])
