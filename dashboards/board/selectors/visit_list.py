"""Visits as a list: what the address asks for, and the rows it means. Nonsense in the address asks for nothing."""

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import QueryDict

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from dashboards.board.selectors.cards import COLUMNS, Card, card_of
from patients.models import Patient
from scheduling.models import Appointment
from scheduling.querysets import AppointmentQuerySet
from scheduling.rules.transitions import DESK

PAGE = 50
MAX_DAYS = 366
FIRST_YEAR, LAST_YEAR = 1970, 2200
OPEN = Q(status__in=["unconfirmed", "confirmed"])
# A mark is a status, and `arrived` for somebody who is in the clinic.
MARKS: Mapping[str, Q] = {
    "unconfirmed": Q(status="unconfirmed", arrived=False),
    "confirmed": Q(status="confirmed", arrived=False),
    "arrived": OPEN & Q(arrived=True),
    "completed": Q(status="completed"),
    "no-show": Q(status="no-show"),
    "cancelled": Q(status="cancelled"),
}
ORDERS: Mapping[str, tuple[str, ...]] = {
    "time": ("starts_at",),
    "patient": ("patient__last_name", "patient__first_name"),
    "doctor": ("doctor__name",),
    "visit": ("visit_type", "visit_category"),
    "status": ("status", "arrived"),
    "intake": ("intake_status",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFilters:
    """What a list is narrowed by. Both dates are included and local; `ordering` is a key of ORDERS, `-` turns it."""

    date_from: dt.date
    date_to: dt.date
    doctors: tuple[UUID, ...] = ()
    marks: tuple[str, ...] = ()
    intake: tuple[str, ...] = ()
    visit_type: str = ""
    needs_attention: bool = False
    search: str = ""
    ordering: str = "time"

    @property
    def days(self) -> int:
        return (self.date_to - self.date_from).days + 1

    @property
    def several(self) -> bool:
        """Whether a row has to say its day."""
        return self.days > 1

    @property
    def before(self) -> tuple[dt.date, dt.date]:
        """As many days, just before."""
        return self._shifted(-self.days)

    @property
    def after(self) -> tuple[dt.date, dt.date]:
        return self._shifted(self.days)

    @property
    def narrowed(self) -> bool:
        """Whether it asks for more than days."""
        return bool(self.doctors or self.marks or self.intake or self.visit_type or self.needs_attention or self.search)

    def _shifted(self, days: int) -> tuple[dt.date, dt.date]:
        step = dt.timedelta(days=days)
        return self.date_from + step, self.date_to + step


def filters_of(query: QueryDict, today: dt.date) -> VisitFilters:
    """What the query string asks for. `date` is one day; without any date it is today."""
    first = day_of(query.get("date_from", ""), day_of(query.get("date", ""), today))
    last = day_of(query.get("date_to", ""), first)
    last = min(max(first, last), first + dt.timedelta(days=MAX_DAYS - 1))
    ordering = query.get("ordering", "")
    return VisitFilters(
        date_from=first,
        date_to=last,
        doctors=ids_of(query.getlist("doctor")),
        marks=tuple(mark for mark in MARKS if mark in query.getlist("status")),
        intake=tuple(word for word in Appointment.IntakeStatus.values if word in query.getlist("intake_status")),
        visit_type=next((word for word in Appointment.VisitType.values if word == query.get("visit_type")), ""),
        needs_attention=query.get("needs_attention") in {"1", "true", "on"},
        search=query.get("search", "").replace("\x00", "").strip()[:80],
        ordering=ordering if ordering.removeprefix("-") in ORDERS else "time",
    )


def ids_of(words: Iterable[str]) -> tuple[UUID, ...]:
    """Those of the words that are ids."""
    found = []
    for word in words:
        with suppress(ValueError):
            found.append(UUID(word))
    return tuple(dict.fromkeys(found))


def day_of(text: str, otherwise: dt.date) -> dt.date:
    """A date of the address bar; nonsense means the other one."""
    with suppress(ValueError):
        day = dt.date.fromisoformat(text)
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    return otherwise


def visits_of(actor: Actor, asked: VisitFilters) -> AppointmentQuerySet:
    """The visits asked for, of those that the actor may see, in a total order."""
    rows: AppointmentQuerySet = Appointment.objects.visible_to(actor).filter(
        starts_at__gte=clock.day_bounds(asked.date_from, actor.timezone)[0],
        starts_at__lt=clock.day_bounds(asked.date_to, actor.timezone)[1],
        rescheduled=False,
    )
    if asked.doctors:
        rows = rows.with_doctors(asked.doctors)
    if asked.marks:
        wanted = Q()
        for mark in asked.marks:
            wanted |= MARKS[mark]
        rows = rows.filter(wanted)
    if asked.intake:
        rows = rows.filter(intake_status__in=asked.intake)
    if asked.visit_type:
        rows = rows.filter(visit_type=asked.visit_type)
    if asked.needs_attention:
        rows = rows.filter(needs_attention=True)
    if asked.search:
        found = Patient.objects.visible_to(actor).search(asked.search)
        rows = rows.filter(patient_id__in=found.values("pk"))
    name = asked.ordering.removeprefix("-")
    turned = "-" if asked.ordering.startswith("-") else ""
    order = [f"{turned}{column}" for column in ORDERS[name]]
    return rows.order_by(*order, *([] if name == "time" else ["starts_at"]), "pk")


def cards_of(actor: Actor, rows: Iterable[Any], doctors: Iterable[Doctor], now: dt.datetime) -> list[Card]:
    """The rows of one page as cards, each with its doctor. One query."""
    zone = ZoneInfo(actor.timezone)
    today = now.astimezone(zone).date()
    desk = actor.role in DESK
    by_id = {doctor.pk: doctor for doctor in doctors}
    cards = []
    for row in rows:
        card = card_of(row, row["starts_at"].astimezone(zone).date(), zone, now, today, desk=desk)
        doctor = by_id[card.doctor_id]
        card.doctor_name, card.doctor_color = doctor.name, doctor.color
        cards.append(card)
    return cards


def page_rows(visits: AppointmentQuerySet) -> Any:
    """The same visits with only what a card shows."""
    return visits.values(*COLUMNS)
