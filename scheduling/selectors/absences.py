"""Time off and closures for display, with the visits that they affect."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from scheduling.models import Appointment, Closure, Message, TimeOff


@dataclass(frozen=True, kw_only=True)
class AffectedVisit:
    """A visit that an absence displaced; `new` is None if it was cancelled, `told` whether the patient was notified."""

    visit: Appointment
    new: Appointment | None
    told: bool


def with_visits(actor: Actor, rows: Any, at: dt.datetime) -> Any:
    """The absences, annotated with `waiting`, the number of visits in each that still have to be moved."""
    inside = (
        Appointment.objects.visible_to(actor)
        .to_be_moved(at)
        .filter(starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at"))
    )
    if rows.model is TimeOff:
        inside = inside.filter(doctor_id=OuterRef("doctor_id"))
        rows = rows.select_related("doctor")
    number = inside.order_by().values("clinic_id").annotate(n=Count("pk")).values("n")
    return rows.annotate(waiting=Coalesce(Subquery(number, output_field=IntegerField()), Value(0)))


def affected_visits(actor: Actor, row: TimeOff | Closure) -> Sequence[AffectedVisit]:
    """The visits in that time that were moved or cancelled after it was created. Two queries."""
    notices = Message.objects.visible_to(actor).filter(kind=Message.Kind.CHANGE, created_at__gte=row.created_at)
    visits = (
        Appointment.objects.visible_to(actor)
        .filter(status=Appointment.Status.CANCELLED, updated_at__gte=row.created_at)
        .between(row.starts_at, row.ends_at)
    )
    if isinstance(row, TimeOff):
        visits = visits.with_doctors([row.doctor_id])
    displaced = list(visits.for_cards().annotate(told=Exists(notices.filter(appointment_id=OuterRef("pk"))))[:200])
    moved = (
        Appointment.objects.visible_to(actor)
        .filter(rescheduled_from__in=displaced)
        .select_related("doctor")
        .annotate(told=Exists(notices.filter(appointment_id=OuterRef("pk"))), was=F("rescheduled_from_id"))
    )
    replacements: dict[UUID, Any] = {visit.was: visit for visit in moved}
    return [
        AffectedVisit(visit=visit, new=replacements.get(visit.pk), told=replacements.get(visit.pk, visit).told)
        for visit in displaced
    ]


@dataclass(frozen=True, kw_only=True)
class LocalRange:
    """A range on the clinic's clock; whole local days, `last` included, if `start` and `end` are None."""

    first: dt.date
    last: dt.date
    start: dt.time | None = None
    end: dt.time | None = None


def local_range(starts_at: dt.datetime, ends_at: dt.datetime, zone: str) -> LocalRange:
    """The instants as a local range, of whole days if both are midnight."""
    start, end = clock.local(starts_at, zone), clock.local(ends_at, zone)
    midnight = dt.time.min
    if start.time() == midnight and end.time() == midnight:
        return LocalRange(first=start.date(), last=end.date() - dt.timedelta(days=1))
    return LocalRange(first=start.date(), last=end.date(), start=start.time(), end=end.time())
