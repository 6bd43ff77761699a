"""The query that resolves a session's membership on every request; a test compares it with the queryset."""

from uuid import UUID

from clinicflow.accounts.models import User
from clinicflow.clinics.models import Clinic, Membership
from clinicflow.db.joined import JoinQuery

MEMBER = JoinQuery(
    ("m", Membership),
    ("u", User),
    ("c", Clinic),
    tail="""
      from memberships m join users u on u.id = m.user_id join clinics c on c.id = m.clinic_id
     where m.id = %(id)s and m.user_id = %(user)s and m.status = 'active' and u.status = 'active'
    """,
)


def active_membership(membership_id: UUID, user_id: UUID) -> Membership | None:
    """The user's membership with user and clinic; None unless membership and user are active. One query."""
    row = MEMBER.first(id=membership_id, user=user_id)
    if row is None:
        return None
    membership: Membership
    membership, membership.user, membership.clinic = row
    return membership
