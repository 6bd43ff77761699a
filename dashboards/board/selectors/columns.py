"""Columns of the schedule grid: one doctor's one day, for the day and the week.

Minutes count from local midnight of the column's day; positions on the grid count steps of five minutes.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from clinicflow.clinics.models import ClinicSettings
from clinicflow.web.fragment_cache import Cacheable, Key
from dashboards.board.selectors.cards import Card
from dashboards.board.selectors.grid import DAY_MINUTES, STEP, Block, Minutes, lanes_of, minute_of_day
from scheduling.rules.limits import LONGEST_VISIT, SHORTEST_VISIT
from scheduling.rules.opening_hours import BookableDoctor


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnOwner:
    """The doctor shown at the head of a column."""

    pk: UUID
    name: str
    initials: str
    specialty: str
    color: str

    @classmethod
    def of(cls, doctor: BookableDoctor) -> "ColumnOwner":
        return cls(
            pk=doctor.doctor_id,
            name=doctor.doctor_name,
            initials=doctor.initials,
            specialty=doctor.specialty,
            color=doctor.color,
        )


@dataclass(slots=True, kw_only=True)
class GridColumn(Cacheable):
    """One doctor's one day. `key` is unique on a page; `use` is the booked share of the working time in percent."""

    doctor: ColumnOwner
    day: dt.date
    key: str
    cards: list[Card]
    blocks: list[Block]
    use: int

    @property
    def visits(self) -> int:
        return sum(card.mark != "cancelled" for card in self.cards)

    @property
    def cache_key(self) -> Key:
        """All that its words are made of."""
        return (self.doctor, self.day, self.key, self.use, *self.blocks, *(card.cache_key for card in self.cards))


@dataclass(slots=True, kw_only=True)
class Grid:
    """The scale shared by a page's columns. `opens`, `closes` and `now` are minutes of the day."""

    today: dt.date
    opens: int
    closes: int
    now: int
    columns: list[GridColumn]
    settings: ClinicSettings

    @property
    def shortest_visit(self) -> int:
        """Minutes."""
        return SHORTEST_VISIT

    @property
    def longest_visit(self) -> int:
        """Minutes."""
        return LONGEST_VISIT

    @property
    def now_y(self) -> int:
        return min(max(self.now - self.opens, 0), self.closes - self.opens) // STEP

    @property
    def in_hours(self) -> bool:
        return self.opens <= self.now <= self.closes

    @property
    def steps(self) -> int:
        return (self.closes - self.opens) // STEP

    @property
    def hours(self) -> list[tuple[int, int]]:
        """(hour, position) of each line of the scale."""
        return [(minute // 60, (minute - self.opens) // STEP) for minute in range(self.opens, self.closes, 60)]


def extent_of(settings: ClinicSettings, hours: Iterable[Sequence[Minutes]], cards: Sequence[Card]) -> tuple[int, int]:
    """The first and last minute shown: the clinic's hours, extended to those of every doctor and every visit."""
    spans = [span for doctors_hours in hours for span in doctors_hours]
    spans += [(card.start, min(card.end, DAY_MINUTES)) for card in cards]
    spans.append((minute_of_day(settings.opens_at), minute_of_day(settings.closes_at)))
    opens, closes = min(start for start, _ in spans), max(end for _, end in spans)
    return opens // 60 * 60, -(-closes // 60) * 60


def column_of(
    doctor: ColumnOwner,
    day: dt.date,
    extent: tuple[int, int],
    cards: Sequence[Card],
    blocks: Sequence[Block],
    *,
    key: str,
) -> GridColumn:
    """The column of a doctor's cards of a day. Cancelled visits are dropped where their slot was rebooked."""
    busy = [card for card in cards if card.takes_time]
    shown = busy + [card for card in cards if not card.takes_time and not _is_rebooked(card, busy)]
    shown.sort(key=lambda card: (card.start, str(card.id)))
    lanes_of(shown)
    for card in shown:
        card.y = (card.start - extent[0]) // STEP
    visible = [block.within(*extent) for block in blocks]
    free = sum(block.minutes for block in visible if block)
    working = extent[1] - extent[0] - free
    booked = sum(card.minutes for card in busy)
    return GridColumn(
        doctor=doctor,
        day=day,
        key=key,
        cards=shown,
        blocks=[block for block in visible if block],
        use=min(100, round(100 * booked / working)) if working > 0 else 0,
    )


def _is_rebooked(card: Card, busy: Sequence[Card]) -> bool:
    """Whether another visit overlaps the slot of a cancelled visit or no-show."""
    return any(other.start < card.end and card.start < other.end for other in busy)
