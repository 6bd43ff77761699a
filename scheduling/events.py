"""Events of scheduling. `doctor_ids` are all doctors whose day changes, the previous and the new one included."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AppointmentEvent(Event):
    """Base of the events about one appointment; `subject_id` is its id."""

    object_type: ClassVar[str] = "appointment"

    patient_id: UUID


@dataclass(frozen=True, kw_only=True)
class AppointmentCreated(AppointmentEvent):
    """A new appointment was booked, not as the replacement of another."""

    live = "appointment_created"


@dataclass(frozen=True, kw_only=True)
class AppointmentUpdated(AppointmentEvent):
    """The appointment was changed in a way that has no event of its own; `action` is the transition or `update`."""

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
    """The appointment was marked as a no-show."""


@dataclass(frozen=True, kw_only=True)
class ChangeNotDelivered(AppointmentEvent):
    """The notice of a moved or cancelled appointment did not reach the patient; `channel` is the one that was tried."""

    channel: str


@dataclass(frozen=True, kw_only=True)
class AppointmentDeleted(AppointmentEvent):
    """The appointment was hidden. Open pages remove it as if it were cancelled."""

    live = "appointment_cancelled"


@dataclass(frozen=True, kw_only=True)
class AppointmentRescheduled(AppointmentEvent):
    """The appointment was cancelled for one at another time; its related rows move to `replaced_by`."""

    live = "appointment_updated"

    replaced_by: UUID


@dataclass(frozen=True, kw_only=True)
class AppointmentReplaces(AppointmentEvent):
    """The replacement of a rescheduled appointment; published after `AppointmentRescheduled` of the old one."""

    live = "appointment_created"

    replaces: UUID


@dataclass(frozen=True, kw_only=True)
class AppointmentMoveUndone(AppointmentEvent):
    """A reschedule was undone; the related rows of `replaced_by` move back to the restored appointment."""

    live = "appointment_updated"

    replaced_by: UUID


@dataclass(frozen=True, kw_only=True)
class ScheduleChanged(Event):
    """Closures, time off, follow-ups or the waitlist changed; pages that show them refetch."""

    live = "appointment_updated"
    object_type: ClassVar[str] = "schedule"
