"""Tokens of the API: a short-lived access token, checked against its sign-in's row on every request."""

from uuid import UUID, uuid4

import jwt
from django.conf import settings

from clinicflow.accounts.models import AuthSession
from clinicflow.accounts.operations import sessions
from clinicflow.core import clock

ISSUER = "clinicflow"
AUDIENCE = "clinicflow-api"


class BadToken(Exception):
    """Not a token of ours, too old, or its sign-in has ended."""


def access_token(session: AuthSession) -> str:
    """A signed token that names the user and the sign-in; lives ACCESS_TOKEN_LIFETIME."""
    now = clock.now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "typ": "access",
        "sub": str(session.user_id),
        "sid": str(session.pk),
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + settings.ACCESS_TOKEN_LIFETIME,
    }
    return jwt.encode(claims, settings.JWT_SECRET_KEY, settings.JWT_ALGORITHM)


def session_of(token: str) -> AuthSession:
    """The live sign-in of an access token. BadToken if there is none."""
    try:
        claims = jwt.decode(
            token,
            settings.JWT_SECRET_KEY,
            algorithms=[settings.JWT_ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "sid", "typ"]},
        )
        session_id = UUID(claims["sid"])
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise BadToken("The token is not valid.") from error
    session = sessions.live(session_id) if claims["typ"] == "access" else None
    if session is None or str(session.user_id) != claims["sub"]:
        raise BadToken("This sign-in has ended.")
    return session
