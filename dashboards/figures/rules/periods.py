"""Periods of the owner's figures: their days, steps and comparison. Pure functions."""

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
    """The period of a report. Weeks are counted from its first day; months are calendar months, cut at its ends."""

    step: Step = Step.WEEK
    compare: Comparison = Comparison.PREVIOUS
    name: str = field(default="custom", compare=False)

    @property
    def shift(self) -> dt.timedelta:
        """The distance between the period and the one that it is compared with."""
        return YEAR if self.compare == Comparison.YEAR else self.end - self.start

    @property
    def before(self) -> DayRange | None:
        """The period that it is compared with, of the same length; None without comparison."""
        if self.compare == Comparison.NONE:
            return None
        return DayRange(start=self.start - self.shift, end=self.end - self.shift)

    @cached_property
    def steps(self) -> list[DayRange]:
        """The steps of the period in order; the last one may be shorter, and with months also the first."""
        starts = [day for day in self.days if self._begins_step(day)]
        return [DayRange(start=start, end=end) for start, end in zip(starts, [*starts[1:], self.end], strict=True)]

    def _begins_step(self, day: dt.date) -> bool:
        if day == self.start or self.step == Step.DAY:
            return True
        return day.day == 1 if self.step == Step.MONTH else (day - self.start).days % 7 == 0

    def index(self, day: dt.date) -> int:
        """The index of the step that contains a day of the period."""
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
        """The preset period that ends today; the default one for an unknown name."""
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
        """The period from `first` to `last`, inclusive; missing days are those of the default period.

        Invalid, on `from` or `to`, for days in the wrong order, in the future, or more than MAX_DAYS.
        """
        end = (last or today) + DAY
        start = first or end - PRESETS[DEFAULT] * DAY
        if end > today + DAY:
            raise Invalid(fields={"to": [f"Choose an end date no later than today, {today.isoformat()}."]})
        if start >= end:
            raise Invalid(fields={"from": ["Choose a start date before the end date."]})
        if (end - start).days > MAX_DAYS:
            raise Invalid(fields={"from": [f"Choose at most {MAX_DAYS} days."]})
        return cls(start=start, end=end, step=step, compare=compare)
