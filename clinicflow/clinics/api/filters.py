"""What the lists of doctors, users and audit entries can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from clinicflow.api.filters import DayFilter, Filters, YesNoFilter
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Doctor, Membership
from clinicflow.core import clock


class DoctorFilters(Filters):
    specialty = django_filters.CharFilter(lookup_expr="iexact", max_length=80)
    is_active = YesNoFilter()
    search = django_filters.CharFilter(method="find", max_length=80)

    class Meta:
        model = Doctor
        fields: list[str] = []

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(name__icontains=value) | Q(specialty__icontains=value))


class MemberFilters(Filters):
    role = django_filters.ChoiceFilter(choices=Membership.Role.choices)
    status = django_filters.ChoiceFilter(choices=Membership.Status.choices)

    class Meta:
        model = Membership
        fields: list[str] = []


class AuditFilters(Filters):
    """`from` and `to` are dates in the clinic's zone, both included."""

    user = django_filters.UUIDFilter()
    action = django_filters.CharFilter(max_length=40)
    resource_type = django_filters.CharFilter(max_length=40)
    resource_id = django_filters.CharFilter(max_length=40)
    outcome = django_filters.CharFilter(max_length=10)
    since = DayFilter()
    until = DayFilter()

    class Meta:
        model = AuditLog
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> QuerySet[Any]:
        asked = dict(self.form.cleaned_data)
        zone = self.request._request.actor.timezone
        first, last = asked.pop("from"), asked.pop("to")
        return queryset.matching(
            **asked,
            since=clock.day_bounds(first, zone)[0] if first else None,
            until=clock.day_bounds(last, zone)[1] if last else None,
        )


# `from` is a word of Python's, so these two get their names here.
AuditFilters.base_filters["from"] = AuditFilters.base_filters.pop("since")
AuditFilters.base_filters["to"] = AuditFilters.base_filters.pop("until")
