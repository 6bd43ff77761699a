"""Rendering a page, or for htmx one of its fragments, from the same template."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Whether the request is for a fragment: an htmx request that is not a boosted link or form."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the template, or for an htmx request only its `{% partialdef %}` named `partial`.

    A template whose name starts with an underscore is a fragment itself. Use status 422 for an invalid form and 409 for
    an action that is not possible now; htmx swaps both.
    """
    name = f"{template}#{partial}" if partial and wants_fragment(request) else template
    response = render(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
