"""Links of the OpenAPI document: which calls an answer leads to, derived from the addresses."""

from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
# A field of an answer that names another thing -> the collection where that is found.
REFERENCES = {"patient_id": "/api/patients", "doctor_id": "/api/doctors", "appointment_id": "/api/appointments"}
BY_HAND = {
    "login": {
        "me": {"operationId": "me", "description": "With `Authorization: Bearer` and the `access` of this answer."},
        "refresh": {
            "operationId": "refresh",
            "requestBody": {"refresh": "$response.body#/refresh"},
            "description": "Once, when `access` has run out.",
        },
    },
}


def add_links(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing: a new thing leads to what can be done with it, a list to its first row, an id to its thing."""
    paths: Mapping[str, Any] = result["paths"]
    for path, operations in paths.items():
        for method in ("get", "post"):
            operation = operations.get(method)
            for status, found in _answers(operation or {}):
                links = dict(BY_HAND.get(operation["operationId"], {}))
                links |= _links_of(result, path, method, status, found)
                if links:
                    found["links"] = links
    return result


def _answers(operation: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, answer in operation.get("responses", {}).items():
        if status in {"200", "201"} and "application/json" in answer.get("content", {}):
            yield status, answer


def _links_of(result: Any, path: str, method: str, status: str, answer: Any) -> dict[str, Any]:
    shape = _resolved(result, answer["content"]["application/json"]["schema"])
    fields = shape.get("properties", {})
    if method == "get" and "results" in fields:
        row = _resolved(result, fields["results"].get("items", {}))
        return _links_from(result, path, row.get("properties", {}), "$response.body#/results/0/")
    if method == "post" and status == "201":
        return _links_from(result, path, fields, "$response.body#/")
    return {}


def _links_from(result: Any, path: str, fields: Any, where: str) -> dict[str, Any]:
    links: dict[str, Any] = {}
    if "id" in fields:
        links |= dict(_to_members(result["paths"], path, where + "id", METHODS))
    for name, collection in REFERENCES.items():
        if name in fields and collection != path:
            links |= dict(_to_members(result["paths"], collection, where + name, ("get",)))
    return links


def _to_members(paths: Any, collection: str, value: str, methods: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """The operations on one thing of a collection, each with the id put into its address."""
    for path, operations in paths.items():
        rest = path.removeprefix(f"{collection}/")
        if rest == path or not rest.startswith("{") or rest.count("{") != 1:
            continue
        parameter = rest[1 : rest.index("}")]
        for method in methods:
            if method in operations:
                name = operations[method]["operationId"]
                yield name, {"operationId": name, "parameters": {f"path.{parameter}": value}}


def _resolved(result: Any, schema: Any) -> Any:
    """The schema itself; of several, the first, which has all that the others have."""
    for _ in range(5):
        if "$ref" in schema:
            schema = result["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif choices := schema.get("anyOf") or schema.get("oneOf"):
            schema = choices[0]
        else:
            break
    return schema
