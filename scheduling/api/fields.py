"""API fields for local dates, wall-clock times, instants and visit lengths."""

import datetime as dt
from typing import Any

from rest_framework import serializers

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from clinicflow.web.display import write_gap
from scheduling.rules.limits import LONGEST_VISIT, SHORTEST_VISIT

EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)


class DayField(serializers.DateField):
    """`YYYY-MM-DD`, 1970 to 2199."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError("Enter a date from 1970 to 2199.")
        return day


class ClockField(serializers.TimeField):
    """`HH:MM` on the clinic's clock."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M", "%H:%M:%S"], **kwargs)


class MomentField(serializers.DateTimeField):
    """ISO 8601 with an offset."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["iso-8601"], default_timezone=dt.UTC, **kwargs)

    def to_internal_value(self, value: Any) -> dt.datetime:
        if isinstance(value, str) and not value.rstrip().endswith(("Z", "z")) and not _has_offset(value):
            raise serializers.ValidationError("Include the UTC offset, as in 2026-12-01T10:00:00-05:00.")
        moment: dt.datetime = super().to_internal_value(value)
        if not EARLIEST <= moment.date() <= LATEST:
            raise serializers.ValidationError("Enter a date from 1970 to 2199.")
        return moment


class VisitLengthField(serializers.IntegerField):
    """The length of a visit in minutes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=SHORTEST_VISIT, max_value=LONGEST_VISIT, **kwargs)


def _has_offset(text: str) -> bool:
    clock_part = text.strip()[10:]
    return "+" in clock_part or "-" in clock_part


def instant_of(actor: Actor, day: dt.date, time: dt.time, *, field: str = "start_time") -> dt.datetime:
    """The instant of a wall-clock time of the clinic. ValidationError on `field` for a time skipped by DST."""
    try:
        return clock.at_wall_clock(day, time, actor.timezone)
    except clock.NoSuchTime as error:
        raise serializers.ValidationError({field: [write_gap(error)]}) from None
