"""Errors of members, roles and invitations."""

from clinicflow.core.errors import DomainError


class OwnMembership(DomainError):
    """Nobody takes the front desk's role from themselves: the clinic could end with nobody to give it back."""

    code = "own_membership"
    title = "You cannot change your own role or access"


class MembershipExists(DomainError):
    code = "membership_exists"
    title = "This person has that role here already"


class WorksElsewhere(DomainError):
    code = "works_elsewhere"
    title = "This person works in another clinic too, so only they can change their name"


class LastManager(DomainError):
    """The clinic would be left with nobody who may manage it."""

    code = "last_manager"
    title = "The clinic needs somebody with the front desk's role"


class DoctorTaken(DomainError):
    """Two people would sign in as one doctor."""

    code = "doctor_taken"
    title = "Somebody else signs in as this doctor already"


class NotInvited(DomainError):
    """There is no open invitation to send again or to take back."""

    code = "not_invited"
    title = "This person has accepted the invitation already"


class StillInvited(DomainError):
    """Somebody who has not come yet has no password to set anew."""

    code = "still_invited"
    title = "This person has not accepted the invitation yet"
