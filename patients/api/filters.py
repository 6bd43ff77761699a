"""Filters of the patient list."""

import django_filters

from clinicflow.api.filters import DayFilter
from patients.models import Patient
from patients.querysets import PatientQuerySet

MAX_SEARCH_LENGTH = 120


class PatientFilters(django_filters.FilterSet):
    search = django_filters.CharFilter(method="find", max_length=MAX_SEARCH_LENGTH)
    doctor = django_filters.UUIDFilter(field_name="primary_doctor_id")
    date_of_birth = DayFilter()
    preferred_language = django_filters.ChoiceFilter(choices=Patient.Language.choices)
    flag = django_filters.CharFilter(field_name="flags", lookup_expr="contains", max_length=40)

    class Meta:
        model = Patient
        fields: list[str] = []

    def find(self, rows: PatientQuerySet[Patient], name: str, value: str) -> PatientQuerySet[Patient]:
        return rows.search(value)
