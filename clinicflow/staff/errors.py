"""Errors of members, roles and invitations."""

from clinicflow.core.errors import DomainError


class OwnMembership(DomainError):
    """Members cannot change their own role or access: the clinic could be left without a manager."""

    code = "own_membership"
    title = "You cannot change your own role or access"


class MembershipExists(DomainError):
    """The user already has this role in the clinic."""

    code = "membership_exists"
    title = "This person already has that role here"


class WorksElsewhere(DomainError):
    """The user is a member of another clinic too, which would see the new name."""

    code = "works_elsewhere"
    title = "This person also works at another clinic, so only they can change their name"


class LastManager(DomainError):
    """The clinic would be left without a manager."""

    code = "last_manager"
    title = "The clinic needs at least one active front desk member"


class DoctorTaken(DomainError):
    """Two users would sign in as the same doctor."""

    code = "doctor_taken"
    title = "Another member already signs in as this doctor"


class NotInvited(DomainError):
    """There is no open invitation to resend or cancel."""

    code = "not_invited"
    title = "This person has already accepted the invitation"


class StillInvited(DomainError):
    """The member has not accepted the invitation yet, so there is no password to reset."""

    code = "still_invited"
    title = "This person has not accepted the invitation yet"
