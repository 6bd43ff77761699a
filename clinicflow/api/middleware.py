"""API responses outside REST framework: errors from other middleware, and cross-origin requests (CORS)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from clinicflow.api.errors import describe, problem_response

GetResponse = Callable[[HttpRequest], HttpResponse]
PREFIX = "/api/"
METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, X-Tab"
RESPONSE_HEADERS = "ETag, Retry-After, Idempotency-Replayed, Location"


class ApiMiddleware:
    """Return errors under /api/ as problem+json wherever they arise, and allow CORS_ORIGINS to call with a token.

    `Access-Control-Allow-Credentials` is never sent, so a page of another origin cannot use a member's session.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        origin = request.headers.get("Origin", "")
        allowed = origin in settings.CORS_ORIGINS
        if allowed and request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = METHODS
            response["Access-Control-Allow-Headers"] = REQUEST_HEADERS
            response["Access-Control-Max-Age"] = "600"
        else:
            response = self.get_response(request)
        if allowed:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = RESPONSE_HEADERS
        if settings.CORS_ORIGINS:
            patch_vary_headers(response, ["Origin"])
        response.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not request.path_info.startswith(PREFIX):
            return None
        status, parts, headers = describe(exception)
        return problem_response(status, headers=headers, **parts)
