"""Filters of the member list."""

import django_filters

from clinicflow.api.filters import Filters
from clinicflow.clinics.models import Membership


class MemberFilters(Filters):
    role = django_filters.ChoiceFilter(choices=Membership.Role.choices)
    status = django_filters.ChoiceFilter(choices=Membership.Status.choices)

    class Meta:
        model = Membership
        fields: list[str] = []
