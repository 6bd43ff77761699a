"""Visits as cards of the schedule, without clinical data."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from clinicflow.web.fragment_cache import Cacheable, Key
from dashboards.board.selectors.grid import STEP, minute_of_day
from scheduling.models import Appointment

LONG_WAIT = 20  # minutes in the waiting room
PATIENT_PREFIX = "patient__"
COLUMNS = (
    "id", "patient_id", "doctor_id", "starts_at", "ends_at", "status", "arrived", "arrived_at", "intake_status",
    "visit_type", "visit_category", "needs_attention", "patient__first_name", "patient__last_name",
    "patient__phone", "patient__date_of_birth", "patient__flags",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Card(Cacheable):
    """One visit. `wait` and `late` are minutes, None where they do not apply. `quick` is the action of one click, and
    `movable` tells whether the visit can be rescheduled by dragging."""

    id: UUID
    patient_id: UUID
    doctor_id: UUID
    name: str
    phone: str
    mark: str  # a status, or `arrived`
    word: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    start: int
    minutes: int
    intake: str
    virtual: bool
    new: bool
    vip: bool
    interpreter: bool
    minor: bool
    is_open: bool
    wait: int | None = None
    late: int | None = None
    attention: bool = False
    movable: bool = False
    quick: str = ""
    y: int = 0
    lane: int = 0
    lanes: int = 1
    doctor_name: str = ""
    doctor_color: str = ""

    @property
    def cache_key(self) -> Key:
        """The values of all fields."""
        return _field_values(self)

    @property
    def url(self) -> str:
        """The visit's page; its actions have URLs below it."""
        return reverse("visit", args=[self.id])

    @property
    def end(self) -> int:
        return self.start + self.minutes

    @property
    def h(self) -> int:
        return max(2, -(-self.minutes // STEP))

    @property
    def lines(self) -> int:
        """How many lines of text the card has room for."""
        return 1 if self.minutes < 25 else 2 if self.minutes < 45 else 3

    @property
    def takes_time(self) -> bool:
        return self.mark not in {"cancelled", "no-show"}

    @property
    def intake_missing(self) -> bool:
        return self.is_open and self.intake == Appointment.IntakeStatus.MISSING

    @property
    def intake_open(self) -> bool:
        """Whether the form was sent, and has not come back."""
        return self.is_open and self.intake == Appointment.IntakeStatus.SENT

    @property
    def waits_long(self) -> bool:
        return self.wait is not None and self.wait > LONG_WAIT


_field_values: Callable[[Card], Key] = attrgetter(*(field.name for field in fields(Card)))


def card_of(
    row: dict[str, Any], day: dt.date, zone: ZoneInfo, now: dt.datetime, today: dt.date, *, desk: bool = False
) -> Card:
    """The card of a row of COLUMNS on the local day shown. `desk` adds the actions of the front desk."""
    local = row["starts_at"].astimezone(zone)
    is_open = row["status"] in Appointment.OPEN
    mark = "arrived" if row["arrived"] and is_open else row["status"]
    born, flags = row["patient__date_of_birth"], {str(flag).lower() for flag in row["patient__flags"]}
    due = is_open and not row["arrived"]
    overdue = int((now - row["starts_at"]).total_seconds() // 60)
    late = overdue if due and day == today and overdue > 0 else None
    return Card(
        id=row["id"],
        patient_id=row["patient_id"],
        doctor_id=row["doctor_id"],
        name=f"{row['patient__first_name']} {row['patient__last_name']}",
        phone=str(row["patient__phone"] or ""),
        mark=mark,
        word="Arrived" if mark == "arrived" else str(Appointment.Status(row["status"]).label),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        start=minute_of_day(local),
        minutes=int((row["ends_at"] - row["starts_at"]).total_seconds() // 60),
        intake=row["intake_status"],
        virtual=row["visit_type"] == Appointment.VisitType.VIRTUAL,
        new=row["visit_category"] == Appointment.VisitCategory.NEW_PATIENT,
        vip="vip" in flags,
        interpreter="needs_interpreter" in flags,
        minor=day.year - born.year - ((day.month, day.day) < (born.month, born.day)) < 18,
        is_open=is_open,
        wait=int((now - row["arrived_at"]).total_seconds() // 60) if mark == "arrived" and day == today else None,
        late=late,
        attention=row["needs_attention"],
        movable=desk and is_open,
        quick=_one_click_action(mark, due and day == today) if desk else "",
    )


def row_of(visit: Appointment) -> dict[str, Any]:
    """A visit, read with its patient, as a row of COLUMNS."""
    own = [name for name in COLUMNS if not name.startswith(PATIENT_PREFIX)]
    patients = [name for name in COLUMNS if name.startswith(PATIENT_PREFIX)]
    row = {name: getattr(visit, name) for name in own}
    return row | {name: getattr(visit.patient, name.removeprefix(PATIENT_PREFIX)) for name in patients}


def _one_click_action(mark: str, can_arrive: bool) -> str:
    if mark == "unconfirmed":
        return "confirm"
    return "arrive" if can_arrive else ""
