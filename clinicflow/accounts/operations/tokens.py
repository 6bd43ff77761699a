"""API tokens: short-lived signed access tokens, checked against their session on every request, and opaque refresh
tokens, which rotate and are stored as hashes."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

import jwt
from django.conf import settings
from django.db import transaction

from clinicflow.accounts.errors import BadToken, ReusedToken
from clinicflow.accounts.models import AuthSession, RefreshToken
from clinicflow.accounts.operations import sessions
from clinicflow.core import clock

ISSUER = "clinicflow"
AUDIENCE = "clinicflow-api"
TYPE = "access"
REQUIRED = ["iss", "aud", "sub", "sid", "jti", "typ", "iat", "exp"]
REFRESH_BYTES = 32


@dataclass(frozen=True)
class Rotation:
    """The result of using a refresh token: its session and the token that replaces it."""

    session: AuthSession
    refresh: str


def access_token(session: AuthSession, claims: Mapping[str, object] | None = None) -> str:
    """A signed token for a session, valid for ACCESS_TOKEN_LIFETIME.

    `claims` are for the client only; permissions come from the session's row on each request.
    """
    now = clock.now()
    payload = {
        **(claims or {}),
        "iss": ISSUER,
        "aud": AUDIENCE,
        "typ": TYPE,
        "sub": str(session.user_id),
        "sid": str(session.pk),
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + settings.ACCESS_TOKEN_LIFETIME,
    }
    return jwt.encode(payload, settings.JWT_SECRET_KEY, algorithm=settings.JWT_ALGORITHM)


def session_of(token: str) -> AuthSession:
    """The active session of an access token. BadToken if the token is invalid or expired, or the session has ended."""
    try:
        claims = jwt.decode(
            token,
            settings.JWT_SECRET_KEY,
            algorithms=[settings.JWT_ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": REQUIRED},
        )
        session_id = UUID(claims["sid"])
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
        raise BadToken() from None
    session = sessions.is_live(session_id) if claims["typ"] == TYPE else None
    if session is None or str(session.user_id) != claims["sub"]:
        raise BadToken()
    return session


def refresh_token(session: AuthSession) -> str:
    """Create a refresh token; only its hash is stored. An API session expires with its newest refresh token."""
    raw = secrets.token_urlsafe(REFRESH_BYTES)
    expires = clock.now() + settings.REFRESH_TOKEN_LIFETIME
    RefreshToken.objects.create(session=session, token_hash=_hash(raw), expires_at=expires)
    AuthSession.objects.filter(pk=session.pk, kind=AuthSession.Kind.API).update(absolute_until=expires)
    return raw


def rotate(raw: str) -> Rotation:
    """Use a refresh token and issue its successor.

    BadToken if it is unknown or expired, or its session has ended. ReusedToken if it was used before: the session is
    then revoked, and committed although an error is raised, so no transaction may be open around the call.
    """
    with transaction.atomic():
        # The lock serializes concurrent uses: the second one sees `used_at`.
        token = (
            RefreshToken.objects.select_for_update(of=("self",))
            .select_related("session__user")
            .filter(token_hash=_hash(raw))
            .first()
        )
        reused = token is not None and token.used_at is not None
        if token is None or reused or not _is_valid(token):
            if token is not None and reused:
                sessions.revoke([token.session])
            rotation = None
        else:
            token.used_at = clock.now()
            token.save(update_fields=["used_at", "updated_at"])
            AuthSession.objects.filter(pk=token.session_id).update(last_seen_at=token.used_at)
            rotation = Rotation(token.session, refresh_token(token.session))
    if rotation is None:
        raise ReusedToken() if reused else BadToken()
    return rotation


def _is_valid(token: RefreshToken) -> bool:
    now = clock.now()
    return token.expires_at > now and sessions.is_active(token.session, now)


def _hash(raw: str) -> bytes:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).digest()


__all__ = ["BadToken", "ReusedToken", "Rotation", "access_token", "refresh_token", "rotate", "session_of"]
