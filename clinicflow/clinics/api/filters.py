"""Filters of the doctor list."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from clinicflow.api.filters import BooleanFilter
from clinicflow.clinics.models import Doctor


class DoctorFilters(django_filters.FilterSet):
    specialty = django_filters.CharFilter(lookup_expr="iexact", max_length=80)
    is_active = BooleanFilter()
    search = django_filters.CharFilter(method="find", max_length=80)

    class Meta:
        model = Doctor
        fields: list[str] = []

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(name__icontains=value) | Q(specialty__icontains=value))
