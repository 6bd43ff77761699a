"""Sign-ins: starting them, recognising them, ending them. Every cookie, token and socket hangs on one row."""

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

from clinicflow.accounts import selectors
from clinicflow.accounts.events import SessionRevoked
from clinicflow.accounts.models import AuthSession, User
from clinicflow.core import clock
from clinicflow.core.events import publish

SESSION_KEY = "auth_session"
BACKGROUND_HEADER = "X-Background"  # the page asked, not the person: live news and timers
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
    """A new sign-in of `kind` `web` or `api`. A web one ends after `idle_minutes` without a request of the person's
    and after twelve hours at the latest; an API one with its newest refresh token."""
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
    """The sign-in, with its user, if it still stands: not ended, not too old, not idle too long, its user active and
    with the same password."""
    session = selectors.sign_in(session_id)
    return session if session is not None and is_active(session, clock.now()) else None


def is_active(session: AuthSession, at: dt.datetime) -> bool:
    """Whether a sign-in is good at an instant."""
    if session.revoked_at is not None or session.absolute_until <= at or not session.user.is_active:
        return False
    if session.kind == AuthSession.Kind.WEB and session.idle_minutes is not None:
        idle_until = session.last_seen_at + dt.timedelta(minutes=session.idle_minutes)
        if idle_until <= at:
            return False
    return constant_time_compare(session.auth_hash, session.user.get_session_auth_hash())


def session_of_request(request: HttpRequest) -> AuthSession | None:
    """The web sign-in of a request, noted as seen, at most once a minute, if it was the person who asked.

    A cookie whose sign-in has ended is signed out of Django's session too.
    """
    session_id = request.session.get(SESSION_KEY)
    session = is_live(session_id) if session_id else None
    if session is None and session_id:
        logout(request)  # the cookie outlived its sign-in
    if session is not None and request.headers.get(BACKGROUND_HEADER) is None:
        now = clock.now()
        if now - session.last_seen_at > SEEN_EVERY:
            AuthSession.objects.filter(pk=session.pk).update(last_seen_at=now)
    return session


def extend(request: HttpRequest, session: AuthSession) -> None:
    """Let the cookie of a web request stand for this sign-in from now on; a bearer's request has none."""
    if session.kind == AuthSession.Kind.WEB:
        request.session[SESSION_KEY] = str(session.pk)
        request.session.cycle_key()


def session_of_cookie(cookie: str) -> AuthSession | None:
    """The web sign-in of a session cookie's value. Looking is not being seen: sockets keep nobody signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(cookie)
    session_id = store.get(SESSION_KEY)
    return is_live(session_id) if session_id else None


@transaction.atomic
def revoke(sessions: QuerySet[AuthSession] | Iterable[AuthSession]) -> int:
    """End sign-ins with their refresh tokens and sockets; how many were open."""
    now = clock.now()
    ids = [session.pk for session in sessions]
    rows = AuthSession.objects.select_for_update().filter(pk__in=ids, revoked_at=None).order_by("pk")
    open_ids = list(rows.values_list("pk", flat=True))
    AuthSession.objects.filter(pk__in=open_ids).update(revoked_at=now, updated_at=now)
    for session_id in open_ids:
        publish(SessionRevoked(subject_id=session_id))
    return len(open_ids)


def revoke_of_membership(membership_id: UUID) -> int:
    """End every sign-in that acts under a membership: its role or doctor is not what it was."""
    return revoke(AuthSession.objects.filter(membership_id=membership_id, revoked_at=None))


def delete_ended(membership_ids: Iterable[UUID], *, before: dt.datetime) -> int:
    """Delete sign-ins under these memberships that ran out or were ended before an instant; how many there were."""
    ended = AuthSession.objects.filter(membership_id__in=list(membership_ids), absolute_until__lt=before)
    _, counts = ended.delete()
    return counts.get(AuthSession._meta.label, 0)
