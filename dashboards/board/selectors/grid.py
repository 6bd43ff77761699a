"""Geometry of the day grid: minutes, blocks without bookings, and lanes of overlapping visits. Pure functions."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

STEP = 5  # minutes
DAY_MINUTES = 24 * 60
LUNCH = (11 * 60, 14 * 60 + 30)  # a break that starts between these is labelled lunch

Minutes = tuple[int, int]


class TimeRange(Protocol):
    """A closure or time off."""

    @property
    def starts_at(self) -> dt.datetime: ...
    @property
    def ends_at(self) -> dt.datetime: ...
    @property
    def reason(self) -> str: ...


class DoctorTimeRange(TimeRange, Protocol):
    """Time off of one doctor."""

    @property
    def doctor_id(self) -> UUID | None: ...


class LaneItem(Protocol):
    """A card to be placed in a lane; `start` and `end` are minutes."""

    start: int
    lane: int
    lanes: int

    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a doctor's column without bookings, with its reason. Minutes from local midnight, half open."""

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
        """The part within the hours of the grid, or None."""
        start, end = max(self.start, opens), min(self.end, closes)
        if start >= end:
            return None
        return Block(start=start, end=end, label=self.label, icon=self.icon, y=(start - opens) // STEP)


def minute_of_day(moment: dt.datetime | dt.time) -> int:
    """Minutes since midnight, in the time zone of the argument."""
    return moment.hour * 60 + moment.minute


def blocks_of(
    doctor_id: UUID,
    hours: Sequence[Minutes],
    day: dt.date,
    zone: ZoneInfo,
    closures: Iterable[TimeRange],
    absences: Iterable[DoctorTimeRange],
) -> list[Block]:
    """The blocks of a doctor's local day, in order and without overlaps: outside `hours`, closures and time off."""
    closed = [_block_on(closure, day, zone, "building-2", f"Closed · {closure.reason}") for closure in closures]
    away = [
        _block_on(absence, day, zone, "plane", f"Out · {absence.reason}" if absence.reason else "Out")
        for absence in absences
        if absence.doctor_id == doctor_id
    ]
    absent = _merged(closed + away)
    return sorted([*absent, *_subtract(_outside_hours(hours), absent)], key=lambda b: b.start)


def _outside_hours(working: Sequence[Minutes]) -> list[Block]:
    """Blocks before, between and after the working hours."""
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
    merged: list[Block] = []
    for block in sorted(blocks, key=lambda b: (b.start, -b.end)):
        start = max(block.start, merged[-1].end if merged else 0)
        if start < block.end:
            merged.append(Block(start=start, end=block.end, label=block.label, icon=block.icon))
    return merged


def _subtract(blocks: Iterable[Block], others: Sequence[Block]) -> list[Block]:
    """The parts of `blocks` that do not overlap `others`."""
    rest: list[Block] = []
    for block in blocks:
        at = block.start
        for other in others:
            if other.end <= at or other.start >= block.end:
                continue
            if other.start > at:
                rest.append(Block(start=at, end=other.start, label=block.label, icon=block.icon))
            at = other.end
        if at < block.end:
            rest.append(Block(start=at, end=block.end, label=block.label, icon=block.icon))
    return rest


def lanes_of(cards: Sequence[LaneItem]) -> None:
    """Set the lanes of cards, which are sorted by start: overlapping cards get lanes beside each other."""
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
