"""Panels of visit outcomes, and of the work done without staff."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from dashboards.figures.selectors.totals import tasks_of
from dashboards.owner.metrics.definitions import FIGURES
from dashboards.owner.metrics.tables import ColumnKind, Table, TableColumn, number
from dashboards.owner.metrics.view_models import Bar, MetricPanel, MetricSource, percent, value_of

TASK_LABELS = {
    "confirmation": gettext_lazy("Confirmed without staff"),
    "message": gettext_lazy("Links and reminders sent"),
    "intake": gettext_lazy("Forms filled in online"),
    "summary": gettext_lazy("Summaries generated"),
}


def conversations(source: MetricSource) -> MetricPanel:
    """Conversations with patients and how they ended."""
    now = source.report.now
    lines = (
        ("conversations", gettext_lazy("conversations with patients"), now["conversations"]),
        ("settled", gettext_lazy("resolved automatically"), now["settled"]),
        ("escalated", gettext_lazy("passed on to the front desk"), now["escalated"]),
        ("confirmed_alone", gettext_lazy("visits confirmed without staff"), now["confirmed_alone"]),
    )
    return _funnel(
        "ai", gettext_lazy("How AI helped"), lines, ("settled_rate", "escalated_rate", "confirmed_alone_rate")
    )


def outcomes(source: MetricSource) -> MetricPanel:
    """The outcomes of the booked visits."""
    now = source.report.now
    lines = (
        ("booked", gettext_lazy("booked"), now.booked),
        ("confirmed_before", gettext_lazy("confirmed before the day"), now["confirmed_before"]),
        ("completed", gettext_lazy("took place"), now["completed"]),
        ("cancelled", gettext_lazy("cancelled"), now.cancelled),
        ("no_shows", gettext_lazy("no-show"), now["no_shows"]),
    )
    return _funnel("outcomes", gettext_lazy("Visit outcomes"), lines, ("visits", "confirmed_rate", "cancelled_rate"))


def _funnel(key: str, title: Any, lines: Sequence[tuple[str, Any, int]], means: Sequence[str]) -> MetricPanel:
    most = max(count for _name, _words, count in lines)
    columns = (TableColumn("what", gettext_lazy("What"), ColumnKind.TEXT), TableColumn("count", gettext_lazy("Count")))
    return MetricPanel(
        key=key,
        title=title,
        means=[FIGURES[name] for name in means],
        funnel=[
            Bar(label=str(words), text=number(count), width=round(100 * count / most)) for _n, words, count in lines
        ]
        if most
        else (),
        sheet=Table(key=key, columns=columns, rows=[[words, count] for _name, words, count in lines] if most else []),
    )


def intake(source: MetricSource) -> MetricPanel:
    """Forms submitted before the visit, with and without a reminder."""
    now = source.report.now
    groups = (
        (gettext_lazy("With a reminder"), now["reminded"], now["reminded_before"], "intake_reminded_rate"),
        (gettext_lazy("Without"), now.unreminded, now.unreminded_before, "intake_unreminded_rate"),
    )
    rows: list[list[Any]] = [[label, forms, submitted, value_of(key, now)] for label, forms, submitted, key in groups]
    columns = (
        TableColumn("group", gettext_lazy("Patients"), ColumnKind.TEXT),
        TableColumn("forms", gettext_lazy("Forms")),
        TableColumn("before", gettext_lazy("Submitted before")),
        TableColumn("rate", gettext_lazy("Rate"), ColumnKind.RATE),
    )
    return MetricPanel(
        key="intake",
        title=gettext_lazy("Intake submitted before the visit"),
        means=[FIGURES[key] for *_rest, key in groups],
        bars=[Bar(label=str(words), text=percent(rate), width=round(rate or 0)) for words, _o, _c, rate in rows]
        if now["intake_forms"]
        else (),
        sheet=Table(key="intake", columns=columns, rows=rows if now["intake_forms"] else []),
    )


def tasks(source: MetricSource) -> MetricPanel:
    """The calculation of the time saved: occurrences times the clinic's minutes."""
    done = tasks_of(source.report.now, source.minutes)
    columns = (
        TableColumn("task", gettext_lazy("Task"), ColumnKind.TEXT),
        TableColumn("times", gettext_lazy("Times")),
        TableColumn("minutes", gettext_lazy("Minutes each")),
        TableColumn("saved", gettext_lazy("Saved"), ColumnKind.MINUTES),
    )
    return MetricPanel(
        key="tasks",
        title=gettext_lazy("How it is calculated"),
        means=[FIGURES["minutes_saved"]],
        sheet=Table(
            key="tasks",
            columns=columns,
            rows=[[TASK_LABELS[task.key], task.times, task.minutes, task.saved] for task in done],
        ),
    )
