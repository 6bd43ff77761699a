"""Filters and ordering that refuse what they do not know instead of ignoring it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

OF_LISTS = frozenset({"page", "page_size", "ordering"})


class BooleanFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`; the stock one takes anything else for nothing."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(choices=choices, coerce=lambda value: value == "true", **kwargs)


class DayFilter(django_filters.DateFilter):
    """A date that has a day before and after it in any zone: 1900 to 2199."""

    def __init__(self, **kwargs: Any) -> None:
        validators = [MinValueValidator(dt.date(1900, 1, 1)), MaxValueValidator(dt.date(2199, 12, 31))]
        super().__init__(input_formats=["%Y-%m-%d"], validators=validators, **kwargs)


class StrictOrderingFilter(OrderingFilter):
    """`?ordering=` by the view's `ordering_fields`, `-` for descending; the id makes the order total."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> Sequence[str] | None:
        raw = request.query_params.get(self.ordering_param)
        allowed = set(getattr(view, "ordering_fields", ()))
        if not raw:
            return self.get_default_ordering(view)
        names = [name.strip() for name in raw.split(",")]
        unknown = [name for name in names if name.removeprefix("-") not in allowed]
        if unknown:
            choices = ", ".join(sorted(allowed)) or "nothing"
            raise ValidationError({self.ordering_param: [f"This list can be ordered by {choices}."]})
        return [*names, "pk"]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        fields = sorted(getattr(view, "ordering_fields", ()))
        if not fields:
            return []
        words = f"One or more of {', '.join(fields)}, with commas; `-` before a name turns it round."
        schema = {"type": "string", "example": f"-{fields[0]}"}
        return [{"name": "ordering", "in": "query", "required": False, "description": words, "schema": schema}]

    def get_default_ordering(self, view: Any) -> Sequence[str] | None:
        return getattr(view, "ordering", None)


def refuse_unknown_names(request: Request, known: set[str] | frozenset[str]) -> None:
    """400 for each query parameter that is not in `known`, or says nothing; an empty `search` finds everything."""
    wrong = {name: ["This parameter is not known here."] for name in sorted(set(request.query_params) - known)}
    for name, values in request.query_params.lists():
        if name not in wrong and name != "search" and not all(value.strip() for value in values):
            wrong[name] = ["Must not be empty."]
    if wrong:
        raise ValidationError(wrong)
