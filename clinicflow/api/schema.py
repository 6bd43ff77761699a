"""Words of the OpenAPI document that many endpoints share."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from clinicflow.api.serializers import Problem

MEANINGS = {
    400: "The request is malformed or a field does not fit; `errors` says which.",
    401: "No credentials, or not good any more.",
    403: "Your role may not do this.",
    404: "Not there, or not there for you.",
    406: "The answer exists as JSON only.",
    409: "Not possible in the present state, or somebody was faster.",
    412: "Changed since the `If-Match` tag was read.",
    413: "The body is too large.",
    415: "The body must be JSON.",
    429: "Too many calls; `Retry-After` says in how many seconds.",
    503: "Busy for a moment; `Retry-After` says when.",
}
SIGNING_IN = "/api/auth/"  # answers with tokens are not kept
ALWAYS = (400, 401, 403, 404, 406, 413, 415, 429, 503)


class Schema(AutoSchema):
    """What goes in is the view's `input_class`, what comes out its `output_class`; `extend_schema` says more."""

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "input_class", None) or super().get_request_serializer()


class InputExtension(OpenApiSerializerExtension):
    """Bodies have no fields but their own. Those that an answer has and a client may send back are read and dropped."""

    target_class = "clinicflow.api.serializers.Input"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        properties = schema.setdefault("properties", {})
        for name in sorted(getattr(self.target, "echoed", ())):
            properties.setdefault(name, {"description": "May be sent back as it was read; it changes nothing."})
        return {**schema, "additionalProperties": False}


def problem_responses(*statuses: int) -> dict[Any, Any]:
    """Error responses for `extend_schema(responses=…)`."""
    return {
        (status, "application/problem+json"): OpenApiResponse(Problem, description=MEANINGS[status])
        for status in statuses
    }


def add_common_responses(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing: the answers that any operation can give, and the headers that any of its kind takes."""
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _add_errors(path, method, operation)
            _add_headers(path, method, operation)
            _let_flags_be_flags(operation)
    _write_times_as_clocks(result)
    for schema in result.get("components", {}).get("schemas", {}).values():
        if "oneOf" in schema and "discriminator" not in schema:
            schema["anyOf"] = schema.pop("oneOf")  # what the front desk sees has all that a doctor sees, and more
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas.setdefault("Problem", PROBLEM_SCHEMA)
    return result


def _write_times_as_clocks(node: Any) -> None:
    """A time here is `HH:MM` on the clinic's clock; the format `time` of OpenAPI has seconds and an offset."""
    if isinstance(node, dict):
        if node.get("format") == "time":
            del node["format"]
            node["pattern"] = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
            node["example"] = "09:30"
        for child in node.values():
            _write_times_as_clocks(child)
    elif isinstance(node, list):
        for child in node:
            _write_times_as_clocks(child)


def _add_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    wanted = set(ALWAYS)
    if method != "get":
        wanted.add(409)
    if method in {"put", "patch"}:
        wanted.add(412)
    for status in sorted(wanted):
        operation["responses"].setdefault(
            str(status),
            {
                "description": MEANINGS[status],
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )


def _let_flags_be_flags(operation: dict[str, Any]) -> None:
    """A filter that takes `true` or `false` is described as a choice of two words; no boolean is one of them."""
    for parameter in operation["parameters"]:
        if parameter["schema"].get("type") == "boolean":
            parameter["schema"].pop("enum", None)


def _add_headers(path: str, method: str, operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    if method == "post" and not path.startswith(SIGNING_IN):
        parameters.append(IDEMPOTENCY_KEY)
    if method in {"put", "patch"}:
        parameters.append(IF_MATCH)


IDEMPOTENCY_KEY = {
    "in": OpenApiParameter.HEADER,
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "A word of your choice; the first answer to it is replayed for 24 hours.",
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
