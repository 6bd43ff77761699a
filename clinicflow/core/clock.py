"""The only place that reads the clock, so that every rule about time can be given one."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def local(instant: dt.datetime, zone: str) -> dt.datetime:
    """The same instant on the clock of the IANA `zone`."""
    return instant.astimezone(ZoneInfo(zone))


def today(zone: str) -> dt.date:
    """The present date on the calendar of the IANA `zone`."""
    return local(now(), zone).date()


def day_bounds(day: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """The half-open range of instants `[start, end)` that make up a local day; 23 to 25 hours long."""
    place = ZoneInfo(zone)
    start = dt.datetime.combine(day, dt.time.min, tzinfo=place)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=place)
    return start.astimezone(dt.UTC), end.astimezone(dt.UTC)


class NoSuchTime(ValueError):
    """A wall-clock time that the zone skips, with the two times around the gap."""

    def __init__(self, before: dt.time, after: dt.time) -> None:
        super().__init__(f"The clocks go forward that night: {before:%H:%M} is followed by {after:%H:%M}.")
        self.before, self.after = before, after


def at_wall_clock(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The instant, in UTC, of a wall-clock time in the IANA `zone`.

    A time that occurs twice means the first. NoSuchTime if the zone skips it that day.
    """
    place = ZoneInfo(zone)
    naive = dt.datetime.combine(day, time)
    instant = naive.replace(tzinfo=place, fold=0).astimezone(dt.UTC)
    if instant.astimezone(place).replace(tzinfo=None) != naive:
        before = naive.replace(tzinfo=place, fold=0).utcoffset() or dt.timedelta()
        after = naive.replace(tzinfo=place, fold=1).utcoffset() or dt.timedelta()
        gap = abs(before - after)
        edge = _gap_edge(naive, place)
        raise NoSuchTime(edge.time(), (edge + gap).time())
    return instant


def _gap_edge(naive: dt.datetime, place: ZoneInfo) -> dt.datetime:
    """The last wall-clock minute boundary before which `place` still agrees with itself."""
    moment = naive.replace(second=0, microsecond=0)
    while moment.replace(tzinfo=place).astimezone(dt.UTC).astimezone(place).replace(tzinfo=None) != moment:
        moment -= dt.timedelta(minutes=1)
    return moment + dt.timedelta(minutes=1)
