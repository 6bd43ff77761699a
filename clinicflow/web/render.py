"""One way to answer with HTML: a page for the address bar, its fragment for htmx, from the same template."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Whether the answer goes into a part of a page: an htmx request that is not a boosted link or form."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The template, or only its `{% partialdef %}` named `partial` where htmx asks for a part of the page.

    A template whose own name starts with an underscore is a fragment already. 422 answers a form that was not
    accepted, 409 a step that is not possible now; htmx swaps both.
    """
    name = f"{template}#{partial}" if partial and wants_fragment(request) else template
    response = render(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
