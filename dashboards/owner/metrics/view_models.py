"""View models of the owner's pages: key figures, and panels with a chart and its table."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dashboards.figures.selectors.report import Report
from dashboards.figures.selectors.totals import FEW, Number, Totals, minutes_saved
from dashboards.models import TaskMinutes
from dashboards.owner.metrics.charts import LineChart
from dashboards.owner.metrics.definitions import FIGURES, Figure
from dashboards.owner.metrics.tables import Table, duration, number


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSource:
    """The data of all figures: a report, and the clinic's minutes per task."""

    report: Report
    minutes: TaskMinutes

    def value(self, figure: Figure, tally: Totals | None) -> Number:
        if tally is None:
            return None
        return figure.of(tally) if figure.of else minutes_saved(tally, self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """One figure of the period, and of the earlier period."""

    figure: Figure
    value: Number
    before: Number

    @property
    def change(self) -> float | None:
        """The change: in points for a share, in seconds for a time, else in percent. None without earlier data."""
        if self.value is None or self.before is None:
            return None
        if self.figure.unit in {"%", "s"}:
            return round(self.value - self.before, 1)
        return round(100 * (self.value - self.before) / self.before, 1) if self.before else None

    @property
    def tone(self) -> str:
        if not self.change or not self.figure.good:
            return "mute"
        return "ok" if self.change * self.figure.good > 0 else "bad"

    @property
    def icon(self) -> str:
        return "minus" if not self.change else "trending-up" if self.change > 0 else "trending-down"

    @property
    def size(self) -> str:
        """The size of the change as text."""
        size = number(abs(self.change or 0), 1)
        if self.figure.unit == "%":
            return _("%(size)s points") % {"size": size}
        return f"{size} s" if self.figure.unit == "s" else f"{size}%"

    @property
    def shown(self) -> tuple[str, str]:
        """The value and its unit as text."""
        if self.value is None:
            return "–", ""
        if self.figure.unit == "min":
            text, unit = duration(int(self.value)).rsplit(" ", 1)
            return text, unit
        return number(self.value, 1), self.figure.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart; `width` is in percent."""

    label: str
    text: str
    width: int
    hue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """One hour of a weekday in a heat map: its tint from 0 to 4 and its text; `closed` without open time."""

    text: str = ""
    tint: int = 0
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPanel:
    """A panel: a chart of one of four shapes, its table, and the figures that it shows with their definitions."""

    key: str
    title: str | Promise
    sheet: Table
    means: Sequence[Figure]
    note: str = ""
    wide: bool = False
    lines: LineChart | None = None
    bars: Sequence[Bar] = ()
    funnel: Sequence[Bar] = ()
    heat: Sequence[tuple[str, Sequence[HeatCell]]] = ()
    hours: Sequence[int] = ()

    @property
    def shape(self) -> str:
        if self.lines is not None:
            return "lines" if self.lines.series else "empty"
        for shape in ("heat", "bars", "funnel"):
            if getattr(self, shape):
                return shape
        return "empty" if not self.sheet.rows else "table"


def key_figures(source: MetricSource, *keys: str) -> list[KeyFigure]:
    report = source.report
    return [
        KeyFigure(
            figure=FIGURES[key],
            value=source.value(FIGURES[key], report.now),
            before=source.value(FIGURES[key], report.before),
        )
        for key in keys
    ]


def value_of(key: str, tally: Totals) -> Number:
    sum_up = FIGURES[key].of
    return sum_up(tally) if sum_up else None


def percent(rate: Number) -> str:
    return "–" if rate is None else f"{round(rate)}%"


def count_text(count: int | None) -> str:
    return f"<{FEW}" if count is None else number(count)
