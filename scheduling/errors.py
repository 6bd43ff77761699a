"""Refusals of the schedule, each with its stable code."""

from clinicflow.core.constraints import register_constraint_error
from clinicflow.core.errors import DomainError


class SlotUnavailable(DomainError):
    """The doctor cannot be booked then. Extras: `free_slots` (the three nearest) and `may_override`."""


class SlotTaken(SlotUnavailable):
    code = "slot_taken"
    title = "That time is taken"


class OutsideHours(SlotUnavailable):
    code = "outside_hours"
    title = "That is outside working hours"


class ClinicClosed(SlotUnavailable):
    code = "clinic_closed"
    title = "The clinic is closed then"


class DoctorAway(SlotUnavailable):
    code = "doctor_away"
    title = "The doctor is away then"


class InThePast(SlotUnavailable):
    code = "in_the_past"
    title = "That time has passed"


class NobodyFree(SlotUnavailable):
    code = "nobody_free"
    title = "No doctor is free then"


class OverrideNotAllowed(DomainError):
    """The clinic or the doctor does not let anyone book over the rules."""

    code = "override_not_allowed"
    title = "Booking over the rules is switched off"


class WalkInsNotTaken(DomainError):
    code = "walk_ins_not_taken"
    title = "Walk-ins are not taken"


class AlreadyMoved(DomainError):
    """Somebody else moved the visit first. Extras: `moved_to`, `moved_by`, `starts_at`, `doctor_id`."""

    code = "already_moved"
    title = "This visit has been moved already"


class UndoTooLate(DomainError):
    """What should be undone has been changed since."""

    code = "undo_too_late"
    title = "This can no longer be undone"


class InsideNotice(DomainError):
    """A patient may not cancel alone this shortly before the visit: a person is asked."""

    code = "inside_notice"
    title = "It is too late to cancel without speaking to the clinic"


class FollowUpClosed(DomainError):
    code = "follow_up_closed"
    title = "This follow-up is closed"


class WaitlistClosed(DomainError):
    code = "waitlist_closed"
    title = "This waitlist entry is closed"


class SeriesConflicts(DomainError):
    """Some dates of a series cannot be had. Extras: `conflicts`, per date with the reason and the nearest free slot."""

    code = "series_conflicts"
    title = "Some dates of this series are not free"


class DoctorHasVisits(DomainError):
    """A doctor who leaves still has visits ahead. Extras: `visits`, how many."""

    code = "doctor_has_visits"
    title = "This doctor still has visits ahead: hand them over or cancel them first"


register_constraint_error("appointments_no_double_booking", SlotTaken)
