"""Sessions: start, look up, revoke. Every cookie, token and socket depends on one row."""

import datetime as dt
from collections.abc import Iterable
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from clinicflow.access.http import BACKGROUND_HEADER
from clinicflow.accounts import selectors
from clinicflow.accounts.events import SessionRevoked
from clinicflow.accounts.models import AuthSession, User
from clinicflow.core import clock
from clinicflow.core.events import publish

SESSION_KEY = "auth_session"
WEB_LIFETIME = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
SEEN_EVERY = dt.timedelta(seconds=60)


def start(
    user: User,
    *,
    kind: str,
    membership_id: UUID | None = None,
    idle_minutes: int | None = None,
    ip_address: str = "",
    user_agent: str = "",
) -> AuthSession:
    """Create a session of `kind` `web` or `api`.

    A web session ends after `idle_minutes` without a request of the user, at the latest after twelve hours; an API
    session ends with its newest refresh token.
    """
    now = clock.now()
    lifetime = WEB_LIFETIME if kind == AuthSession.Kind.WEB else settings.REFRESH_TOKEN_LIFETIME
    return AuthSession.objects.create(
        user=user,
        kind=kind,
        membership_id=membership_id,
        idle_minutes=idle_minutes,
        auth_hash=user.get_session_auth_hash(),
        last_seen_at=now,
        absolute_until=now + lifetime,
        ip_address=ip_address or None,
        user_agent=user_agent[:300],
    )


def is_live(session_id: UUID | str) -> AuthSession | None:
    """The session with its user if it is active, else None."""
    session = selectors.unrevoked_session(session_id)
    return session if session is not None and is_active(session, clock.now()) else None


def is_active(session: AuthSession, at: dt.datetime) -> bool:
    """Whether a session is valid at an instant: not revoked, expired or idle, its user active, password unchanged."""
    if session.revoked_at is not None or session.absolute_until <= at or not session.user.is_active:
        return False
    if session.kind == AuthSession.Kind.WEB and session.idle_minutes is not None:
        idle_until = session.last_seen_at + dt.timedelta(minutes=session.idle_minutes)
        if idle_until <= at:
            return False
    return constant_time_compare(session.auth_hash, session.user.get_session_auth_hash())


def session_of_request(request: HttpRequest) -> AuthSession | None:
    """The active web session of a request, or None.

    Requests of the user, not of the page itself, update `last_seen_at`, at most once a minute. When the session has
    ended, Django's session is flushed too.
    """
    session_id = request.session.get(SESSION_KEY)
    session = is_live(session_id) if session_id else None
    if session is None and session_id:
        logout(request)  # the cookie outlived its session
    if session is not None and request.headers.get(BACKGROUND_HEADER) is None:
        now = clock.now()
        if now - session.last_seen_at > SEEN_EVERY:
            AuthSession.objects.filter(pk=session.pk).update(last_seen_at=now)
    return session


def extend(request: HttpRequest, session: AuthSession) -> None:
    """Bind the cookie of a web request to this session; a request with a bearer token has no cookie."""
    if session.kind == AuthSession.Kind.WEB:
        request.session[SESSION_KEY] = str(session.pk)
        request.session.cycle_key()


def session_of_cookie(cookie: str) -> AuthSession | None:
    """The active web session of a session cookie, or None. Does not update `last_seen_at`: sockets do not extend it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(cookie)
    session_id = store.get(SESSION_KEY)
    return is_live(session_id) if session_id else None


@transaction.atomic
def revoke(sessions: QuerySet[AuthSession] | Iterable[AuthSession], *, replaced: bool = False) -> int:
    """Revoke sessions with their refresh tokens and sockets; returns how many were not revoked yet.

    `replaced` if the user goes on in another session of the same browser.
    """
    now = clock.now()
    ids = [session.pk for session in sessions]
    rows = AuthSession.objects.select_for_update().filter(pk__in=ids, revoked_at=None).order_by("pk")
    open_ids = list(rows.values_list("pk", flat=True))
    AuthSession.objects.filter(pk__in=open_ids).update(revoked_at=now, updated_at=now)
    for session_id in open_ids:
        publish(SessionRevoked(subject_id=session_id, replaced=replaced))
    return len(open_ids)


def revoke_of_membership(membership_id: UUID) -> int:
    """Revoke every session under a membership whose role or doctor has changed."""
    return revoke(AuthSession.objects.filter(membership_id=membership_id, revoked_at=None))


def delete_ended(membership_ids: Iterable[UUID], *, before: dt.datetime) -> int:
    """Delete sessions under these memberships that expired before an instant; returns how many."""
    ended = AuthSession.objects.filter(membership_id__in=list(membership_ids), absolute_until__lt=before)
    _, counts = ended.delete()
    return counts.get(AuthSession._meta.label, 0)
