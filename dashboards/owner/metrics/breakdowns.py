"""Panels of a period's figures by doctor, reason, weekday and hour; small counts are withheld."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinicflow.web import display
from clinicflow.web.templatetags.ui import short_doctor
from dashboards.figures.selectors.report import EACH_HOUR
from dashboards.figures.selectors.totals import REASONS, share, withheld
from dashboards.owner.metrics.definitions import FIGURES
from dashboards.owner.metrics.tables import ColumnKind, Table, TableColumn
from dashboards.owner.metrics.view_models import Bar, HeatCell, MetricPanel, MetricSource, count_text, percent, value_of

REASON_LABELS = {
    "patient": gettext_lazy("Patient cancelled"),
    "elsewhere": gettext_lazy("Going somewhere else"),
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


def doctors(source: MetricSource) -> MetricPanel:
    """The booked share of each doctor's time, with their visits, no-shows and cancellations."""
    rows = source.report.doctors
    bars = [
        Bar(label=short_doctor(doctor.name), text=percent(tally.use), width=round(tally.use or 0), hue=doctor.color)
        for doctor, tally in rows
    ]
    return MetricPanel(
        key="doctors",
        title=gettext_lazy("Booked share by doctor"),
        means=[FIGURES["use"], FIGURES["no_show_rate"], FIGURES["cancelled_rate"]],
        bars=bars if any(tally.use is not None for _doctor, tally in rows) else (),
        sheet=_by_doctor("doctors", source),
    )


def doctors_no_shows(source: MetricSource) -> MetricPanel:
    """The no-show rate of each doctor."""
    rows = source.report.doctors
    hidden = withheld([tally.booked for _doctor, tally in rows])
    rates = [
        (doctor, None if hide else value_of("no_show_rate", tally))
        for (doctor, tally), hide in zip(rows, hidden, strict=True)
    ]
    most = max((rate for _doctor, rate in rates if rate), default=0) or 1
    bars = [
        Bar(
            label=short_doctor(doctor.name), text=percent(rate), width=round(100 * (rate or 0) / most), hue=doctor.color
        )
        for doctor, rate in rates
    ]
    return MetricPanel(
        key="doctors-no-shows",
        title=gettext_lazy("No-show rate by doctor"),
        means=[FIGURES["no_show_rate"], FIGURES["cancelled_rate"]],
        bars=bars if source.report.now.booked else (),
        sheet=_by_doctor("doctors-no-shows", source),
    )


def _by_doctor(key: str, source: MetricSource) -> Table:
    rows = source.report.doctors
    hidden = withheld([tally.booked for _doctor, tally in rows])
    columns = (
        TableColumn("doctor", gettext_lazy("Doctor"), ColumnKind.TEXT),
        TableColumn("visits", gettext_lazy("Visits")),
        TableColumn("use", gettext_lazy("Booked"), ColumnKind.RATE),
        TableColumn("no_shows", gettext_lazy("No-shows")),
        TableColumn("no_show_rate", gettext_lazy("No-show rate"), ColumnKind.RATE),
        TableColumn("cancelled", gettext_lazy("Cancelled")),
        TableColumn("cancelled_rate", gettext_lazy("Share"), ColumnKind.RATE),
    )
    table = [
        [doctor.name, None, tally.use, None, None, None, None]
        if hide
        else [
            *(doctor.name, tally["visits"], tally.use, tally["no_shows"], value_of("no_show_rate", tally)),
            *(tally.cancelled, value_of("cancelled_rate", tally)),
        ]
        for (doctor, tally), hide in zip(rows, hidden, strict=True)
    ]
    return Table(key=key, columns=columns, rows=table if _is_any(source) else [])


def _is_any(source: MetricSource) -> bool:
    now = source.report.now
    return bool(now.booked or now["open_minutes"])


