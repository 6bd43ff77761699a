"""The only module that reads the system clock; operations take the time as an argument."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> dt.datetime:
    """The current instant, aware, in UTC."""
    return timezone.now()


def local(instant: dt.datetime, zone: str) -> dt.datetime:
    """The same instant in the IANA time zone `zone`."""
    return instant.astimezone(ZoneInfo(zone))


def today(zone: str) -> dt.date:
    """The current date in the IANA time zone `zone`."""
    return local(now(), zone).date()


def day_bounds(day: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """The instants `[start, end)` of a local day, in UTC; 23 to 25 hours apart."""
    tz = ZoneInfo(zone)
    start = dt.datetime.combine(day, dt.time.min, tzinfo=tz)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=tz)
    return start.astimezone(dt.UTC), end.astimezone(dt.UTC)


class NoSuchTime(ValueError):
    """A local time skipped by a change of the clocks, with the times `before` and `after` the gap."""

    def __init__(self, before: dt.time, after: dt.time) -> None:
        super().__init__(f"The clocks go forward that night: {before:%H:%M} is followed by {after:%H:%M}.")
        self.before, self.after = before, after


def at_wall_clock(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The instant, in UTC, of a local time in the IANA time zone `zone`.

    A time that occurs twice means its first occurrence. NoSuchTime if the clocks skip it that day.
    """
    tz = ZoneInfo(zone)
    naive = dt.datetime.combine(day, time)
    instant = naive.replace(tzinfo=tz, fold=0).astimezone(dt.UTC)
    if instant.astimezone(tz).replace(tzinfo=None) != naive:
        before = naive.replace(tzinfo=tz, fold=0).utcoffset() or dt.timedelta()
        after = naive.replace(tzinfo=tz, fold=1).utcoffset() or dt.timedelta()
        gap = abs(before - after)
        edge = _gap_edge(naive, tz)
        raise NoSuchTime(edge.time(), (edge + gap).time())
    return instant


def _gap_edge(naive: dt.datetime, tz: ZoneInfo) -> dt.datetime:
    """The local time, to the minute, at which the gap containing `naive` begins."""
    moment = naive.replace(second=0, microsecond=0)
    while moment.replace(tzinfo=tz).astimezone(dt.UTC).astimezone(tz).replace(tzinfo=None) != moment:
        moment -= dt.timedelta(minutes=1)
    return moment + dt.timedelta(minutes=1)
