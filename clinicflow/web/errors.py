"""Error pages and the answers to domain errors, with the codes that the API uses."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinicflow.core.errors import DomainError
from clinicflow.web.render import wants_fragment
from clinicflow.web.toasts import Toast

# status -> (icon, title, what to do)
PAGES = {
    400: (
        "circle-alert",
        gettext_lazy("That request could not be read"),
        gettext_lazy("Go back and try again from the page itself."),
    ),
    403: (
        "ban",
        gettext_lazy("Your role may not open this"),
        gettext_lazy("Ask a manager of your clinic if you need it."),
    ),
    404: (
        "search",
        gettext_lazy("There is nothing here for you"),
        gettext_lazy("It may have been moved, or it belongs to somebody else."),
    ),
    409: (
        "calendar-x",
        gettext_lazy("That is not possible now"),
        gettext_lazy("Something has changed since the page was opened."),
    ),
    429: (
        "hourglass",
        gettext_lazy("Please wait a little"),
        gettext_lazy("This has been tried too often. Nothing is lost."),
    ),
    500: (
        "triangle-alert",
        gettext_lazy("Something went wrong on our side"),
        gettext_lazy("Nothing was changed. Please try again."),
    ),
    503: (
        "hourglass",
        gettext_lazy("Too busy for a moment"),
        gettext_lazy("Please try again in a few seconds."),
    ),
}


def error_response(request: HttpRequest, status: int, *, detail: str = "", code: str = "") -> HttpResponse:
    """The error as a page, or as a toast where htmx asked for a part of one."""
    symbol, title, advice = PAGES.get(status, PAGES[400])
    context = {
        "status": status,
        "code": code,
        "icon_name": symbol,
        "title": title,
        "detail": detail,
        "advice": advice,
    }
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
    """A refusal of the domain, for a page that has no better place to show it."""
    return error_response(request, error.status, detail=str(error.detail), code=error.code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors: they may be what failed."""
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
    """The form was older than the sign-in, or came from elsewhere."""
    return error_response(
        request,
        HTTPStatus.FORBIDDEN,
        detail=_("This form has expired. Reload the page and send it again."),
        code="csrf",
    )


def offline(request: HttpRequest) -> HttpResponse:
    """What a browser shows when it has lost the clinic's server."""
    return HttpResponse(loader.render_to_string("errors/offline.html", {"theme": "system"}))
