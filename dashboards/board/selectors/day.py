"""The front desk's day: the visits by doctor, its figures, and what needs attention.

`read_board` uses a fixed number of queries; everything else is computed from its rows. Minutes count from local
midnight of the day shown; positions on the grid count steps of five minutes.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from aiassist.selectors.dangers import ShownAlert, open_alerts
from clinicflow.access.actor import Actor
from clinicflow.clinics.models import WEEKDAYS, ClinicSettings
from clinicflow.core import clock
from clinicflow.web.fragment_cache import Cacheable, Key
from dashboards.board.selectors.backlog import Backlog, read_backlog
from dashboards.board.selectors.cards import Card, card_of
from dashboards.board.selectors.columns import ColumnOwner, Grid, column_of, extent_of
from dashboards.board.selectors.day_rows import (
    WaitingConversation,
    absences_between,
    conversations_since,
    visits_between,
)
from dashboards.board.selectors.grid import blocks_of, minute_of_day
from scheduling.selectors.availability import bookable_doctors
from scheduling.selectors.waitlist_matching import FREED, FreedSlot, freed_on

# The query string of the list of the visits that each figure counts.
LISTS = {
    "visits": "status=unconfirmed&status=confirmed&status=arrived&status=completed&status=no-show",
    "arrived": "status=arrived",
    "confirmed": "status=confirmed&status=arrived&status=completed",
    "unconfirmed": "status=unconfirmed",
    "missing": "status=unconfirmed&status=confirmed&status=arrived&intake_status=missing",
    "lost": "status=cancelled&status=no-show",
}


@dataclass(slots=True, kw_only=True)
class Board(Grid, Cacheable):
    """One local day of a clinic, with a column for each doctor."""

    day: dt.date
    cards: list[Card]
    talks: list[WaitingConversation]
    freed: list[FreedSlot]
    beyond: Backlog
    dangers: list[ShownAlert]
    closed_for: str = ""

    @property
    def cache_key(self) -> Key:
        """All that its figures, its late, unconfirmed and missing ones and its sheet are made of, to the minute."""
        return (
            *(self.day, self.today, self.now, self.settings.intake_required),
            *(column.doctor for column in self.columns),
            *(card.cache_key for card in self.cards),
        )

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def shows_now(self) -> bool:
        return self.is_today and self.in_hours

    @property
    def is_closed(self) -> bool:
        """Whether there is no visit and no doctor works."""
        grid = self.closes - self.opens
        return not self.cards and all(sum(block.minutes for block in column.blocks) >= grid for column in self.columns)

    @property
    def next_open_day(self) -> dt.date:
        """The next day of the clinic's working week, today if it has none."""
        days = (self.day + dt.timedelta(days=number) for number in range(1, 8))
        return next((day for day in days if WEEKDAYS[day.weekday()] in self.settings.working_days), self.today)

    @property
    def patient_ids(self) -> list[UUID]:
        """The patients shown, for the audit log."""
        waiting = [entry.patient_id for time in self.freed for entry in time.entries[:1]]
        conversations = [conversation.patient_id for conversation in self.talks]
        dangers = [alert.appointment.patient_id for alert in self.dangers]
        shown = [card.patient_id for card in self.cards]
        return shown + conversations + waiting + dangers + self.beyond.patient_ids

    # -------------------------------------------------------------- figures
    @property
    def kept(self) -> list[Card]:
        return [card for card in self.cards if card.mark != "cancelled"]

    @property
    def done(self) -> int:
        return sum(card.mark == "completed" for card in self.cards)

    @property
    def to_go(self) -> int:
        return sum(card.is_open for card in self.cards)

    @property
    def arrived(self) -> list[Card]:
        """Arrived patients, the longest wait first."""
        return sorted((card for card in self.cards if card.mark == "arrived"), key=lambda card: -(card.wait or 0))

    @property
    def confirmed(self) -> int:
        return sum(card.mark in {"confirmed", "arrived", "completed"} for card in self.cards)

    @property
    def confirmed_share(self) -> int:
        return round(100 * self.confirmed / len(self.kept)) if self.kept else 0

    @property
    def unconfirmed(self) -> list[Card]:
        return [card for card in self.cards if card.mark == "unconfirmed" and card.late is None]

    @property
    def unconfirmed_count(self) -> int:
        return sum(card.mark == "unconfirmed" for card in self.cards)

    @property
    def missing(self) -> list[Card]:
        return [card for card in self.cards if card.intake_missing] if self.settings.intake_required else []

    @property
    def intake_open(self) -> int:
        return sum(card.intake_open for card in self.cards)

    @property
    def late(self) -> list[Card]:
        return [card for card in self.cards if card.late is not None]

    @property
    def cancelled(self) -> int:
        return sum(card.mark == "cancelled" for card in self.cards)

    @property
    def no_shows(self) -> int:
        return sum(card.mark == "no-show" for card in self.cards)

    @property
    def lost(self) -> int:
        return self.cancelled + self.no_shows

    @property
    def attention(self) -> int:
        own = (self.dangers, self.talks, self.late, self.unconfirmed, self.missing, self.freed)
        return sum(len(rows) for rows in own) + self.beyond.waiting

    @property
    def lists(self) -> dict[str, str]:
        """The URL of the list of the visits that each figure counts, by figure."""
        return {
            name: f"{reverse('schedule_list')}?date={self.day.isoformat()}&{query}" for name, query in LISTS.items()
        }

    def next_of(self, cards: Sequence[Card]) -> Card | None:
        """The first upcoming one of the cards, or None."""
        return next((card for card in cards if not self.is_today or card.start >= self.now), None)

    @property
    def next_unconfirmed(self) -> Card | None:
        return self.next_of(self.unconfirmed)

    @property
    def next_missing(self) -> Card | None:
        return self.next_of(self.missing)


