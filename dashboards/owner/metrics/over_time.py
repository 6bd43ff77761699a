"""Panels of one figure over the steps of the period, with the earlier period."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinicflow.web import display
from dashboards.figures.rules.periods import Step
from dashboards.figures.selectors.totals import Number, Totals
from dashboards.owner.metrics.charts import line_chart
from dashboards.owner.metrics.definitions import FIGURES
from dashboards.owner.metrics.tables import ColumnKind, Table, TableColumn
from dashboards.owner.metrics.view_models import MetricPanel, MetricSource

FIRST_COLUMN = TableColumn("from", gettext_lazy("From"), ColumnKind.DAY)
KINDS = {"%": ColumnKind.RATE, "s": ColumnKind.SECONDS, "min": ColumnKind.MINUTES, "": ColumnKind.COUNT}


def _over_time(
    source: MetricSource, key: str, title: Any, figure_key: str, *parts: tuple[str, Any, Callable[[Totals], int]]
) -> MetricPanel:
    """A figure by step with the earlier period; `parts` are further counts for the table."""
    figure = FIGURES[figure_key]
    steps = source.report.steps
    kind = KINDS[figure.unit]
    now = [source.value(figure, tally) for _span, tally, _then in steps]
    then = [source.value(figure, tally) if source.report.before else None for _span, _now, tally in steps]
    columns = [FIRST_COLUMN, *(TableColumn(name, label) for name, label, _of in parts)]
    columns += [
        TableColumn(figure_key, figure.label, kind),
        TableColumn(f"{figure_key}_before", gettext_lazy("Before"), kind),
    ]
    rows = [
        [span.start, *(of(tally) for _name, _label, of in parts), value, earlier]
        for (span, tally, _then), value, earlier in zip(steps, now, then, strict=True)
    ]
    if source.report.before is None:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    names = [display.write_date(span.start) for span, _now, _then in steps]
    per, unit = (60, "h") if kind == ColumnKind.MINUTES else (1, figure.unit)
    lines = [("then", [_scaled(value, per) for value in then]), ("now", [_scaled(value, per) for value in now])]
    is_empty = not any(value for value in now + then)
    chart = line_chart(_chart_label(title, source), names, [] if is_empty else lines, unit=unit)
    return MetricPanel(
        key=key, title=title, means=[figure], wide=True, lines=chart, sheet=Table(key=key, columns=columns, rows=rows)
    )


def _scaled(value: Number, per: int) -> float | None:
    return None if value is None else value / per


def _chart_label(title: Any, source: MetricSource) -> str:
    labels = {Step.DAY: _("%(title)s by day"), Step.WEEK: _("%(title)s by week"), Step.MONTH: _("%(title)s by month")}
    return labels[source.report.period.step] % {"title": title}


def no_shows(source: MetricSource) -> MetricPanel:
    parts = (
        ("visits", FIGURES["visits"].label, lambda tally: tally["visits"]),
        ("no_shows", gettext_lazy("No-shows"), lambda tally: tally["no_shows"]),
    )
    return _over_time(source, "no-shows", gettext_lazy("No-show rate"), "no_show_rate", *parts)


def visits(source: MetricSource) -> MetricPanel:
    parts = (
        ("new_patients", gettext_lazy("New"), lambda tally: tally["new_patients"]),
        ("returning", gettext_lazy("Returning"), lambda tally: tally.returning),
    )
    panel = _over_time(source, "visits", gettext_lazy("Visits"), "visits", *parts)
    return _meaning(panel, "new_patients", "returning")


def cancellations(source: MetricSource) -> MetricPanel:
    parts = (
        ("cancelled", gettext_lazy("Cancelled"), lambda tally: tally.cancelled),
        ("late", gettext_lazy("Late"), lambda tally: tally.late),
    )
    panel = _over_time(source, "cancellations", gettext_lazy("Share of visits cancelled"), "cancelled_rate", *parts)
    return _meaning(panel, "late_rate")


def confirmed_alone(source: MetricSource) -> MetricPanel:
    parts = (
        ("confirmed", gettext_lazy("Confirmed"), lambda tally: tally["confirmed"]),
        ("confirmed_alone", gettext_lazy("Without staff"), lambda tally: tally["confirmed_alone"]),
    )
    return _over_time(source, "confirmations", gettext_lazy("Confirmed without staff"), "confirmed_alone_rate", *parts)


def summary_time(source: MetricSource) -> MetricPanel:
    parts = (
        ("summaries", gettext_lazy("Summaries"), lambda tally: tally["summaries"]),
        ("summaries_quick", gettext_lazy("Within a minute"), lambda tally: tally["summaries_quick"]),
    )
    panel = _over_time(source, "summaries", gettext_lazy("From form to summary"), "summary_time", *parts)
    return _meaning(panel, "summary_quick_rate")


def time_saved(source: MetricSource) -> MetricPanel:
    return _over_time(source, "time-saved", gettext_lazy("Staff time saved"), "minutes_saved")


def _meaning(panel: MetricPanel, *keys: str) -> MetricPanel:
    return replace(panel, means=[*panel.means, *(FIGURES[key] for key in keys)])
