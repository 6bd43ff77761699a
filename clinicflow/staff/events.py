"""Events about members: invitations and password resets."""

import datetime as dt
from dataclasses import dataclass

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonInvited(Event):
    """A user was invited to the clinic; `subject_id` is the user. They get an email."""

    object_type = "user"
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class PasswordResetAsked(Event):
    """A manager requested a password reset for a member; `subject_id` is the user. They get an email."""

    object_type = "user"
    at: dt.datetime
