"""What the schedule announces. `doctor_ids` names every doctor whose day it changes, the old and the new one."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AppointmentEvent(Event):
    """Something about one appointment; `subject_id` is its id."""

    object_type: ClassVar[str] = "appointment"

    patient_id: UUID


@dataclass(frozen=True, kw_only=True)
class AppointmentCreated(AppointmentEvent):
    """A new visit, not one that replaces another."""

    live = "appointment_created"


@dataclass(frozen=True, kw_only=True)
class AppointmentUpdated(AppointmentEvent):
    """Anything about the visit but the four below; `action` is the verb that did it."""

    live = "appointment_updated"

    action: str


@dataclass(frozen=True, kw_only=True)
class AppointmentConfirmed(AppointmentEvent):
    live = "appointment_confirmed"


@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(AppointmentEvent):
    live = "appointment_cancelled"

    late: bool


@dataclass(frozen=True, kw_only=True)
class AppointmentNoShow(AppointmentUpdated):
    """The patient did not come."""


@dataclass(frozen=True, kw_only=True)
class ChangeNotDelivered(AppointmentEvent):
    """The patient does not know yet that the visit has moved or is off; `channel` is how it was tried to say so."""

    channel: str


@dataclass(frozen=True, kw_only=True)
class AppointmentDeleted(AppointmentEvent):
    """Hidden everywhere from now on; to open screens it is gone like a cancelled one."""

    live = "appointment_cancelled"


@dataclass(frozen=True, kw_only=True)
class AppointmentRescheduled(AppointmentEvent):
    """The visit was given up for another time: what hangs on it moves to `replaced_by`."""

    live = "appointment_updated"

    replaced_by: UUID


@dataclass(frozen=True, kw_only=True)
class AppointmentReplaces(AppointmentEvent):
    """The new visit of a rescheduled one, after `AppointmentRescheduled` of the old."""

    live = "appointment_created"

    replaces: UUID


@dataclass(frozen=True, kw_only=True)
class AppointmentMoveUndone(AppointmentEvent):
    """A rescheduled visit is back: what hung on `replaced_by` moves back to it."""

    live = "appointment_updated"

    replaced_by: UUID


@dataclass(frozen=True, kw_only=True)
class ScheduleChanged(Event):
    """Closures, time off, follow-ups or the waitlist changed: whoever shows them asks again."""

    live = "appointment_updated"
    object_type: ClassVar[str] = "schedule"
