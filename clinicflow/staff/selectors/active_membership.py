"""The read that finds a sign-in's clinic and role on every request; a test compares it with the queryset."""

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
    """The membership of that person, with its user and clinic, while both may be used."""
    found = MEMBER.first(id=membership_id, user=user_id)
    if found is None:
        return None
    membership: Membership
    membership, membership.user, membership.clinic = found
    return membership