def read_board(actor: Actor, day: dt.date, now: dt.datetime, settings: ClinicSettings) -> Board:
    """The clinic's day for the front desk. Six queries, and up to three more when a slot was freed."""
    zone = ZoneInfo(actor.timezone)
    today = now.astimezone(zone).date()
    start, end = clock.day_bounds(day, actor.timezone)
    rows = visits_between(actor, start, end)
    cards = [card_of(row, day, zone, now, today, desk=True) for row in rows if not row["rescheduled"]]
    absent = absences_between(actor, start, end)
    with_visits = {card.doctor_id for card in cards}
    shown = [doctor for doctor in bookable_doctors(actor) if doctor.active or doctor.doctor_id in with_visits]
    by_doctor = {doctor.doctor_id: ColumnOwner.of(doctor) for doctor in shown}
    hours = {doctor.doctor_id: doctor.hours_on(day) for doctor in shown}
    own: dict[UUID, list[Card]] = defaultdict(list)
    for card in cards:
        owner = by_doctor[card.doctor_id]
        card.doctor_name, card.doctor_color = owner.name, owner.color
        own[card.doctor_id].append(card)
    closures = [row for row in absent if row.doctor_id is None]
    absences = [row for row in absent if row.doctor_id]
    opens, closes = extent_of(settings, hours.values(), cards)
    columns = [
        column_of(
            doctor,
            day,
            (opens, closes),
            own[doctor.pk],
            blocks_of(doctor.pk, hours[doctor.pk], day, zone, closures, absences),
            key=str(doctor.pk),
        )
        for doctor in by_doctor.values()
    ]
    is_freed = any(row["status"] in FREED and row["starts_at"] > now for row in rows)
    local_now = now.astimezone(zone)
    return Board(
        day=day,
        today=today,
        opens=opens,
        closes=closes,
        now=minute_of_day(local_now),
        columns=columns,
        cards=cards,
        talks=conversations_since(actor, now - dt.timedelta(days=1), now),
        freed=freed_on(actor, day, at=now) if is_freed else [],
        beyond=read_backlog(actor, now, settings),
        dangers=open_alerts(actor),
        settings=settings,
        closed_for=next((closure.reason for closure in closures), ""),
    )
