"""Every write of an appointment. Actor first, then the visit's id, the rest by keyword; `at` is the instant of the act.

All of them lock, check, write, publish, and return the visit as it is then. Another clinic's visit, an absent one and
a deleted one raise NotFound alike.
"""

from scheduling.operations.appointments.booking import book, walk_in
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
from scheduling.operations.appointments.rescheduling import move, reschedule, stretch, undo_move

__all__ = [
    "Changes",
    "arrive",
    "book",
    "cancel",
    "complete",
    "confirm",
    "delete",
    "mark_no_show",
    "move",
    "reinstate",
    "reschedule",
    "stretch",
    "unconfirm",
    "undo_arrive",
    "undo_move",
    "update",
    "walk_in",
]
