"""Refusals of the clinic's own affairs."""

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


class ChangedMeanwhile(DomainError):
    """Somebody else saved since the page was opened: saving on top would undo what they decided."""

    code = "changed_meanwhile"
    title = "Somebody has changed these settings since you opened the page"
