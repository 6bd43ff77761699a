"""Filters of the audit log."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from clinicflow.api.filters import DayFilter
from clinicflow.audit.models import AuditLog
from clinicflow.core import clock


class AuditFilters(django_filters.FilterSet):
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
