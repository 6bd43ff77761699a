"""The session lookup of every request; a test compares it with the equivalent queryset."""

from uuid import UUID

from clinicflow.accounts.models import AuthSession, User
from clinicflow.db.joined import JoinQuery

SESSION = JoinQuery(
    ("s", AuthSession),
    ("u", User),
    tail="from auth_sessions s join users u on u.id = s.user_id where s.id = %(id)s::uuid and s.revoked_at is null",
)


def unrevoked_session(session_id: UUID | str) -> AuthSession | None:
    """The session with its user, unless revoked; None if there is none."""
    row = SESSION.first(id=str(session_id))
    if row is None:
        return None
    session: AuthSession
    session, session.user = row
    return session
