"""The doctor's day: their visits in order, breaks between them, and the one that is open."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from clinicflow.clinics.actors import Actor
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from dashboards.board.cards import COLUMNS, Card, card_of
from dashboards.grid import Block, blocks_of
from scheduling.availability import bookable
from scheduling.models import Appointment, Closure, TimeOff
from scheduling.transitions import allowed_actions


@dataclass(slots=True, kw_only=True)
class Entry:
    """A line of the list: a visit or a break."""

    card: Card | None = None
    block: Block | None = None


@dataclass(slots=True, kw_only=True)
class Agenda:
    """One doctor's local day. `visit` is the one opened, None on a day without visits."""

    day: dt.date
    entries: list[Entry]
    cards: list[Card]
    card: Card | None
    visit: Appointment | None
    last_visit: Appointment | None
    actions: list[str]
    age: int

    @property
    def done(self) -> int:
        return sum(card.mark == "completed" for card in self.cards)

    @property
    def waiting(self) -> int:
        return sum(card.mark == "arrived" for card in self.cards)

    @property
    def kept(self) -> int:
        return sum(card.mark != "cancelled" for card in self.cards)

    @property
    def patient_ids(self) -> list[UUID]:
        return [card.patient_id for card in self.cards]


def read_agenda(actor: Actor, now: dt.datetime, settings: ClinicSettings, visit_id: UUID | None) -> Agenda:
    """The doctor's today. NotFound if the visit asked for is not one of theirs."""
    zone = ZoneInfo(actor.timezone)
    day = clock.local(now, actor.timezone).date()
    visits = Appointment.objects.visible_to(actor)
    rows = visits.on(day, actor.timezone).filter(rescheduled=False).order_by("starts_at", "id").values(*COLUMNS)
    cards = [card_of(row, day, zone, now, day) for row in rows]
    chosen = visit_id or _next(cards)
    visit = visits.for_cards().fetch(chosen) if chosen else None
    return Agenda(
        day=day,
        entries=_entries(cards, _breaks(actor, day, zone)),
        cards=cards,
        card=next((card for card in cards if visit and card.id == visit.pk), None),
        visit=visit,
        last_visit=_last_visit(actor, visit),
        actions=allowed_actions(actor, visit, settings=settings, at=now) if visit else [],
        age=visit.patient.age_on(day) if visit else 0,
    )


def _next(cards: list[Card]) -> UUID | None:
    """Who waits longest, else who comes next, else the last of the day."""
    waiting = sorted((card for card in cards if card.mark == "arrived"), key=lambda card: card.start)
    coming = [card for card in cards if card.is_open and card.mark != "arrived"]
    kept = [card for card in cards if card.mark != "cancelled"]
    for choice in (waiting, coming, kept[-1:]):
        if choice:
            return choice[0].id
    return None


def _breaks(actor: Actor, day: dt.date, zone: ZoneInfo) -> list[Block]:
    """What has a name between and around the working hours."""
    start, end = clock.day_bounds(day, actor.timezone)
    hours = [doctor.hours_on(day) for doctor in bookable(actor, doctors=[actor.doctor_id] if actor.doctor_id else [])]
    closures = Closure.objects.visible_to(actor).between(start, end)
    absences = TimeOff.objects.visible_to(actor).between(start, end)
    if actor.doctor_id is None or not hours:
        return []
    blocks = blocks_of(actor.doctor_id, hours[0], day, zone, closures, absences)
    return [block for block in blocks if block.icon]


def _entries(cards: list[Card], blocks: list[Block]) -> list[Entry]:
    lines = [(card.start, 1, Entry(card=card)) for card in cards]
    lines += [(block.start, 0, Entry(block=block)) for block in blocks]
    return [entry for _start, _rank, entry in sorted(lines, key=lambda line: line[:2])]


def _last_visit(actor: Actor, visit: Appointment | None) -> Appointment | None:
    if visit is None:
        return None
    earlier = Appointment.objects.visible_to(actor).filter(
        patient_id=visit.patient_id, status=Appointment.Status.COMPLETED, starts_at__lt=visit.starts_at
    )
    return earlier.select_related("doctor").order_by("-starts_at", "-pk").first()
