"""Finds out who is acting, opens their clinic's scope around the view, and writes down what was refused."""

from collections.abc import Callable
from typing import cast

import structlog
from allauth.account.middleware import AccountMiddleware
from allauth.core.exceptions import ReauthenticationRequired
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from clinicflow.access.actor import Actor
from clinicflow.accounts.models import AuthSession
from clinicflow.accounts.operations import sessions, tokens
from clinicflow.audit.log import record
from clinicflow.clinics.http import SiteRequest
from clinicflow.clinics.models import ClinicSettings
from clinicflow.db import tenant
from clinicflow.staff.selectors.actor_resolution import actor_of, origin_of_request
from clinicflow.web.display import Display, lazy_display

REFUSALS = frozenset({403, 404, 409})
BEARER = "Bearer "


class ActorMiddleware:
    """Sets `request.actor` (None for nobody) and `request.clinic_settings` (read when first used).

    The clinic comes from the sign-in's membership row, never from a header or an address. A bearer token counts
    under /api/ only, and when one is given the cookie does not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: SiteRequest) -> HttpResponse:
        actor = self._identify(request)
        request.actor = actor
        if actor is None:
            return self.get_response(request)
        request.clinic_settings = cast(
            ClinicSettings, SimpleLazyObject(lambda: ClinicSettings.objects.visible_to(actor).get())
        )
        structlog.contextvars.bind_contextvars(clinic_id=str(actor.clinic_id), user_id=str(actor.user_id))
        look = lazy_display(actor.timezone, lambda: display_of(actor, request.clinic_settings))
        with tenant(actor.scope()), look:
            response = self.get_response(request)
            if response.status_code in REFUSALS and request.resolver_match is not None:
                self._record_refusal(request, actor, response)
        return response

    def _identify(self, request: SiteRequest) -> Actor | None:
        caller = origin_of_request(request)
        session: AuthSession | None
        credentials = request.headers.get("Authorization", "")
        if request.path.startswith("/api/") and credentials.startswith(BEARER):
            try:
                session = tokens.session_of(credentials.removeprefix(BEARER))
            except tokens.BadToken:
                return None
        else:
            session = sessions.session_of_request(request)
        request.auth_session = session
        return None if session is None else actor_of(session, caller)

    def _record_refusal(self, request: HttpRequest, actor: Actor, response: HttpResponse) -> None:
        """After the request's own transaction, whose rollback would have erased it."""
        match = request.resolver_match
        ids = [str(value) for value in match.kwargs.values()] if match else []
        with transaction.atomic():
            record(
                actor,
                "denied" if response.status_code == 403 else "refused",
                resource_type=(match.view_name if match else "")[:40],
                resource_id=ids[0][:40] if ids else "",
                outcome="refused",
                reason=f"{request.method} answered {response.status_code}",
            )


def display_of(actor: Actor, settings: ClinicSettings) -> Display:
    """How the actor's clinic writes times and dates."""
    return Display(zone=actor.timezone, time_format=settings.time_format, date_format=settings.date_format)


class ReauthenticationMiddleware:
    """Where django-allauth wants the password again: its answer reads the database, after the view's transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answer = AccountMiddleware(get_response).process_exception

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReauthenticationRequired):
            return None
        with transaction.atomic():
            answer: HttpResponse = self.answer(request, exception)
        return answer
