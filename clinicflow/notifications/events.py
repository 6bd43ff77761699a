"""Events of notifications."""

from dataclasses import dataclass
from typing import ClassVar

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class NotificationCreated(Event):
    """The front desk or a doctor of the clinic has a new notification; `subject_id` is the clinic's.

    It carries nothing else: each client fetches the count of its own user.
    """

    live = "notification_created"
    for_owners: ClassVar[bool] = False
