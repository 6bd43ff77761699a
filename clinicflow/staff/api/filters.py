"""Filters of the member list."""

import django_filters

from clinicflow.clinics.models import Membership


class MemberFilters(django_filters.FilterSet):
    role = django_filters.ChoiceFilter(choices=Membership.Role.choices)
    status = django_filters.ChoiceFilter(choices=Membership.Status.choices)

    class Meta:
        model = Membership
        fields: list[str] = []
