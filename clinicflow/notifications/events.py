"""What notifications announce."""

from dataclasses import dataclass
from typing import ClassVar

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class NotificationCreated(Event):
    """There is something new for the front desk or for a doctor of the clinic; `subject_id` is the clinic's.

    It says nothing else: each screen asks for its own person's count.
    """

    live = "notification_created"
    for_owners: ClassVar[bool] = False
