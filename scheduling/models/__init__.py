"""Appointments and their series, follow-ups, notes, the waitlist, messages, time off and closures."""

from scheduling.models.appointments import ATTENTION_LABELS, Appointment, Cancellation, Series
from scheduling.models.closures import Closure, TimeOff
from scheduling.models.follow_ups import FollowUp
from scheduling.models.messages import Message, ProviderNumber
from scheduling.models.notes import DoctorNote
from scheduling.models.waitlist import WaitlistEntry

__all__ = [
    "ATTENTION_LABELS",
    "Appointment",
    "Cancellation",
    "Closure",
    "DoctorNote",
    "FollowUp",
    "Message",
    "ProviderNumber",
    "Series",
    "TimeOff",
    "WaitlistEntry",
]
