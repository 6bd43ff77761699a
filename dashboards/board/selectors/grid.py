"""Sums of the day grid: working hours as minutes, blocks in which nobody is booked, lanes of visits that overlap."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

STEP = 5
DAY_MINUTES = 24 * 60
LUNCH = (11 * 60, 14 * 60 + 30)  # a break that begins between these is called lunch

Minutes = tuple[int, int]


class TimeRange(Protocol):
    """Time that is closed or away."""

    @property
    def starts_at(self) -> dt.datetime: ...
    @property
    def ends_at(self) -> dt.datetime: ...
    @property
    def reason(self) -> str: ...


class DoctorTimeRange(TimeRange, Protocol):
    @property
    def doctor_id(self) -> UUID | None: ...


class LaneItem(Protocol):
    start: int
    lane: int
    lanes: int

    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Time of a doctor's column in which nobody is booked, and why. Minutes from local midnight, half open."""

    start: int
    end: int
    label: str = ""
    icon: str = ""
    y: int = 0

    @property
    def minutes(self) -> int:
        return self.end - self.start

    @property
    def h(self) -> int:
        return max(1, self.minutes // STEP)

    def within(self, opens: int, closes: int) -> "Block | None":
        """The part that the grid shows, or None."""
        start, end = max(self.start, opens), min(self.end, closes)
        if start >= end:
            return None
        return Block(start=start, end=end, label=self.label, icon=self.icon, y=(start - opens) // STEP)


def minute_of_day(moment: dt.datetime | dt.time) -> int:
    """Minutes since midnight on the moment's own clock."""
    return moment.hour * 60 + moment.minute


def blocks_of(
    doctor_id: UUID,
    hours: Sequence[Minutes],
    day: dt.date,
    zone: ZoneInfo,
    closures: Iterable[TimeRange],
    absences: Iterable[DoctorTimeRange],
) -> list[Block]:
    """All that keeps a doctor who works in these hours from being booked on a local day, in order, without overlaps."""
    shut = [_block_on(closure, day, zone, "building-2", f"Closed · {closure.reason}") for closure in closures]
    away = [
        _block_on(absence, day, zone, "plane", f"Out · {absence.reason}" if absence.reason else "Out")
        for absence in absences
        if absence.doctor_id == doctor_id
    ]
    strong = _merged(shut + away)
    return sorted([*strong, *_subtract(_outside_hours(hours), strong)], key=lambda b: b.start)


def _outside_hours(working: Sequence[Minutes]) -> list[Block]:
    """The time before, between and after the working hours."""
    if not working:
        return [Block(start=0, end=DAY_MINUTES, label="Not working")]
    blocks = [Block(start=0, end=working[0][0])]
    for (_, end), (start, _) in pairwise(working):
        lunch = LUNCH[0] <= end <= LUNCH[1]
        blocks.append(Block(start=end, end=start, label="Lunch" if lunch else "Break", icon="coffee"))
    blocks.append(Block(start=working[-1][1], end=DAY_MINUTES))
    return [block for block in blocks if block.minutes > 0]


def _block_on(span: TimeRange, day: dt.date, zone: ZoneInfo, icon: str, label: str) -> Block:
    first, last = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    start = minute_of_day(first) if first.date() == day else 0
    end = minute_of_day(last) if last.date() == day else DAY_MINUTES
    return Block(start=start, end=end, label=label, icon=icon)


def _merged(blocks: Iterable[Block]) -> list[Block]:
    kept: list[Block] = []
    for block in sorted(blocks, key=lambda b: (b.start, -b.end)):
        start = max(block.start, kept[-1].end if kept else 0)
        if start < block.end:
            kept.append(Block(start=start, end=block.end, label=block.label, icon=block.icon))
    return kept


def _subtract(blocks: Iterable[Block], strong: Sequence[Block]) -> list[Block]:
    """The parts of the blocks that the strong ones leave free."""
    rest: list[Block] = []
    for block in blocks:
        at = block.start
        for other in strong:
            if other.end <= at or other.start >= block.end:
                continue
            if other.start > at:
                rest.append(Block(start=at, end=other.start, label=block.label, icon=block.icon))
            at = other.end
        if at < block.end:
            rest.append(Block(start=at, end=block.end, label=block.label, icon=block.icon))
    return rest


def lanes_of(cards: Sequence[LaneItem]) -> None:
    """Give each of the cards, which are in order of start, its lane: beside each other where they overlap."""
    group: list[LaneItem] = []
    busy_until: list[int] = []

    def close() -> None:
        for card in group:
            card.lanes = len(busy_until)

    for card in cards:
        if group and card.start >= max(busy_until):
            close()
            group, busy_until = [], []
        lane = next((n for n, until in enumerate(busy_until) if until <= card.start), len(busy_until))
        if lane == len(busy_until):
            busy_until.append(card.end)
        else:
            busy_until[lane] = card.end
        card.lane = lane
        group.append(card)
    close()
