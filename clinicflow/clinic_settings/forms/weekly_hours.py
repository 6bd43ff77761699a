"""Form fields for working hours by weekday or by date, each day with any number of ranges.

    class DoctorForm(forms.Form):
        working_hours = WeeklyHoursField(label=_("Weekly hours"))

    {{ form.working_hours.as_field_group }}     in a page that extends settings/_shell.html

The value has the format of the database: `{"mon": [["09:00", "12:30"], ["13:15", "17:00"]], …}` and, for
`DatedHoursField`, `{"2026-12-24": [["09:00", "12:00"]], "2026-12-28": []}`. A day's times are submitted as two lists,
`<name>-<day>-start` and `-end`, so added rows need no index. Without JavaScript, each day has one empty range to fill
in.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinicflow.clinics.models import WEEKDAYS
from clinicflow.clinics.rules.working_hours import validate_day
from clinicflow.web.display import write_date

DAY_NAMES = dict(
    zip(
        WEEKDAYS,
        (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")),
        strict=True,
    )
)
EMPTY_RANGE = ("", "")
MAX_DATES = 200


class WeeklyHours(forms.Widget):
    """One row for each weekday. `problems` (day → message) are shown in their rows."""

    template_name = "settings/_weekly_hours.html"
    use_fieldset = True

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(attrs or {}))
        self.problems: dict[str, str] = {}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["days"] = self.days_of(name, value or {})
        return context

    def days_of(self, name: str, value: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [self.day_of(name, day, DAY_NAMES[day], value.get(day, [])) for day in WEEKDAYS]

    def day_of(self, name: str, day: str, label: Any, ranges: Any) -> dict[str, Any]:
        pairs = [tuple(pair) for pair in ranges if len(pair) == 2]
        return {
            "key": day,
            "name": f"{name}-{day}",
            "label": label,
            "ranges": [*pairs, EMPTY_RANGE],
            "is_off": not pairs,
            "is_weekend": day in WEEKDAYS[5:],
            "problem": self.problems.get(day, ""),
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, list[list[str]]]:
        return {day: ranges for day in WEEKDAYS if (ranges := ranges_of(data, f"{name}-{day}"))}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return ""


class DatedHours(WeeklyHours):
    """One row for each date, and an empty one to add a date. A date without times is a day off."""

    template_name = "settings/_dated_hours.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["new"] = self.day_of(name, "new", "", [])
        return context

    def days_of(self, name: str, value: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [self.day_of(name, day, _format_date(day), value[day]) for day in sorted(value)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, list[list[str]]]:
        added = data.get(f"{name}-new-day", "")
        dates = [day for day in data.getlist(f"{name}-day") if day][:MAX_DATES]
        value = {day: ranges_of(data, f"{name}-{day}") for day in dates}
        return value | {added: ranges_of(data, f"{name}-new")} if added else value


class WeeklyHoursField(forms.Field):
    """Weekly hours, validated by `clinicflow.clinics.rules.working_hours`. Invalid days are marked in the widget."""

    widget = WeeklyHours

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False} | kwargs)

    def clean(self, value: Any) -> dict[str, list[list[str]]]:
        week: dict[str, list[list[str]]] = value or {}
        problems = {day: problem for day, ranges in week.items() if (problem := self.error_of(day, ranges))}
        self.widget.problems = problems
        if problems:
            raise ValidationError([f"{self.name_of(day)}: {problem}" for day, problem in problems.items()])
        return week

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or {}) != (data or {})

    def error_of(self, day: str, ranges: list[list[str]]) -> str:
        if any(not start or not end for start, end in ranges):
            return str(_("Enter both a start and an end."))
        return validate_day(ranges)

    def name_of(self, day: str) -> str:
        return str(DAY_NAMES[day])


class DatedHoursField(WeeklyHoursField):
    """Hours by date, keyed by ISO date."""

    widget = DatedHours

    def error_of(self, day: str, ranges: list[list[str]]) -> str:
        return super().error_of(day, ranges) if _date_of(day) else str(_("Enter a valid date."))

    def name_of(self, day: str) -> str:
        return _format_date(day)


def ranges_of(data: Any, name: str) -> list[list[str]]:
    """The submitted ranges of one day, sorted, without empty ones."""
    pairs = zip(data.getlist(f"{name}-start"), data.getlist(f"{name}-end"), strict=False)
    return sorted([start[:5], end[:5]] for start, end in pairs if start or end)


def _date_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _format_date(day: str) -> str:
    date = _date_of(day)
    return write_date(date, "full") if date else day
