"""The doctor's day: visits and breaks in order, alerts, and the selected visit."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Coalesce

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from dashboards.board.selectors.alerts import Alert, VisitAlerts, by_visit
from dashboards.board.selectors.cards import Card, card_of, row_of
from dashboards.board.selectors.delay import MIN_SHOWN, Delay
from dashboards.board.selectors.doctor_day import DoctorDay, NextDays, read_doctor_days
from dashboards.board.selectors.grid import Block, blocks_of, minute_of_day
from scheduling.models import Appointment, Closure, DoctorNote, TimeOff
from scheduling.rules.transitions import allowed_actions
from scheduling.selectors.availability import bookable_doctors


@dataclass(slots=True, kw_only=True)
class AgendaEntry:
    """A row of the list: a visit, a break, or the current time. `expected` is when a visit can begin, if it is late."""

    card: Card | None = None
    block: Block | None = None
    is_now: bool = False
    expected: dt.datetime | None = None


@dataclass(slots=True, kw_only=True)
class Agenda:
    """One doctor's local day. `visit` is the selected one, None on a day without visits.

    `own_note` is the doctor's note about it, `last_note` the newest other note about the patient.
    """

    day: dt.date
    now: dt.datetime
    entries: list[AgendaEntry]
    cards: list[Card]
    card: Card | None
    visit: Appointment | None
    last_visit: Appointment | None
    own_note: DoctorNote | None
    last_note: DoctorNote | None
    alerts: list[Alert]
    pace: Delay
    ahead: NextDays | None
    actions: list[str]
    age: int

    @property
    def alerted(self) -> list[VisitAlerts]:
        return by_visit(self.alerts)

    @property
    def next_up(self) -> Card | None:
        """The next visit, None when it is the selected one."""
        following = _next_id([card for card in self.cards if card.is_open])
        return next((card for card in self.cards if card.id == following and card is not self.card), None)

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
        """The patients shown, for the audit log."""
        others = [gap.visit.patient_id for gap in self.ahead.gaps] if self.ahead else []
        opened = [self.visit.patient_id] if self.visit else []
        return [card.patient_id for card in self.cards] + opened + others


def read_agenda(actor: Actor, now: dt.datetime, settings: ClinicSettings, visit_id: UUID | None) -> Agenda:
    """The doctor's current day; `visit_id` selects a visit. NotFound if it is not one of the doctor's own."""
    zone = ZoneInfo(actor.timezone)
    day = clock.local(now, actor.timezone).date()
    own, ahead = read_doctor_days(actor, day, now, intake_required=settings.intake_required)
    cards = [card_of(row_of(visit), day, zone, now, day) for visit in own.visits]
    selected = visit_id or _next_id(cards)
    visit = _selected_visit(actor, own, selected)
    note, last_note = _notes(actor, visit)
    return Agenda(
        day=day,
        now=now,
        entries=_entries(cards, _breaks(actor, day, zone), own.pace, minute_of_day(now.astimezone(zone))),
        cards=cards,
        card=next((card for card in cards if visit and card.id == visit.pk), None),
        visit=visit,
        last_visit=_last_visit(actor, visit),
        own_note=note,
        last_note=last_note,
        alerts=own.alerts(now, intake_required=settings.intake_required),
        pace=own.pace,
        ahead=ahead,
        actions=allowed_actions(actor, visit, settings=settings, at=now) if visit else [],
        age=visit.patient.age_on(day) if visit else 0,
    )


def _selected_visit(actor: Actor, own: DoctorDay, selected: UUID | None) -> Appointment | None:
    if selected is None:
        return None
    visit = next((visit for visit in own.visits if visit.pk == selected), None)
    return visit or Appointment.objects.visible_to(actor).for_cards().fetch(selected)


def _next_id(cards: list[Card]) -> UUID | None:
    """The visit of the longest waiting patient, else the next one, else the last of the day."""
    waiting = sorted((card for card in cards if card.mark == "arrived"), key=lambda card: card.start)
    upcoming = [card for card in cards if card.is_open and card.mark != "arrived"]
    not_cancelled = [card for card in cards if card.mark != "cancelled"]
    for candidates in (waiting, upcoming, not_cancelled[-1:]):
        if candidates:
            return candidates[0].id
    return None


def _breaks(actor: Actor, day: dt.date, zone: ZoneInfo) -> list[Block]:
    """Breaks, closures and time off of the day that have a label."""
    start, end = clock.day_bounds(day, actor.timezone)
    hours = [
        doctor.hours_on(day) for doctor in bookable_doctors(actor, doctors=[actor.doctor_id] if actor.doctor_id else [])
    ]
    closures = Closure.objects.visible_to(actor).between(start, end)
    absences = TimeOff.objects.visible_to(actor).between(start, end)
    if actor.doctor_id is None or not hours:
        return []
    blocks = blocks_of(actor.doctor_id, hours[0], day, zone, closures, absences)
    return [block for block in blocks if block.icon]


def _entries(cards: list[Card], blocks: list[Block], pace: Delay, now: int) -> list[AgendaEntry]:
    lines = [(card.start, 1, AgendaEntry(card=card, expected=_expected(card, pace))) for card in cards]
    lines += [(block.start, 0, AgendaEntry(block=block)) for block in blocks]
    if cards and cards[0].start < now < cards[-1].end:
        lines.append((now, 2, AgendaEntry(is_now=True)))
    return [entry for _start, _rank, entry in sorted(lines, key=lambda line: line[:2])]


def _expected(card: Card, pace: Delay) -> dt.datetime | None:
    expected = pace.expected.get(card.id)
    late = expected is not None and expected - card.starts_at >= dt.timedelta(minutes=MIN_SHOWN)
    return expected if late else None


def _last_visit(actor: Actor, visit: Appointment | None) -> Appointment | None:
    if visit is None:
        return None
    earlier = Appointment.objects.visible_to(actor).filter(
        patient_id=visit.patient_id, status=Appointment.Status.COMPLETED, starts_at__lt=visit.starts_at
    )
    return earlier.select_related("doctor").order_by("-starts_at", "-pk").first()


def own_note(actor: Actor, visit: Appointment) -> DoctorNote | None:
    """The doctor's newest note about a visit, or None."""
    return _notes(actor, visit)[0]


def _notes(actor: Actor, visit: Appointment | None) -> tuple[DoctorNote | None, DoctorNote | None]:
    """The doctor's own note about a visit, and the newest other note about the patient. One query."""
    if visit is None:
        return None, None
    mine = Q(appointment_id=visit.pk, doctor_id=actor.doctor_id)
    rows = DoctorNote.objects.visible_to(actor).filter(patient_id=visit.patient_id).select_related("doctor")
    notes = list(rows.annotate(mine=Coalesce(mine, False)).order_by("-mine", "-created_at", "pk")[:2])
    own = next((note for note in notes if note.mine), None)
    return own, next((note for note in notes if note is not own), None)
