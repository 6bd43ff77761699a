"""Renderers: JSON by orjson, errors as problem+json, and the browsable API."""

import decimal
import re
from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from rest_framework.renderers import BaseRenderer
from rest_framework.renderers import BrowsableAPIRenderer as StockBrowsableRenderer
from rest_framework.serializers import Serializer

PROBLEM_TYPE = "application/problem+json"
NAMED_ID = re.compile(r'"(?P<name>[a-z_]*id)": "(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
COLLECTIONS = {
    "patient_id": "/api/patients",
    "doctor_id": "/api/doctors",
    "primary_doctor_id": "/api/doctors",
    "appointment_id": "/api/appointments",
    "rescheduled_from_id": "/api/appointments",
    "booked_appointment_id": "/api/appointments",
    "intake_form_id": "/api/intake/forms",
    "questionnaire_id": "/api/intake/questionnaires",
}


def _default(value: object) -> object:
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def as_json(data: object, *, pretty: bool = False) -> bytes:
    """UTF-8 JSON. Aware datetimes as ISO 8601 with their offset, decimals as numbers."""
    options = orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if pretty else 0)
    return orjson.dumps(data, default=_default, option=options)


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: object,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        context = renderer_context or {}
        response = context.get("response")
        if response is not None and response.status_code >= 400 and response.accepted_renderer is self:
            response["Content-Type"] = PROBLEM_TYPE
        return b"" if data is None else as_json(data, pretty=bool(context.get("indent")))


class BrowsableRenderer(StockBrowsableRenderer):
    """The browsable API: ids as links, and forms of raw JSON, the only input format of the API."""

    def get_content(self, renderer: Any, data: Any, accepted_media_type: Any, renderer_context: Any) -> Any:
        """The rendered response, with the ids of other resources as links to them."""
        text = str(super().get_content(renderer, data, accepted_media_type, renderer_context))
        view = renderer_context["view"]
        is_list = getattr(view, "action", "") == "list" and hasattr(view, "retrieve")
        collections = COLLECTIONS | ({"id": renderer_context["request"].path} if is_list else {})
        parts: list[tuple[str]] = []
        end = 0
        for match in NAMED_ID.finditer(text):
            if collection := collections.get(match["name"]):
                link = format_html('<a href="{}/{}">{}</a>', collection, match["id"], match["id"])
                parts += [(text[end : match.start("id")],), (link,)]
                end = match.end("id")
        return format_html_join("", "{}", [*parts, (text[end:],)]) if parts else text

    def get_filter_form(self, data: object, view: object, request: object) -> str:
        return ""

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        """The form with initial content: the object itself for an update, the required fields for a POST."""
        form = super().get_raw_data_form(data, view, method, request)
        if form:
            initial = data if method in {"PUT", "PATCH"} else _required_fields(getattr(view, "input_class", None))
            form.fields["_content"].initial = as_json(initial, pretty=True).decode() if initial else ""
        return form


def _required_fields(input_class: type[Serializer] | None) -> dict[str, str]:
    return {} if input_class is None else {name: "" for name, field in input_class().fields.items() if field.required}
