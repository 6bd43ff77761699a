"""Middleware of pages: responses to domain errors, and sign-in redirects of htmx requests."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from clinicflow.core.errors import Busy, DomainError
from clinicflow.db.retry import is_retryable
from clinicflow.web.errors import answer_domain_error

GetResponse = Callable[[HttpRequest], HttpResponse]


class DomainErrorMiddleware:
    """Responses to domain errors that the view did not handle; its transaction has been rolled back by then."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return answer_domain_error(request, exception)
        if is_retryable(exception):
            return answer_domain_error(request, Busy())
        return None


class HtmxSignInMiddleware:
    """Redirect the whole page when an htmx request is redirected to sign-in.

    Otherwise the browser follows the redirect inside the request, and htmx swaps the sign-in page into a fragment.
    After the sign-in, the user returns to the page, not to the URL of the fragment.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("HX-Request") != "true" or response.status_code != 302:
            return response
        sign_in = resolve_url(settings.LOGIN_URL)
        if urlsplit(response["Location"]).path != sign_in:
            return response
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = f"{page.path}?{page.query}" if page.query else page.path
        return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': back})}" if back else sign_in)
