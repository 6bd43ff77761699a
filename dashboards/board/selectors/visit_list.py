"""The list of visits: filters parsed from the query string, and their rows. Invalid parameters are ignored."""

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import QueryDict

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from dashboards.board.selectors.cards import COLUMNS, Card, card_of
from patients.models import Patient
from scheduling.models import Appointment
from scheduling.querysets import AppointmentQuerySet

PAGE = 50
MAX_DAYS = 366
FIRST_YEAR, LAST_YEAR = 1970, 2200
OPEN = Q(status__in=Appointment.OPEN)
# A mark is a status, or `arrived` for a patient in the clinic.
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
    """Filters of the list. Both dates are local and inclusive; `ordering` is a key of ORDERS, with `-` descending."""

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
        """Whether rows show their day."""
        return self.days > 1

    @property
    def before(self) -> tuple[dt.date, dt.date]:
        """The same number of days, just before."""
        return self._shifted(-self.days)

    @property
    def after(self) -> tuple[dt.date, dt.date]:
        return self._shifted(self.days)

    @property
    def narrowed(self) -> bool:
        """Whether there is a filter besides the days."""
        return bool(self.doctors or self.marks or self.intake or self.visit_type or self.needs_attention or self.search)

    def _shifted(self, days: int) -> tuple[dt.date, dt.date]:
        step = dt.timedelta(days=days)
        return self.date_from + step, self.date_to + step


def filters_of(query: QueryDict, today: dt.date) -> VisitFilters:
    """The filters of a query string. `date` is one day; without any date it is today."""
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


def ids_of(texts: Iterable[str]) -> tuple[UUID, ...]:
    """The texts that are UUIDs, without duplicates."""
    ids = []
    for text in texts:
        with suppress(ValueError):
            ids.append(UUID(text))
    return tuple(dict.fromkeys(ids))


def day_of(text: str, default: dt.date) -> dt.date:
    """A date of the query string, `default` if it is invalid."""
    with suppress(ValueError):
        day = dt.date.fromisoformat(text)
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    return default


def visits_of(actor: Actor, filters: VisitFilters) -> AppointmentQuerySet:
    """The visible visits that match the filters, in a total order."""
    rows: AppointmentQuerySet = Appointment.objects.visible_to(actor).filter(
        starts_at__gte=clock.day_bounds(filters.date_from, actor.timezone)[0],
        starts_at__lt=clock.day_bounds(filters.date_to, actor.timezone)[1],
        rescheduled=False,
    )
    if filters.doctors:
        rows = rows.with_doctors(filters.doctors)
    if filters.marks:
        matches = Q()
        for mark in filters.marks:
            matches |= MARKS[mark]
        rows = rows.filter(matches)
    if filters.intake:
        rows = rows.filter(intake_status__in=filters.intake)
    if filters.visit_type:
        rows = rows.filter(visit_type=filters.visit_type)
    if filters.needs_attention:
        rows = rows.filter(needs_attention=True)
    if filters.search:
        patients = Patient.objects.visible_to(actor).search(filters.search)
        rows = rows.filter(patient_id__in=patients.values("pk"))
    name = filters.ordering.removeprefix("-")
    sign = "-" if filters.ordering.startswith("-") else ""
    order = [f"{sign}{column}" for column in ORDERS[name]]
    return rows.order_by(*order, *([] if name == "time" else ["starts_at"]), "pk")


def cards_of(actor: Actor, rows: Iterable[dict[str, Any]], doctors: Iterable[Doctor], now: dt.datetime) -> list[Card]:
    """The rows of one page as cards, each with its doctor."""
    zone = ZoneInfo(actor.timezone)
    today = now.astimezone(zone).date()
    desk = actor.is_front_desk
    by_id = {doctor.pk: doctor for doctor in doctors}
    cards = []
    for row in rows:
        card = card_of(row, row["starts_at"].astimezone(zone).date(), zone, now, today, desk=desk)
        doctor = by_id[card.doctor_id]
        card.doctor_name, card.doctor_color = doctor.name, doctor.color
        cards.append(card)
    return cards


def page_rows(visits: AppointmentQuerySet) -> QuerySet[Appointment, dict[str, Any]]:
    """The visits as rows of COLUMNS."""
    return visits.values(*COLUMNS)
