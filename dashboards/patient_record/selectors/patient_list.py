"""The list of patients, each with the last and the next visit."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from patients.models import Patient
from patients.presentation import Flag, flags_of
from scheduling.models import Appointment

PAGE = 50
MINOR = relativedelta(years=18)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRow:
    """One row of the list."""

    patient: Patient
    age: int
    minor: bool
    flags: list[Flag]
    last: Appointment | None
    coming: Appointment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """A filter of the list."""

    key: str
    word: Promise
    icon: str


LIST_FILTERS = (
    ListFilter(key="minors", word=gettext_lazy("Under 18"), icon="baby"),
    ListFilter(key="interpreter", word=gettext_lazy("Interpreter"), icon="languages"),
    ListFilter(key="vip", word=gettext_lazy("VIP"), icon="star"),
)


def find(actor: Actor, text: str, only: str) -> QuerySet[Patient]:
    """Patients by name whose name, phone, email or birth date starts with `text`; `only` is the key of a filter."""
    rows = Patient.objects.visible_to(actor).current()
    if text:
        rows = rows.search(text)
    rules: Mapping[str, Q] = {
        "minors": Q(date_of_birth__gt=clock.today(actor.timezone) - MINOR),
        "interpreter": Q(flags__contains="needs_interpreter"),
        "vip": Q(flags__contains="VIP"),
    }
    patients: QuerySet[Patient] = rows.filter(rules.get(only, Q())).order_by("search_last", "pk")
    return patients


def rows_of(actor: Actor, patients: Sequence[Patient], now: dt.datetime) -> list[PatientRow]:
    """A page of patients with their visits. Two queries."""
    today = clock.local(now, actor.timezone).date()
    visits = Appointment.objects.visible_to(actor).filter(patient__in=[patient.pk for patient in patients])
    upcoming = visits.open().filter(starts_at__gte=now).order_by("patient_id", "starts_at", "pk")
    done = visits.filter(status=Appointment.Status.COMPLETED).order_by("patient_id", "-starts_at", "pk")
    nearest = {visit.patient_id: visit for visit in upcoming.distinct("patient_id")}
    latest = {visit.patient_id: visit for visit in done.distinct("patient_id")}
    return [
        PatientRow(
            patient=patient,
            age=patient.age_on(today),
            minor=patient.is_minor_on(today),
            flags=flags_of(patient),
            last=latest.get(patient.pk),
            coming=nearest.get(patient.pk),
        )
        for patient in patients
    ]
