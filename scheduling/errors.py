"""Domain errors of scheduling, each with a stable code."""

from typing import ClassVar

from clinicflow.core.constraints import register_constraint_error
from clinicflow.core.errors import DomainError


class SlotUnavailable(DomainError):
    """The slot cannot be booked. Extras: `free_slots` (the three nearest) and `may_override`."""

    detail_of_doctor: ClassVar[str] = ""  # with `{doctor}` for the doctor's name; empty if `title` says it all

    @classmethod
    def detail_for(cls, doctor_name: str) -> str:
        """The detail of this error for a named doctor."""
        return (cls.detail_of_doctor or f"{cls.title}.").format(doctor=doctor_name)


class SlotTaken(SlotUnavailable):
    code = "slot_taken"
    title = "That time is taken"
    detail_of_doctor = "{doctor} is already booked then."


class OutsideHours(SlotUnavailable):
    code = "outside_hours"
    title = "Outside working hours"
    detail_of_doctor = "{doctor} doesn't work then."


class ClinicClosed(SlotUnavailable):
    code = "clinic_closed"
    title = "The clinic is closed then"


class DoctorAway(SlotUnavailable):
    code = "doctor_away"
    title = "The doctor is out then"
    detail_of_doctor = "{doctor} is out then."


class InThePast(SlotUnavailable):
    code = "in_the_past"
    title = "That time has passed"


class NobodyFree(SlotUnavailable):
    code = "nobody_free"
    title = "No doctor is free then"


class OverrideNotAllowed(DomainError):
    """The clinic or the doctor does not permit overrides."""

    code = "override_not_allowed"
    title = "Overrides are turned off"


class WalkInsNotTaken(DomainError):
    """The clinic or the doctor does not accept walk-ins."""

    code = "walk_ins_not_taken"
    title = "Walk-ins are not accepted"


class AlreadyMoved(DomainError):
    """The appointment was changed meanwhile. Extras: `moved_to`, `moved_by`, `starts_at`, `doctor_id`."""

    code = "already_moved"
    title = "This visit has already been moved"


class UndoTooLate(DomainError):
    """The change to undo has been followed by another one."""

    code = "undo_too_late"
    title = "This can no longer be undone"


class InsideNotice(DomainError):
    """A patient cannot cancel within the notice period without contacting the clinic."""

    code = "inside_notice"
    title = "It is too late to cancel online. Please call the clinic"


class FollowUpClosed(DomainError):
    code = "follow_up_closed"
    title = "This follow-up is closed"


class WaitlistClosed(DomainError):
    code = "waitlist_closed"
    title = "This waitlist entry is closed"


class SeriesConflicts(DomainError):
    """Some dates of a series are unavailable. Extras: `conflicts`, per date the reason and the nearest free slot."""

    code = "series_conflicts"
    title = "Some dates of this series aren't available"


class DoctorHasVisits(DomainError):
    """The doctor to deactivate has upcoming appointments. Extras: `visits`, their number."""

    code = "doctor_has_visits"
    title = "This doctor still has upcoming visits. Hand them over or cancel them first"


register_constraint_error("appointments_no_double_booking", SlotTaken)
