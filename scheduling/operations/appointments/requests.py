"""What the booking operations take and return: a requested slot, a requested booking and its result."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Self
from uuid import UUID

from scheduling.models import Appointment


class RequiredAvailability(Enum):
    """Which availability rules apply: to a new time, to a visit that has already begun, to a previously agreed time."""

    FUTURE = "in the future, open and free"
    OPEN = "open and free"
    FREE = "free"


@dataclass(frozen=True, kw_only=True)
class SlotRequest:
    """A requested slot. `duration` is in minutes, None for the doctor's default.

    Without a `doctor_id`, the first available doctor is reserved, restricted by `specialty` and `walk_in`.
    Appointments in `without` do not block the slot, because they give up their time. A non-empty `override_reason`
    requests the slot even if a rule forbids it.
    """

    starts_at: dt.datetime
    visit_type: str = Appointment.VisitType.IN_CLINIC
    doctor_id: UUID | None = None
    duration: int | None = None
    patient_id: UUID | None = None
    specialty: str = ""
    walk_in: bool = False
    override_reason: str = ""
    without: tuple[UUID, ...] = ()
    needs: RequiredAvailability = RequiredAvailability.FUTURE

    @property
    def reason_to_override(self) -> str:
        """`override_reason` without surrounding blanks."""
        return self.override_reason.strip()

    @classmethod
    def of_appointment(
        cls,
        appointment: Appointment,
        *,
        starts_at: dt.datetime | None = None,
        doctor_id: UUID | None = None,
        duration: int | None = None,
        visit_type: str | None = None,
        override_reason: str = "",
        needs: RequiredAvailability = RequiredAvailability.FUTURE,
    ) -> Self:
        """The slot of an existing appointment, with the given changes. Its current time does not block the slot."""
        return cls(
            starts_at=starts_at or appointment.starts_at,
            doctor_id=doctor_id or appointment.doctor_id,
            duration=appointment.duration if duration is None else duration,
            visit_type=visit_type or appointment.visit_type,
            patient_id=appointment.patient_id,
            override_reason=override_reason,
            without=(appointment.pk,),
            needs=needs,
        )


@dataclass(frozen=True, kw_only=True)
class BookingRequest(SlotRequest):
    """A requested appointment: its slot, its details and what the booking fulfils.

    A `walk_in` takes place in the clinic from the minute of its booking, whatever `starts_at` and `visit_type` are.
    `visit_category` None is derived from the patient's history. `series_id` is set by `series.book`.
    """

    visit_category: str | None = None
    reason: str = ""
    meeting_link: str = ""
    follow_up_id: UUID | None = None
    waitlist_entry_id: UUID | None = None
    series_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class BookingResult:
    """The saved appointment and the codes of what the front desk should check.

    `patient_overlap`: the patient has another visit at that time.
    """

    appointment: Appointment
    warnings: tuple[str, ...] = ()
