"""What hangs on a visit, and the time it takes."""

from scheduling.models.appointments import Appointment, Cancellation, Series
from scheduling.models.care import DoctorNote, FollowUp, WaitlistEntry
from scheduling.models.closures import Closure, TimeOff
from scheduling.models.messages import Message, ProviderNumber

__all__ = [
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
