"""The patient search of the schedule: each patient with the most relevant visit."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Value, When
from django.db.models.functions import Abs, Extract

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from patients.models import Patient
from scheduling.models import Appointment

MAX_RESULTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A patient with a visit; `today` tells whether the visit is today."""

    patient: Patient
    age: int
    visit: Appointment | None
    today: bool


def find_patients(actor: Actor, text: str, now: dt.datetime) -> tuple[list[SearchResult], bool]:
    """At most MAX_RESULTS patients, each with the visit of today, else the next, else the last, and whether more match.

    Patients with a visit today come first, then those with an upcoming one, then the others; each by name. Two queries.
    """
    today = clock.local(now, actor.timezone).date()
    start, end = clock.day_bounds(today, actor.timezone)
    theirs = Appointment.objects.visible_to(actor).live().filter(patient_id=OuterRef("pk"))
    due = Case(
        When(Exists(theirs.filter(starts_at__gte=start, starts_at__lt=end)), then=Value(0)),
        When(Exists(theirs.filter(starts_at__gte=end)), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    matching = Patient.objects.visible_to(actor).current().search(text)
    found = list(matching.order_by(due, "search_last", "pk")[: MAX_RESULTS + 1])
    patients, more = found[:MAX_RESULTS], len(found) > MAX_RESULTS
    visits: dict[object, Appointment] = {}
    if patients:
        rank = Case(
            When(starts_at__gte=start, starts_at__lt=end, then=Value(0)),
            When(starts_at__gte=end, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        rows = (
            Appointment.objects.visible_to(actor)
            .filter(patient__in=patients, rescheduled=False)
            .annotate(rank=rank, distance=Abs(Extract(F("starts_at") - Value(now), "epoch")))
            .order_by("patient_id", "rank", "distance", "pk")
            .distinct("patient_id")
        )
        visits = {visit.patient_id: visit for visit in rows}
    results = [
        SearchResult(
            patient=patient,
            age=patient.age_on(today),
            visit=(visit := visits.get(patient.pk)),
            today=visit is not None and start <= visit.starts_at < end,
        )
        for patient in patients
    ]
    return results, more
