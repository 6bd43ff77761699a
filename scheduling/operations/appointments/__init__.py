"""Every write of an appointment. Takes the actor, then the appointment's id, the rest by keyword; `at` is now.

Each operation locks, checks, saves, publishes and returns the appointment as saved, in a `BookingResult` if it
reserves a slot. Another clinic's appointment, a missing one and a deleted one all raise NotFound.
"""

from scheduling.operations.appointments.booking import book, register_and_book
from scheduling.operations.appointments.cancelling import cancel, delete
from scheduling.operations.appointments.editing import Changes, update
from scheduling.operations.appointments.lifecycle import (
    arrive,
    complete,
    confirm,
    mark_no_show,
    reinstate,
    unconfirm,
    undo_arrive,
)
from scheduling.operations.appointments.requests import BookingRequest, BookingResult
from scheduling.operations.appointments.rescheduling import reschedule, stretch, undo_move

__all__ = [
    "BookingRequest",
    "BookingResult",
    "Changes",
    "arrive",
    "book",
    "cancel",
    "complete",
    "confirm",
    "delete",
    "mark_no_show",
    "register_and_book",
    "reinstate",
    "reschedule",
    "stretch",
    "unconfirm",
    "undo_arrive",
    "undo_move",
    "update",
]
