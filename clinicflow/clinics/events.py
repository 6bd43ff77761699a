"""What happens to a clinic's own facts."""

import datetime as dt
from dataclasses import dataclass

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    """The clinic's or a doctor's settings; `subject_id` is the settings row. Open pages show themselves anew."""

    live = "settings_changed"
    object_type = "settings"


@dataclass(frozen=True, kw_only=True)
class PersonInvited(Event):
    """Somebody was asked to work here; `subject_id` is the person. They get an e-mail."""

    object_type = "user"
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class PasswordResetAsked(Event):
    """A manager lets a person choose a new password; `subject_id` is the person. They get an e-mail."""

    object_type = "user"
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class AuditCheckAsked(Event):
    """Somebody wants to know whether the audit log is whole."""

    at: dt.datetime
