"""Authentication of API requests: the actor that `ActorMiddleware` resolved, by bearer token or web session."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from clinicflow.access.actor import Actor
from clinicflow.access.http import request_actor


def _no_response(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class ActorAuthentication(BaseAuthentication):
    """By bearer token, or by web session with the CSRF token for writes. A rejected token is 401."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser | AnonymousUser | Actor, Actor] | None:
        inner = request._request
        actor = request_actor(inner)
        if request.headers.get("Authorization"):
            if actor is None:
                raise AuthenticationFailed("The access token is invalid or has expired.", code="token_invalid")
            return actor, actor
        if actor is None:
            return None
        self._check_csrf(inner)
        return inner.user, actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def _check_csrf(self, request: HttpRequest) -> None:
        check = CSRFCheck(_no_response)
        check.process_request(request)
        if check.process_view(request, _no_response, (), {}):
            raise PermissionDenied("The CSRF token is missing or incorrect.", code="csrf")


class ActorScheme(OpenApiAuthenticationExtension):
    """The two schemes in the OpenAPI document."""

    target_class = "clinicflow.api.authentication.ActorAuthentication"
    name = ["bearer", "session"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        return [{"bearer": []}, {"session": []}]  # either of them

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Writes need X-CSRFToken too."},
        ]
