"""Middleware that resolves the actor, opens the clinic's database scope, and audits rejected requests."""

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
from clinicflow.audit.recorder import record
from clinicflow.clinics.http import SiteRequest
from clinicflow.clinics.models import ClinicSettings
from clinicflow.clinics.selectors import settings_of
from clinicflow.db import tenant
from clinicflow.staff.selectors.actor_resolution import actor_of, origin_of_request
from clinicflow.web.display import Display, lazy_display

AUDITED_STATUSES = frozenset({403, 404, 409})
BEARER = "Bearer "


class ActorMiddleware:
    """Sets `request.actor` (None for anonymous users) and `request.clinic_settings` (lazy).

    The clinic is that of the session's membership, never taken from a header or a URL. Bearer tokens are accepted under
    /api/ only; if a request has one, its cookie is ignored.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: SiteRequest) -> HttpResponse:
        actor = self._identify(request)
        request.actor = actor
        if actor is None:
            return self.get_response(request)
        request.clinic_settings = cast(ClinicSettings, SimpleLazyObject(lambda: settings_of(actor)))
        structlog.contextvars.bind_contextvars(clinic_id=str(actor.clinic_id), user_id=str(actor.user_id))
        display = lazy_display(actor.timezone, lambda: Display.of(actor.timezone, request.clinic_settings))
        with tenant(actor.scope()), display:
            response = self.get_response(request)
            # After a sign-out, Back must not show the page again, from the disk or from the browser's memory.
            response.headers.setdefault("Cache-Control", "private, no-store")
            if response.status_code in AUDITED_STATUSES and request.resolver_match is not None:
                self._record_refusal(request, actor, response)
        return response

    def _identify(self, request: SiteRequest) -> Actor | None:
        origin = origin_of_request(request)
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
        return None if session is None else actor_of(session, origin)

    def _record_refusal(self, request: HttpRequest, actor: Actor, response: HttpResponse) -> None:
        """Audit a rejected request, after its own transaction, whose rollback would undo the entry."""
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


class ReauthenticationMiddleware:
    """Handles django-allauth's ReauthenticationRequired in a transaction: the view's has ended, and it reads rows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.handle = AccountMiddleware(get_response).process_exception

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReauthenticationRequired):
            return None
        with transaction.atomic():
            response: HttpResponse = self.handle(request, exception)
        return response
