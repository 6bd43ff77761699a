"""The month calendar: the number of visits of each day."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from scheduling.models import Appointment


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDay:
    """One cell of the calendar."""

    date: dt.date
    in_month: bool
    visits: int
    load: int  # percent of the busiest day shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The whole weeks from Monday that cover a month; `shown` is the day of the page."""

    first: dt.date
    shown: dt.date
    today: dt.date
    weeks: list[list[MonthDay]]

    @property
    def before(self) -> dt.date:
        return (self.first - dt.timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> dt.date:
        return (self.first + dt.timedelta(days=31)).replace(day=1)


def read_month(actor: Actor, first: dt.date, *, shown: dt.date, today: dt.date) -> Month:
    """The month that starts on `first`, with the number of visits of each day. One query."""
    start = first - dt.timedelta(days=first.weekday())
    after = (first + dt.timedelta(days=31)).replace(day=1)
    end = after + dt.timedelta(days=-after.weekday() % 7)
    counts = dict(
        Appointment.objects.visible_to(actor)
        .live()
        .filter(
            starts_at__gte=clock.day_bounds(start, actor.timezone)[0],
            starts_at__lt=clock.day_bounds(end, actor.timezone)[0],
        )
        .annotate(day=TruncDate("starts_at", tzinfo=ZoneInfo(actor.timezone)))
        .values_list("day")
        .annotate(visits=Count("pk"))
        .order_by()
    )
    busiest = max(counts.values(), default=1)
    days = [start + dt.timedelta(days=number) for number in range((end - start).days)]
    cells = [
        MonthDay(
            date=day,
            in_month=day.month == first.month,
            visits=counts.get(day, 0),
            load=round(100 * counts.get(day, 0) / busiest),
        )
        for day in days
    ]
    return Month(first=first, shown=shown, today=today, weeks=[cells[at : at + 7] for at in range(0, len(cells), 7)])
