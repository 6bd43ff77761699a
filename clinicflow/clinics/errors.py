"""Refusals of the clinic's own affairs."""

from clinicflow.core.errors import DomainError


class ChangedMeanwhile(DomainError):
    """Somebody else saved since the page was opened: saving on top would undo what they decided."""

    code = "changed_meanwhile"
    title = "Somebody has changed these settings since you opened the page"
