"""Error pages and responses to domain errors, with the same codes as the API."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinicflow.access.http import BACKGROUND_HEADER
from clinicflow.core.errors import DomainError
from clinicflow.web.render import wants_fragment
from clinicflow.web.toasts import Toast

# status -> (icon, title, what to do)
PAGES = {
    400: (
        "circle-alert",
        gettext_lazy("This request couldn't be read"),
        gettext_lazy("Go back and try again."),
    ),
    403: (
        "ban",
        gettext_lazy("Your role doesn't have access to this page"),
        gettext_lazy("If you need it, ask your clinic's front desk."),
    ),
    404: (
        "search",
        gettext_lazy("Page not found"),
        gettext_lazy("It doesn't exist, or you don't have access to it."),
    ),
    409: (
        "calendar-x",
        gettext_lazy("This isn't possible now"),
        gettext_lazy("Something has changed since you opened the page. Reload it and try again."),
    ),
    429: (
        "hourglass",
        gettext_lazy("Too many attempts"),
        gettext_lazy("Wait a few minutes, then try again."),
    ),
    500: (
        "triangle-alert",
        gettext_lazy("Something went wrong on our side"),
        gettext_lazy("No changes were made. Try again."),
    ),
    503: (
        "hourglass",
        gettext_lazy("The server is busy"),
        gettext_lazy("Try again in a few seconds."),
    ),
}


def error_response(request: HttpRequest, status: int, *, detail: str = "", code: str = "") -> HttpResponse:
    """The error as a page, or as a toast for an htmx request.

    A live update whose object is gone empties its element and closes the side panel, without a message.
    """
    symbol, title, advice = PAGES.get(status, PAGES[400])
    context = {
        "status": status,
        "code": code,
        "icon_name": symbol,
        "title": title,
        "detail": detail,
        "advice": advice,
    }
    if status == HTTPStatus.NOT_FOUND and request.headers.get(BACKGROUND_HEADER):
        return HttpResponse(status=status, headers={"X-Close-Dialog": "sheet"})
    if wants_fragment(request):
        content = loader.render_to_string(
            "ui/_toast_partial.html", {"toast": Toast(text=detail or str(title), kind="bad")}
        )
    else:
        content = loader.render_to_string("errors/error.html", context, request)
    response = HttpResponse(content, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def answer_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The response to a domain error that the view did not handle."""
    return error_response(request, error.status, detail=str(error.detail), code=error.code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page, rendered without context processors, which may be what failed."""
    symbol, title, advice = PAGES[500]
    context = {
        "status": 500,
        "icon_name": symbol,
        "title": title,
        "advice": advice,
        "theme": "system",
    }
    return HttpResponse(loader.render_to_string("errors/error.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The CSRF check failed: the form is older than the session, or from another site."""
    return error_response(
        request,
        HTTPStatus.FORBIDDEN,
        detail=_("This form has expired. Reload the page and send it again."),
        code="csrf",
    )


def offline(request: HttpRequest) -> HttpResponse:
    """The page that the service worker shows when the server is unreachable."""
    return HttpResponse(loader.render_to_string("errors/offline.html", {"theme": "system"}))
