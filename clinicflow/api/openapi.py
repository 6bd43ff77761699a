"""Types of the OpenAPI document, for the postprocessing hooks."""

from typing import Any

Node = dict[str, Any]  # an object of the document; its keys follow the OpenAPI specification
