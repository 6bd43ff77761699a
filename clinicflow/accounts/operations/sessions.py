"""Sign-ins as rows: starting, finding and ending them. Ending one acts on the next request, and on open sockets."""

import datetime as dt
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from clinicflow.accounts.models import AuthSession
from clinicflow.core import clock

SESSION_KEY = "auth_session"
ABSOLUTE_LIFE = dt.timedelta(hours=12)


def live(session_id: UUID | str) -> AuthSession | None:
    """The sign-in, if it has not been ended, is not too old, and its user is active."""
    return (
        AuthSession.objects.select_related("user")
        .filter(pk=session_id, revoked_at=None, absolute_until__gt=clock.now(), user__status="active")
        .first()
    )


def of_request(request: HttpRequest) -> AuthSession | None:
    """The sign-in that the request's session cookie stands for."""
    session_id = request.session.get(SESSION_KEY)
    return live(session_id) if session_id else None


def of_cookie(cookie: str) -> AuthSession | None:
    """The same for a bare session cookie, as a socket has it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(cookie)
    session_id = store.get(SESSION_KEY)
    return live(session_id) if session_id else None
