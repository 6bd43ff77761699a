"""Filters of the lists of appointments and related rows. Dates are local dates of the clinic."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet

from clinicflow.api.filters import BooleanFilter, DayFilter
from clinicflow.core import clock
from patients.models import Patient
from scheduling.models import Appointment, Cancellation, FollowUp, WaitlistEntry

MAX_SEARCH = 120


class OnDays(django_filters.FilterSet):
    """`date`, `date_from` and `date_to`, by the local day of the field `instant`."""

    instant = "starts_at"

    date = DayFilter(method="on_date")
    date_from = DayFilter(method="from_date")
    date_to = DayFilter(method="to_date")

    class Meta:
        model = Appointment
        fields: list[str] = []

    def _bounds(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        return clock.day_bounds(day, self.request._request.actor.timezone)

    def on_date(self, rows: QuerySet[Any], name: str, value: dt.date) -> QuerySet[Any]:
        start, end = self._bounds(value)
        return rows.filter(**{f"{self.instant}__gte": start, f"{self.instant}__lt": end})

    def from_date(self, rows: QuerySet[Any], name: str, value: dt.date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.instant}__gte": self._bounds(value)[0]})

    def to_date(self, rows: QuerySet[Any], name: str, value: dt.date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.instant}__lt": self._bounds(value)[1]})


class AppointmentFilters(OnDays):
    doctor = django_filters.UUIDFilter(field_name="doctor_id")
    patient = django_filters.UUIDFilter(field_name="patient_id")
    status = django_filters.MultipleChoiceFilter(choices=Appointment.Status.choices)
    intake_status = django_filters.MultipleChoiceFilter(choices=Appointment.IntakeStatus.choices)
    visit_type = django_filters.ChoiceFilter(choices=Appointment.VisitType.choices)
    needs_attention = BooleanFilter()
    search = django_filters.CharFilter(method="by_patient", max_length=MAX_SEARCH)

    def by_patient(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        patients = Patient.objects.visible_to(self.request._request.actor).search(value)
        return rows.filter(patient_id__in=patients.values("pk"))


class CancellationFilters(OnDays):
    """Dates are those of the cancellation."""

    instant = "created_at"

    doctor = django_filters.UUIDFilter(field_name="appointment__doctor_id")
    patient = django_filters.UUIDFilter(field_name="patient_id")
    cancellation_type = django_filters.MultipleChoiceFilter(choices=Cancellation.Type.choices)
    late = BooleanFilter()

    class Meta:
        model = Cancellation
        fields: list[str] = []


class FollowUpFilters(django_filters.FilterSet):
    doctor = django_filters.UUIDFilter(field_name="doctor_id")
    patient = django_filters.UUIDFilter(field_name="patient_id")
    status = django_filters.MultipleChoiceFilter(choices=FollowUp.Status.choices)
    due_by = DayFilter(field_name="scheduled_date", lookup_expr="lte")

    class Meta:
        model = FollowUp
        fields: list[str] = []


class WaitlistFilters(django_filters.FilterSet):
    doctor = django_filters.UUIDFilter(field_name="doctor_id")
    patient = django_filters.UUIDFilter(field_name="patient_id")
    status = django_filters.MultipleChoiceFilter(choices=WaitlistEntry.Status.choices)
    date = DayFilter(method="covering")

    class Meta:
        model = WaitlistEntry
        fields: list[str] = []

    def covering(self, rows: QuerySet[Any], name: str, value: dt.date) -> QuerySet[Any]:
        return rows.filter(date_from__lte=value, date_to__gte=value)
