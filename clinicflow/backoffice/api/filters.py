"""Filters of the audit log."""

import django_filters
from django.db.models import QuerySet

from clinicflow.api.filters import DayFilter
from clinicflow.audit.models import AuditLog
from clinicflow.audit.querysets import AuditLogQuerySet
from clinicflow.core import clock


class AuditFilters(django_filters.FilterSet):
    """`from` and `to` are dates in the clinic's time zone, both inclusive."""

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

    def filter_queryset(self, queryset: AuditLogQuerySet) -> QuerySet[AuditLog]:
        filters = dict(self.form.cleaned_data)
        zone = self.request._request.actor.timezone
        first, last = filters.pop("from"), filters.pop("to")
        return queryset.matching(
            **filters,
            since=clock.day_bounds(first, zone)[0] if first else None,
            until=clock.day_bounds(last, zone)[1] if last else None,
        )


# `from` is a Python keyword, so these two are renamed here.
AuditFilters.base_filters["from"] = AuditFilters.base_filters.pop("since")
AuditFilters.base_filters["to"] = AuditFilters.base_filters.pop("until")
