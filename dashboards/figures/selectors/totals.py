"""Totals of days, and the rules for withholding small numbers.

A group of 1 to 4 (the visits of a doctor or an hour, the cancellations for a reason) is withheld with all its parts and
shares. If it is the only one, or the withheld groups add up to fewer than 5, the smallest of the others are withheld
too, because they could be found by subtraction: two groups that add up to 2 are 1 and 1. The parts of a group that is
shown are shown. A share of fewer than FEW is not shown. Totals of the whole clinic and the use of its time are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from dashboards.figures.selectors.counting import COUNTED
from dashboards.models import TaskMinutes

FEW = 5
REASONS = ("patient", "elsewhere", "clinic", "other")
SUMMED = (*COUNTED, "open_minutes")
Number = int | float | None


@dataclass(slots=True)
class Totals:
    """Sums by the names of the `DayFigures` columns; shares in percent, None for too few."""

    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SUMMED, 0))

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row of figures."""
        for name in SUMMED:
            self.sums[name] += row.get(name) or 0

    @classmethod
    def of(cls, tallies: Iterable["Totals"]) -> Self:
        total = cls()
        for tally in tallies:
            total.add(tally.sums)
        return total

    def __getitem__(self, name: str) -> int:
        return self.sums[name]

    @property
    def returning(self) -> int:
        return self["visits"] - self["new_patients"]

    @property
    def cancelled(self) -> int:
        return sum(self[f"cancelled_{reason}"] for reason in REASONS)

    @property
    def late(self) -> int:
        return sum(self[f"late_{reason}"] for reason in REASONS)

    @property
    def booked(self) -> int:
        return self["visits"] + self.cancelled

    @property
    def unreminded(self) -> int:
        return self["intake_forms"] - self["reminded"]

    @property
    def unreminded_before(self) -> int:
        return self["intake_before"] - self["reminded_before"]

    @property
    def use(self) -> float | None:
        """The booked share of open time in percent, at most 100."""
        return share(min(self["booked_minutes"], self["open_minutes"]), self["open_minutes"], few=1)

    @property
    def summary_time(self) -> float | None:
        """Mean seconds from form to summary, None for too few."""
        return round(self["summary_seconds"] / self["summaries"], 1) if self["summaries"] >= FEW else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work done without staff: how often, and the clinic's minutes for each."""

    key: str
    times: int
    minutes: int

    @property
    def saved(self) -> int:
        return self.times * self.minutes


TASKS: Mapping[str, str] = {  # field of TaskMinutes -> what is counted
    "confirmation": "confirmed_alone",
    "message": "intake_messages",
    "intake": "intake_online",
    "summary": "summaries",
}


def tasks_of(tally: Totals, minutes: TaskMinutes) -> list[Task]:
    """The tasks done without staff, with the minutes of each."""
    return [Task(key=key, times=tally[name], minutes=getattr(minutes, key)) for key, name in TASKS.items()]


def minutes_saved(tally: Totals, minutes: TaskMinutes) -> int:
    """Staff minutes saved by all tasks."""
    return sum(task.saved for task in tasks_of(tally, minutes))


def share(part: int, whole: int, *, few: int = FEW) -> float | None:
    """Percent with one decimal, or None for a share of fewer than `few`."""
    return round(100 * part / whole, 1) if whole >= few else None


def withheld(groups: Sequence[int]) -> list[bool]:
    """Whether each group of a breakdown is withheld, by their sizes."""
    hidden = {index for index, size in enumerate(groups) if 0 < size < FEW}
    others = sorted(set(range(len(groups))) - hidden, key=lambda index: groups[index])
    for index in others:
        if not hidden or (len(hidden) > 1 and sum(groups[known] for known in hidden) >= FEW):
            break
        hidden.add(index)
    return [index in hidden for index in range(len(groups))]
