"""docs/settings.md, from what is declared: setting, type and bounds and default, effect, test."""

import datetime as dt
from typing import Any

from django.db import models

from clinicflow.clinic_settings.schema import DOCTOR, TABS, Setting, Tab

HEAD = """# Settings

Written by `manage.py describe_settings`; a test compares it with what is declared in `clinicflow/clinics/declared`.
Managers change settings at `/settings` or with `PUT` and `PATCH /api/settings/clinic`, doctors their own at
`/settings/me` or `/api/settings/doctor/:id`. Times are on the clinic's clock. Each change is in the audit log with old
and new value, and open pages take it over (`settings_changed`). Each effect is shown by the test `test_<setting>` in
the file named.
"""
COLUMNS = "| setting | type and bounds | default | effect |\n|---|---|---|---|"


def describe() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_section(tab) for tab in (*TABS, DOCTOR))])


def _section(tab: Tab) -> str:
    where = "/settings/me" if tab is DOCTOR else f"/settings/{tab.slug}"
    name = "A doctor's own settings" if tab is DOCTOR else str(tab.label)
    rows = [_row(setting) for setting in tab.settings]
    return f"## {name}\n\n`{where}` · `tests/effects/test_{tab.slug}.py`\n\n" + "\n".join([COLUMNS, *rows, ""])


def _row(setting: Setting) -> str:
    return f"| `{setting.name}` | {_kind(setting)} | {_default(setting)} | {setting.effect} |"


def _kind(setting: Setting) -> str:
    field = setting.field
    if isinstance(field, models.BooleanField):
        return "on or off"
    if setting.choices:
        values = ", ".join(f"`{value}`" for value, _words in setting.choices)
        return f"several of {values}" if isinstance(field, models.JSONField) else values
    if isinstance(field, models.TimeField):
        return "time of day"
    if isinstance(field, models.JSONField):
        return "ranges of hours by weekday or date"
    if setting.low is not None:
        zero = f"; 0: {setting.zero}" if setting.zero else ""
        return f"{setting.low} to {setting.high:,} {setting.unit}{zero}"
    return f"text, at most {field.max_length} characters"


def _default(setting: Setting) -> str:
    value: Any = setting.field.get_default() if setting.field.has_default() else ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value}`" if value or value == 0 else "–"
