"""Which days are looked at, in what steps, and with which days they are compared: pure sums of dates."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Self

from clinicflow.core.errors import Invalid

DAY = dt.timedelta(days=1)
YEAR = dt.timedelta(weeks=52)  # the same weekdays, so that Mondays are compared with Mondays
MAX_DAYS = 731
PRESETS = {"4w": 28, "12w": 84, "52w": 364}  # name -> days up to and including today
DEFAULT = "12w"


class Step(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Comparison(StrEnum):
    PREVIOUS = "previous"
    YEAR = "year"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """A half-open range of local days."""

    start: dt.date
    end: dt.date

    @property
    def last_day(self) -> dt.date:
        return self.end - DAY

    @property
    def days(self) -> list[dt.date]:
        return [self.start + number * DAY for number in range((self.end - self.start).days)]

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day < self.end


@dataclass(frozen=True, kw_only=True)
class Period(DayRange):
    """What is looked at. Weeks are counted from its first day; months are those of the calendar, cut at its ends."""

    step: Step = Step.WEEK
    compare: Comparison = Comparison.PREVIOUS
    name: str = field(default="custom", compare=False)

    @property
    def shift(self) -> dt.timedelta:
        """How far the days that it is compared with lie before its own."""
        return YEAR if self.compare == Comparison.YEAR else self.end - self.start

    @property
    def before(self) -> DayRange | None:
        """The days that it is compared with, as many as its own."""
        if self.compare == Comparison.NONE:
            return None
        return DayRange(start=self.start - self.shift, end=self.end - self.shift)

    @cached_property
    def steps(self) -> list[DayRange]:
        """The period in steps, in order; the last may be short, and with months the first, too."""
        starts = [day for day in self.days if self._begins_step(day)]
        return [DayRange(start=start, end=end) for start, end in zip(starts, [*starts[1:], self.end], strict=True)]

    def _begins_step(self, day: dt.date) -> bool:
        if day == self.start or self.step == Step.DAY:
            return True
        return day.day == 1 if self.step == Step.MONTH else (day - self.start).days % 7 == 0

    def index(self, day: dt.date) -> int:
        """The number of the step that a day of the period falls into."""
        since = (day - self.start).days
        if self.step == Step.DAY:
            return since
        if self.step == Step.WEEK:
            return since // 7
        return (day.year - self.start.year) * 12 + day.month - self.start.month

    @classmethod
    def preset(
        cls, name: str, today: dt.date, *, step: Step = Step.WEEK, compare: Comparison = Comparison.PREVIOUS
    ) -> Self:
        """The period of this name that ends today; an unknown name means the default."""
        known = name if name in PRESETS else DEFAULT
        end = today + DAY
        return cls(start=end - PRESETS[known] * DAY, end=end, step=step, compare=compare, name=known)

    @classmethod
    def between(
        cls,
        first: dt.date | None,
        last: dt.date | None,
        today: dt.date,
        *,
        step: Step = Step.WEEK,
        compare: Comparison = Comparison.PREVIOUS,
    ) -> Self:
        """From `first` to `last`, both included; what is left out is as in the default period.

        Invalid, on `from` or `to`, for days in the wrong order, in the future, or more than two years.
        """
        end = (last or today) + DAY
        start = first or end - PRESETS[DEFAULT] * DAY
        if end > today + DAY:
            raise Invalid(fields={"to": [f"Figures end today, {today.isoformat()}."]})
        if start >= end:
            raise Invalid(fields={"from": ["The first day comes before the last."]})
        if (end - start).days > MAX_DAYS:
            raise Invalid(fields={"from": [f"At most {MAX_DAYS} days."]})
        return cls(start=start, end=end, step=step, compare=compare)
