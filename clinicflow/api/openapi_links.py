"""Links in the OpenAPI document: the operations that a response leads to, derived from the paths."""

from collections.abc import Iterator

from clinicflow.api.openapi import Node

METHODS = ("get", "post", "put", "patch", "delete")
# A response field with the id of another resource -> that resource's collection.
REFERENCES = {"patient_id": "/api/patients", "doctor_id": "/api/doctors", "appointment_id": "/api/appointments"}
EXPLICIT_LINKS = {
    "login": {
        "me": {
            "operationId": "getCurrentUser",
            "description": "With `Authorization: Bearer` and the `access` of this response.",
        },
    },
}


def add_links(result: Node, generator: object, request: object, public: bool) -> Node:
    """drf-spectacular postprocessing hook: link a created resource to its operations, a list to its first row, and a
    foreign id to its resource."""
    paths: Node = result["paths"]
    for path, operations in paths.items():
        for method in ("get", "post"):
            operation = operations.get(method)
            for status, response in _responses(operation or {}):
                links = dict(EXPLICIT_LINKS.get(operation["operationId"], {}))
                links |= _links_of(result, path, method, status, response)
                if links:
                    response["links"] = links
    return result


def _responses(operation: Node) -> Iterator[tuple[str, Node]]:
    """The operation's successful JSON responses, by status."""
    for status, response in operation.get("responses", {}).items():
        if status in {"200", "201"} and "application/json" in response.get("content", {}):
            yield status, response


def _links_of(result: Node, path: str, method: str, status: str, response: Node) -> Node:
    schema = _resolved(result, response["content"]["application/json"]["schema"])
    fields = schema.get("properties", {})
    if method == "get" and "results" in fields:
        row = _resolved(result, fields["results"].get("items", {}))
        return _links_from(result, path, row.get("properties", {}), "$response.body#/results/0/")
    if method == "post" and status == "201":
        return _links_from(result, path, fields, "$response.body#/")
    return {}


def _links_from(result: Node, path: str, fields: Node, where: str) -> Node:
    links: Node = {}
    if "id" in fields:
        links |= dict(_to_members(result["paths"], path, where + "id", METHODS))
    for name, collection in REFERENCES.items():
        if name in fields and collection != path:
            links |= dict(_to_members(result["paths"], collection, where + name, ("get",)))
    return links


def _to_members(paths: Node, collection: str, value: str, methods: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
    """The operations on one member of a collection, each with the id as its path parameter."""
    for path, operations in paths.items():
        rest = path.removeprefix(f"{collection}/")
        if rest == path or not rest.startswith("{") or rest.count("{") != 1:
            continue
        parameter = rest[1 : rest.index("}")]
        for method in methods:
            if method in operations:
                name = operations[method]["operationId"]
                yield name, {"operationId": name, "parameters": {f"path.{parameter}": value}}


def _resolved(result: Node, schema: Node) -> Node:
    """The schema behind a reference; of alternatives the first, which has every field of the others."""
    for _ in range(5):
        if "$ref" in schema:
            schema = result["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif choices := schema.get("anyOf") or schema.get("oneOf"):
            schema = choices[0]
        else:
            break
    return schema
