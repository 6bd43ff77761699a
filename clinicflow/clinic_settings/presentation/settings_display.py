"""Settings formatted for read-only display."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinicflow.access.actor import Actor
from clinicflow.accounts.models import User
from clinicflow.accounts.operations import second_factor
from clinicflow.clinic_settings.schema import Setting, Tab
from clinicflow.clinics.models import WEEKDAYS, ClinicSettings, Membership
from clinicflow.web.display import write_clock

SHORT_DAYS = dict(
    zip(
        WEEKDAYS,
        (_lazy("Mon"), _lazy("Tue"), _lazy("Wed"), _lazy("Thu"), _lazy("Fri"), _lazy("Sat"), _lazy("Sun")),
        strict=True,
    )
)


def groups_for_display(tab: Tab, settings: ClinicSettings) -> list[dict[str, Any]]:
    """The groups of a tab, each with its settings and their formatted values."""
    return [
        {"title": group.title, "intro": group.intro, "rows": [_row(setting, settings) for setting in group.settings]}
        for group in tab.groups
    ]


def _row(setting: Setting, settings: ClinicSettings) -> dict[str, Any]:
    value = setting.value(settings)
    return {"label": setting.label, "help": setting.help, "value": format_value(setting, value), "is_on": value is True}


def format_value(setting: Setting, value: Any) -> str:
    """A setting's value for display: `On`, `9:00 am`, `60 minutes`, `Mon, Tue, Wed`."""
    labels = dict(setting.choices)
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    if isinstance(value, dt.time):
        return write_clock(value)
    if isinstance(value, list):
        return ", ".join(str(labels.get(item, item)) for item in value)
    if value == 0 and setting.zero:
        return str(setting.zero).capitalize()
    text = str(labels.get(value, value))
    return f"{text} {setting.unit}" if setting.unit else text


def members_without_second_factor(actor: Actor) -> list[str]:
    """Names of the active members without an authenticator app or a passkey, in alphabetical order. One query.

    Invited users are left out: the clinic learns nothing of an account before the invitation is accepted.
    """
    members = Membership.objects.active().joined().filter(clinic_id=actor.clinic_id)
    active = User.objects.filter(pk__in=members.values("user_id"))
    without = active.exclude(authenticator__type__in=second_factor.FACTORS).distinct().order_by("name", "email")
    return [str(user) for user in without]


def format_hours(week: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """Weekly hours in one line, with runs of equal days joined: `Mon–Thu 9:00 am–5:00 pm · Fri 9:00 am–12:00 pm`."""
    runs: list[tuple[list[str], str]] = []
    for day in WEEKDAYS:
        ranges = ", ".join(
            "–".join(write_clock(dt.time.fromisoformat(edge)) for edge in pair) for pair in week.get(day, [])
        )
        if runs and runs[-1][1] == ranges:
            runs[-1][0].append(day)
        else:
            runs.append(([day], ranges))
    return " · ".join(f"{_days(days)} {ranges}" for days, ranges in runs if ranges)


def _days(days: Sequence[str]) -> str:
    """`Mon–Thu`, `Mon, Tue` or `Mon`."""
    names = [str(SHORT_DAYS[day]) for day in days]
    return f"{names[0]}–{names[-1]}" if len(names) > 2 else ", ".join(names)
