"""Panels of a period's figures by doctor, by reason, by weekday and hour; small counts are withheld."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinicflow.web import display
from dashboards.metrics.definitions import FIGURES
from dashboards.metrics.reading import EACH_HOUR
from dashboards.metrics.shapes import Bar, Cell, Panel, Source, count_text, percent, value_of
from dashboards.metrics.sheets import Column, Kind, Sheet
from dashboards.metrics.tally import REASONS, share, withhold

REASON_WORDS = {
    "patient": gettext_lazy("Patient cancelled"),
    "elsewhere": gettext_lazy("Rescheduled elsewhere"),
    "clinic": gettext_lazy("Clinic cancelled"),
    "other": gettext_lazy("Other"),
}
WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)


def doctors(source: Source) -> Panel:
    """The booked share of each doctor's time, with their visits, no-shows and cancellations."""
    rows = source.report.doctors
    bars = [
        Bar(label=doctor.name, text=percent(tally.use), width=round(tally.use or 0), hue=doctor.color)
        for doctor, tally in rows
    ]
    return Panel(
        key="doctors",
        title=gettext_lazy("Booked share by doctor"),
        means=[FIGURES["use"], FIGURES["no_show_rate"], FIGURES["cancelled_rate"]],
        bars=bars,
        sheet=_by_doctor("doctors", source),
    )


def doctors_no_shows(source: Source) -> Panel:
    rates = [(doctor, value_of("no_show_rate", tally)) for doctor, tally in source.report.doctors]
    most = max((rate for _doctor, rate in rates if rate), default=0) or 1
    bars = [
        Bar(label=doctor.name, text=percent(rate), width=round(100 * (rate or 0) / most), hue=doctor.color)
        for doctor, rate in rates
    ]
    return Panel(
        key="doctors-no-shows",
        title=gettext_lazy("No-show rate by doctor"),
        means=[FIGURES["no_show_rate"], FIGURES["cancelled_rate"]],
        bars=bars,
        sheet=_by_doctor("doctors-no-shows", source),
    )


def _by_doctor(key: str, source: Source) -> Sheet:
    rows = source.report.doctors
    counts = (
        withhold([tally["visits"] for _doctor, tally in rows]),
        withhold([tally["no_shows"] for _doctor, tally in rows]),
        withhold([tally.cancelled for _doctor, tally in rows]),
    )
    columns = (
        Column("doctor", gettext_lazy("Doctor"), Kind.TEXT),
        Column("visits", gettext_lazy("Visits")),
        Column("use", gettext_lazy("Booked"), Kind.RATE),
        Column("no_shows", gettext_lazy("No-shows")),
        Column("no_show_rate", gettext_lazy("No-show rate"), Kind.RATE),
        Column("cancelled", gettext_lazy("Cancelled")),
        Column("cancelled_rate", gettext_lazy("Share"), Kind.RATE),
    )
    table = [
        [
            doctor.name,
            seen,
            tally.use,
            missed,
            value_of("no_show_rate", tally),
            cancelled,
            value_of("cancelled_rate", tally),
        ]
        for (doctor, tally), seen, missed, cancelled in zip(rows, *counts, strict=True)
    ]
    return Sheet(key=key, columns=columns, rows=table)


def reasons(source: Source) -> Panel:
    now = source.report.now
    cancelled = withhold([now[f"cancelled_{reason}"] for reason in REASONS])
    late = withhold([now[f"late_{reason}"] for reason in REASONS])
    most = max((count or 0 for count in cancelled), default=0) or 1
    rows: list[list[Any]] = [
        [REASON_WORDS[reason], *pair] for reason, *pair in zip(REASONS, cancelled, late, strict=True)
    ]
    bars = [
        Bar(label=str(word), text=count_text(count), width=round(100 * (count or 0) / most))
        for word, count, _late in rows
    ]
    columns = (
        Column("reason", gettext_lazy("Reason"), Kind.TEXT),
        Column("cancelled", gettext_lazy("Cancelled")),
        Column("late", gettext_lazy("Late")),
    )
    return Panel(
        key="reasons",
        title=gettext_lazy("Cancelled, by reason"),
        means=[FIGURES["cancelled_rate"], FIGURES["late_rate"]],
        bars=bars if now.cancelled else (),
        sheet=Sheet(key="reasons", columns=columns, rows=rows if now.cancelled else []),
    )


def busy_hours(source: Source) -> Panel:
    """The booked share of open time by weekday and hour."""

    def cell(sums: Mapping[str, int]) -> Cell:
        use = share(min(sums["booked_minutes"], sums["open_minutes"]), sums["open_minutes"], few=1)
        if use is None:
            return Cell(closed=True)
        return Cell(text=str(round(use)), tint=min(4, int(use) // 20))

    title = gettext_lazy("Busy hours")
    return _heat(source, "busy-hours", title, _("share of open time booked"), ("open_minutes",), cell, "use")


def no_show_hours(source: Source) -> Panel:
    """The no-show rate by weekday and hour."""

    def cell(sums: Mapping[str, int]) -> Cell:
        rate = share(sums["no_shows"], sums["visits"])
        if rate is None:
            return Cell(closed=not sums["visits"], text="" if not sums["visits"] else "–")
        return Cell(text=str(round(rate)), tint=min(4, int(rate) // 4))

    title = gettext_lazy("No-shows by hour")
    return _heat(source, "no-show-hours", title, _("percent of visits"), ("visits",), cell, "no_show_rate")


def _heat(
    source: Source,
    key: str,
    title: Any,
    note: str,
    wanted: Sequence[str],
    cell: Callable[[Mapping[str, int]], Cell],
    figure_key: str,
) -> Panel:
    sums = {place: row for place, row in source.report.hours.items() if any(row[name] for name in wanted)}
    hours = _between(hour for _weekday, hour in sums)
    weekdays = sorted({weekday for weekday, _hour in sums})
    empty = dict.fromkeys(EACH_HOUR, 0)
    return Panel(
        key=key,
        title=title,
        note=note,
        means=[FIGURES[figure_key]],
        wide=True,
        hours=hours,
        heat=[
            (str(WEEKDAYS[weekday]), [cell(sums.get((weekday, hour), empty)) for hour in hours]) for weekday in weekdays
        ],
        sheet=_by_hour(key, sums),
    )


def _between(hours: Iterable[int]) -> list[int]:
    known = sorted(set(hours))
    return list(range(known[0], known[-1] + 1)) if known else []


def _by_hour(key: str, sums: Mapping[tuple[int, int], Mapping[str, int]]) -> Sheet:
    places = sorted(sums)
    seen = withhold([sums[place]["visits"] for place in places])
    missed = withhold([sums[place]["no_shows"] for place in places])
    rows = []
    for place, count, no_show in zip(places, seen, missed, strict=True):
        row = sums[place]
        use = share(min(row["booked_minutes"], row["open_minutes"]), row["open_minutes"], few=1)
        rate = share(row["no_shows"], row["visits"])
        rows.append([WEEKDAYS[place[0]], display.write_hour(place[1]), count, no_show, rate, use])
    columns = (
        Column("weekday", gettext_lazy("Day"), Kind.TEXT),
        Column("hour", gettext_lazy("Hour"), Kind.TEXT),
        Column("visits", gettext_lazy("Visits")),
        Column("no_shows", gettext_lazy("No-shows")),
        Column("no_show_rate", gettext_lazy("No-show rate"), Kind.RATE),
        Column("use", gettext_lazy("Booked"), Kind.RATE),
    )
    return Sheet(key=key, columns=columns, rows=rows)
