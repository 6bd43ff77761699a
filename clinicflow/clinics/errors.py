"""Errors of the clinic's settings."""

from clinicflow.core.errors import DomainError


class SettingsEditConflict(DomainError):
    """Another user saved the settings after the page was opened; saving would overwrite their changes."""

    code = "changed_meanwhile"
    title = "These settings have changed since you opened the page"
