"""Events about members: invitations and password resets."""

import datetime as dt
from dataclasses import dataclass

from clinicflow.core.events import Event


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
