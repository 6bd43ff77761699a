"""Filters and ordering that reject unknown parameters and values instead of ignoring them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

from clinicflow.api.openapi import Node

OF_LISTS = frozenset({"page", "page_size", "ordering"})


class BooleanFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`; django-filter's own filter ignores any other value."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(choices=choices, coerce=lambda value: value == "true", **kwargs)


class DayFilter(django_filters.DateFilter):
    """An ISO date from 1900 to 2199, so that it has a day before and after it in every time zone."""

    def __init__(self, **kwargs: Any) -> None:
        validators = [MinValueValidator(dt.date(1900, 1, 1)), MaxValueValidator(dt.date(2199, 12, 31))]
        super().__init__(input_formats=["%Y-%m-%d"], validators=validators, **kwargs)


class StrictOrderingFilter(OrderingFilter):
    """`?ordering=` by the view's `ordering_fields`, `-` for descending; the id is always the last key."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: object) -> Sequence[str] | None:
        raw = request.query_params.get(self.ordering_param)
        allowed = set(getattr(view, "ordering_fields", ()))
        if not raw:
            return self.get_default_ordering(view)
        names = [name.strip() for name in raw.split(",")]
        unknown = [name for name in names if name.removeprefix("-") not in allowed]
        if unknown:
            choices = ", ".join(sorted(allowed)) or "no field"
            raise ValidationError({self.ordering_param: [f"This list can be ordered by {choices}."]})
        return [*names, "pk"]

    def get_schema_operation_parameters(self, view: object) -> list[Node]:
        fields = sorted(getattr(view, "ordering_fields", ()))
        if not fields:
            return []
        description = f"One or more of {', '.join(fields)}, separated by commas; prefix with `-` for descending order."
        schema = {"type": "string", "example": f"-{fields[0]}"}
        return [{"name": "ordering", "in": "query", "required": False, "description": description, "schema": schema}]

    def get_default_ordering(self, view: object) -> Sequence[str] | None:
        return getattr(view, "ordering", None)


def refuse_unknown_names(request: Request, known: set[str] | frozenset[str]) -> None:
    """ValidationError (400) for query parameters that are not in `known` or are empty; `search` may be empty."""
    errors = {name: ["Unknown parameter."] for name in sorted(set(request.query_params) - known)}
    for name, values in request.query_params.lists():
        if name not in errors and name != "search" and not all(value.strip() for value in values):
            errors[name] = ["Must not be empty."]
    if errors:
        raise ValidationError(errors)
