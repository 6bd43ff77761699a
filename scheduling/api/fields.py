"""Local dates and wall-clock times of the clinic, as the API takes them."""

import datetime as dt
from typing import Any

from rest_framework import serializers

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from clinicflow.web.display import write_gap

EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)


class DayField(serializers.DateField):
    """`YYYY-MM-DD`, 1970 to 2199."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError("This date is out of range.")
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
            raise serializers.ValidationError("Give the offset too, like 2026-12-01T10:00:00-05:00.")
        moment: dt.datetime = super().to_internal_value(value)
        if not EARLIEST <= moment.date() <= LATEST:
            raise serializers.ValidationError("This date is out of range.")
        return moment


def _has_offset(text: str) -> bool:
    clock_part = text.strip()[10:]
    return "+" in clock_part or "-" in clock_part


def instant_of(actor: Actor, day: dt.date, time: dt.time, *, field: str = "start_time") -> dt.datetime:
    """The instant of a wall-clock time of the clinic; a time that the clocks skip is refused on its field."""
    try:
        return clock.at_wall_clock(day, time, actor.timezone)
    except clock.NoSuchTime as error:
        raise serializers.ValidationError({field: [write_gap(error)]}) from None
