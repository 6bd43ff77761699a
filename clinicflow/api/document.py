"""The OpenAPI document as it was released: `docs/openapi.yaml`, as YAML or JSON."""

import hashlib
import json
from functools import cache

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import condition, require_safe

from clinicflow.access.guards import public

FILE = settings.BASE_DIR / "docs" / "openapi.yaml"
YAML_TYPES = ("application/vnd.oai.openapi", "application/yaml")
JSON_TYPES = ("application/json", "application/vnd.oai.openapi+json")


@cache
def _document(media_type: str) -> bytes:
    """The document in a media type. Building it from the views would cost seconds at each request."""
    text = FILE.read_bytes()
    if media_type in YAML_TYPES:
        return text
    return json.dumps(yaml.load(text, yaml.CSafeLoader), ensure_ascii=False, separators=(",", ":")).encode()


def _media_type(request: HttpRequest) -> str:
    """By `?format=json` or `?format=yaml`, else by the Accept header; YAML if the client takes anything."""
    if (asked := request.GET.get("format")) in {"json", "yaml"}:
        return JSON_TYPES[0] if asked == "json" else YAML_TYPES[0]
    return request.get_preferred_type((*YAML_TYPES, *JSON_TYPES)) or YAML_TYPES[0]


@cache
def _digest(media_type: str) -> str:
    return hashlib.sha256(_document(media_type)).hexdigest()[:32]


def _etag(request: HttpRequest) -> str:
    return f'"{_digest(_media_type(request))}"'


@public
@require_safe
@condition(etag_func=_etag)
def schema(request: HttpRequest) -> HttpResponse:
    """The document, for anonymous users too. `?format=json` or an Accept header asks for JSON."""
    media_type = _media_type(request)
    response = HttpResponse(_document(media_type), content_type=f"{media_type}; charset=utf-8")
    patch_vary_headers(response, ["Accept"])
    return response
