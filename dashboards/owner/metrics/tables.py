"""Tables of the panels, for the page and the CSV file."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from clinicflow.web import display
from dashboards.figures.selectors.totals import FEW

FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")
NO_VALUE = "–"


class ColumnKind(StrEnum):
    """How the values of a column are formatted."""

    DAY = "day"
    TEXT = "text"
    COUNT = "count"  # None: withheld
    RATE = "rate"  # percent; None: of too few or none
    MINUTES = "minutes"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column; `key` is its header in the CSV file."""

    key: str
    label: Any
    kind: ColumnKind = ColumnKind.COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of values in the order of the columns."""

    key: str
    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[Any]]

    @property
    def shown(self) -> list[list[str]]:
        """The rows as text, formatted for the page."""
        return [
            [write(value, column.kind) for column, value in zip(self.columns, row, strict=True)] for row in self.rows
        ]

    def as_csv(self) -> list[list[str]]:
        """The rows for a CSV file: plain numbers, ISO dates, and text that a spreadsheet does not read as a formula."""
        return [
            [column.key for column in self.columns],
            *(
                [_csv_value(value, column.kind) for column, value in zip(self.columns, row, strict=True)]
                for row in self.rows
            ),
        ]


def write(value: Any, kind: ColumnKind) -> str:
    """One value formatted for the page."""
    if value is None:
        return f"<{FEW}" if kind == ColumnKind.COUNT else NO_VALUE
    match kind:
        case ColumnKind.DAY:
            return display.write_date(value)
        case ColumnKind.TEXT:
            return str(value)
        case ColumnKind.RATE:
            return f"{number(value, 1)}%"
        case ColumnKind.MINUTES:
            return duration(value)
        case ColumnKind.SECONDS:
            return f"{number(value, 1)} s"
        case _:
            return number(value)


def number(value: float, digits: int = 0) -> str:
    """A number with digit grouping, without decimals for a whole number."""
    if not digits or float(value).is_integer():
        return formats.number_format(round(value), use_l10n=True, force_grouping=True)
    return formats.number_format(round(value, digits), decimal_pos=digits, use_l10n=True, force_grouping=True)


def duration(minutes: int) -> str:
    """Minutes as `45 min`, `3.5 h` or `1,204 h`."""
    if minutes < 120:
        return _("%(minutes)s min") % {"minutes": minutes}
    hours = minutes / 60
    return _("%(hours)s h") % {"hours": number(hours, 1 if hours < 100 else 0)}


def _csv_value(value: Any, kind: ColumnKind) -> str:
    if value is None:
        return f"<{FEW}" if kind == ColumnKind.COUNT else ""
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if kind == ColumnKind.TEXT and text.startswith(FORMULA_PREFIXES) else text