def reasons(source: MetricSource) -> MetricPanel:
    """Cancellations by reason."""
    now = source.report.now
    sizes = [now[f"cancelled_{reason}"] for reason in REASONS]
    most = max(sizes) or 1
    rows: list[list[Any]] = [
        [REASON_LABELS[reason], None, None] if hide else [REASON_LABELS[reason], size, now[f"late_{reason}"]]
        for reason, size, hide in zip(REASONS, sizes, withheld(sizes), strict=True)
    ]
    bars = [
        Bar(label=str(word), text=count_text(count), width=round(100 * (count or 0) / most))
        for word, count, _late in rows
    ]
    columns = (
        TableColumn("reason", gettext_lazy("Reason"), ColumnKind.TEXT),
        TableColumn("cancelled", gettext_lazy("Cancelled")),
        TableColumn("late", gettext_lazy("Late")),
    )
    return MetricPanel(
        key="reasons",
        title=gettext_lazy("Cancellations by reason"),
        means=[FIGURES["cancelled_rate"], FIGURES["late_rate"]],
        bars=bars if now.cancelled else (),
        sheet=Table(key="reasons", columns=columns, rows=rows if now.cancelled else []),
    )


def busy_hours(source: MetricSource) -> MetricPanel:
    """The booked share of open time by weekday and hour."""

    def cell(sums: Mapping[str, int]) -> HeatCell:
        use = share(min(sums["booked_minutes"], sums["open_minutes"]), sums["open_minutes"], few=1)
        if use is None:
            return HeatCell(closed=True)
        return HeatCell(text=str(round(use)), tint=min(4, int(use) // 20))

    title = gettext_lazy("Busy hours")
    return _heat(source, "busy-hours", title, _("share of open time booked"), ("open_minutes",), cell, "use")


def no_show_hours(source: MetricSource) -> MetricPanel:
    """The no-show rate by weekday and hour."""

    def cell(sums: Mapping[str, int]) -> HeatCell:
        rate = None if sums["hidden"] else share(sums["no_shows"], sums["visits"])
        if rate is None:
            return HeatCell(closed=not sums["visits"] and not sums["hidden"], text="–" if sums["visits"] else "")
        return HeatCell(text=str(round(rate)), tint=min(4, int(rate) // 4))

    title = gettext_lazy("No-shows by hour")
    return _heat(source, "no-show-hours", title, _("percent of visits"), ("visits",), cell, "no_show_rate")


def _heat(
    source: MetricSource,
    key: str,
    title: Any,
    note: str,
    required: Sequence[str],
    cell: Callable[[Mapping[str, int]], HeatCell],
    figure_key: str,
) -> MetricPanel:
    sums = _hours_with(source, required)
    hours = _between(hour for _weekday, hour in sums)
    weekdays = sorted({weekday for weekday, _hour in sums})
    empty = dict.fromkeys((*EACH_HOUR, "hidden"), 0)
    return MetricPanel(
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


def _hours_with(source: MetricSource, required: Sequence[str]) -> dict[tuple[int, int], dict[str, int]]:
    """The hours in which any of the `required` totals is not zero, in order, with whether their visits are `hidden`."""
    hours = source.report.hours
    slots = sorted(slot for slot, row in hours.items() if any(row[name] for name in required))
    hidden = withheld([hours[slot]["visits"] for slot in slots])
    return {slot: {**hours[slot], "hidden": int(hide)} for slot, hide in zip(slots, hidden, strict=True)}


def _by_hour(key: str, sums: Mapping[tuple[int, int], Mapping[str, int]]) -> Table:
    rows: list[list[Any]] = []
    for (weekday, hour), row in sums.items():
        use = share(min(row["booked_minutes"], row["open_minutes"]), row["open_minutes"], few=1)
        rate = share(row["no_shows"], row["visits"])
        counts = [None, None, None] if row["hidden"] else [row["visits"], row["no_shows"], rate]
        rows.append([WEEKDAYS[weekday], display.write_hour(hour), *counts, use])
    columns = (
        TableColumn("weekday", gettext_lazy("Day"), ColumnKind.TEXT),
        TableColumn("hour", gettext_lazy("Hour"), ColumnKind.TEXT),
        TableColumn("visits", gettext_lazy("Visits")),
        TableColumn("no_shows", gettext_lazy("No-shows")),
        TableColumn("no_show_rate", gettext_lazy("No-show rate"), ColumnKind.RATE),
        TableColumn("use", gettext_lazy("Booked"), ColumnKind.RATE),
    )
    return Table(key=key, columns=columns, rows=rows)
