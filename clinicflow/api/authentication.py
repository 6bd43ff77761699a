"""Who calls the API: the actor that the middleware found, by bearer token or by the web session."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request


def _unused(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class ActorAuthentication(BaseAuthentication):
    """A bearer token that the middleware did not accept is 401; a session needs the CSRF token to write."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        inner = request._request
        actor = getattr(inner, "actor", None)
        if request.headers.get("Authorization"):
            if actor is None:
                raise AuthenticationFailed("The access token is not valid any more.", code="token_invalid")
            return actor, actor
        if actor is None:
            return None
        self._check_csrf(inner)
        return inner.user, actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def _check_csrf(self, request: HttpRequest) -> None:
        check = CSRFCheck(_unused)
        check.process_request(request)
        if check.process_view(request, _unused, (), {}):
            raise PermissionDenied("The CSRF token is missing or wrong.", code="csrf")


class ActorScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes it."""

    target_class = "clinicflow.api.authentication.ActorAuthentication"
    name = ["bearer", "session"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Writes need X-CSRFToken too."},
        ]
