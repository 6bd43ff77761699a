"""Pagination of lists: `{"count", "next", "previous", "results"}`."""

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from clinicflow.api.openapi import Node

MAX_PAGE = 100_000
EXAMPLE_URL = "https://clinic.example/api/patients"


class PagePagination(PageNumberPagination):
    """50 rows per page, `?page_size=` up to 200. An invalid number is 400, a page after the last is 404."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int:
        return _number(request, "page_size", self.page_size, self.max_page_size)

    def get_schema_operation_parameters(self, view: object) -> list[Node]:
        def parameter(name: str, high: int, description: str) -> Node:
            schema = {"type": "integer", "minimum": 1, "maximum": high}
            return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}

        return [
            parameter("page", MAX_PAGE, "Page number; 404 after the last page."),
            parameter("page_size", self.max_page_size, f"Page size (default {self.page_size})."),
        ]

    def get_paginated_response_schema(self, schema: Node) -> Node:
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {
            "count": {"type": "integer", "minimum": 0, "description": "Rows of all pages.", "example": 51},
            "next": {**link, "description": "The next page; null on the last.", "example": f"{EXAMPLE_URL}?page=3"},
            "previous": {
                **link,
                "description": "The previous page; null on the first.",
                "example": f"{EXAMPLE_URL}?page=1",
            },
            "results": schema,
        }
        return {"type": "object", "properties": properties, "required": list(properties)}

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        _number(request, "page", 1, MAX_PAGE)
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound:
            raise NotFound("There is no such page.") from None


def _number(request: Request, name: str, default: int, high: int) -> int:
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 6 and 1 <= int(raw) <= high):
        raise ValidationError({name: [f"Must be a whole number from 1 to {high}."]})
    return int(raw)
