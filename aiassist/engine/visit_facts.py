"""What is known of the visit that a reply is about."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What is known of the visit that a reply is about; nothing of it has to be.

    `date`, `time` and `today` are the clinic's local ones; `today` is the day on which the reply came.
    """

    date: dt.date | None = None
    time: dt.time | None = None
    doctor: str = ""
    clinic: str = ""
    patient: str = ""
    today: dt.date | None = None
