"""Shared responses, headers and parameters of the OpenAPI document."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from clinicflow.api.openapi import Node
from clinicflow.api.operation_ids import operation_id
from clinicflow.api.serializers import Problem

DESCRIPTIONS = {
    400: "The request is malformed or a field is invalid; `errors` names it.",
    401: "Missing, invalid or expired credentials.",
    403: "Your role does not allow this.",
    404: "Not found, or not visible to you.",
    406: "The response is available as JSON only.",
    409: "Not possible in the current state, or it conflicts with another change.",
    412: "Changed since the `If-Match` tag was read.",
    413: "The body is too large.",
    415: "The body must be JSON.",
    429: "Too many requests; retry after the seconds in `Retry-After`.",
    503: "The server is busy; retry after the seconds in `Retry-After`.",
}
PAGE = re.compile(r"^Paginated(\w+?)(?:Output)?List$")
SUFFIXES = re.compile(r"Output(?=$|[A-Z]\w*Enum$)|Input(?=Request$)")
SIGN_IN = "/api/auth/"  # responses with tokens are not stored
ALWAYS = (400, 401, 403, 404, 406, 413, 415, 429, 503)


class Schema(AutoSchema):
    """Ids by `operation_ids`, request bodies by the view's `input_class`, responses by its `output_class`, unless
    `extend_schema` overrides."""

    def get_operation_id(self) -> str:
        method = self.method.lower()
        return operation_id(method, self.path, is_list=method == "get" and self._is_list_view())

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "input_class", None) or super().get_request_serializer()


class InputExtension(OpenApiSerializerExtension):
    """Request bodies without additional properties, except the `echoed` fields, which are accepted and ignored."""

    target_class = "clinicflow.api.serializers.Input"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: object) -> Node:
        schema: Node = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        properties = schema.setdefault("properties", {})
        for name in sorted(getattr(self.target, "echoed", ())):
            properties.setdefault(name, {"description": "Accepted as returned by the API, and ignored."})
        return {**schema, "additionalProperties": False}


def problem_responses(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """Error responses for `extend_schema(responses=…)`."""
    return {
        (status, "application/problem+json"): OpenApiResponse(Problem, description=DESCRIPTIONS[status])
        for status in statuses
    }


def rename_components(result: Node, generator: object, request: object, public: bool) -> Node:
    """drf-spectacular postprocessing hook: name components after what they are, not after serializer classes.

    `AppointmentOutput` becomes `Appointment`, its page `AppointmentPage`, `AppointmentInputRequest` becomes
    `AppointmentRequest`. A name that another component has is left alone.
    """
    schemas: Node = result["components"]["schemas"]
    names: dict[str, str] = {}
    for name in schemas:
        new = SUFFIXES.sub("", PAGE.sub(r"\1Page", name))
        taken = new in schemas or new in names.values()
        names[name] = name if taken else new
    result["components"]["schemas"] = {names[name]: schemas[name] for name in sorted(schemas, key=names.__getitem__)}
    _rename_references(result, {f"#/components/schemas/{name}": new for name, new in names.items()})
    return result


def _rename_references(node: object, names: dict[str, str]) -> None:
    if isinstance(node, dict):
        if (reference := node.get("$ref")) in names:
            node["$ref"] = f"#/components/schemas/{names[reference]}"
        for child in node.values():
            _rename_references(child, names)
    elif isinstance(node, list):
        for child in node:
            _rename_references(child, names)


def add_common_responses(result: Node, generator: object, request: object, public: bool) -> Node:
    """drf-spectacular postprocessing hook: the error responses of every operation, and the headers of its method."""
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            operation.setdefault("security", [])  # none is asked for
            _add_errors(path, method, operation)
            _add_headers(path, method, operation)
            _fix_boolean_parameters(operation)
    _describe_times(result)
    for schema in result.get("components", {}).get("schemas", {}).values():
        if "oneOf" in schema and "discriminator" not in schema:
            schema["anyOf"] = schema.pop("oneOf")  # the front desk's schema includes every field of the doctor's
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas.setdefault("Problem", PROBLEM_SCHEMA)
    return result


def _describe_times(node: object) -> None:
    """Replace the format `time`, which has seconds and an offset: times are `HH:MM` in the clinic's time zone."""
    if isinstance(node, dict):
        if node.get("format") == "time":
            del node["format"]
            node["pattern"] = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
            node["example"] = "09:30"
        for child in node.values():
            _describe_times(child)
    elif isinstance(node, list):
        for child in node:
            _describe_times(child)


def _add_errors(path: str, method: str, operation: Node) -> None:
    statuses = set(ALWAYS)
    if method != "get":
        statuses.add(409)
    if method in {"put", "patch"}:
        statuses.add(412)
    for status in sorted(statuses):
        operation["responses"].setdefault(
            str(status),
            {
                "description": DESCRIPTIONS[status],
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )


def _fix_boolean_parameters(operation: Node) -> None:
    """Drop the string choices of boolean filters: drf-spectacular lists them, and no boolean would match one."""
    for parameter in operation["parameters"]:
        if parameter["schema"].get("type") == "boolean":
            parameter["schema"].pop("enum", None)


def _add_headers(path: str, method: str, operation: Node) -> None:
    parameters = operation.setdefault("parameters", [])
    if method == "post" and not path.startswith(SIGN_IN):
        parameters.append(IDEMPOTENCY_KEY)
    if method in {"put", "patch"}:
        parameters.append(IF_MATCH)


IDEMPOTENCY_KEY = {
    "in": OpenApiParameter.HEADER,
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "A client-chosen key; the first response to it is replayed for 24 hours.",
}
IF_MATCH = {
    "in": OpenApiParameter.HEADER,
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "The `ETag` you read; 412 if the object has changed since.",
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Any error (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
    "required": ["code", "detail", "errors", "status", "title", "type"],
}
