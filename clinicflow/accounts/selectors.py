"""The read that recognises a sign-in on every request; a test compares it with the queryset."""

from uuid import UUID

from clinicflow.accounts.models import AuthSession, User
from clinicflow.db.joined import JoinQuery

SIGN_IN = JoinQuery(
    ("s", AuthSession),
    ("u", User),
    tail="from auth_sessions s join users u on u.id = s.user_id where s.id = %(id)s::uuid and s.revoked_at is null",
)


def sign_in(session_id: UUID | str) -> AuthSession | None:
    """The sign-in that has not been ended, with its user."""
    found = SIGN_IN.first(id=str(session_id))
    if found is None:
        return None
    session: AuthSession
    session, session.user = found
    return session
