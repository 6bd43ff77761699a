"""A doctor's own settings as a form: how they can be booked, and the hours that replace those of the front desk."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.forms.settings import field_of
from clinicflow.clinic_settings.forms.weekly_hours import DatedHoursField, WeeklyHoursField
from clinicflow.clinic_settings.schema import DOCTOR
from clinicflow.clinics.models import WEEKDAYS, DoctorSettings

VISITS = DOCTOR.groups[0].settings


class DoctorForm(forms.Form):
    """`week` counts only with `own_week`; `dates` are single days. `seen` is the fingerprint of what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    own_week = forms.BooleanField(
        required=False,
        label=_("Own weekly hours"),
        help_text=_("Off, the weekly hours that the front desk keeps on the doctor's page hold."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    week = WeeklyHoursField(label=_("Bookable"))
    dates = DatedHoursField(
        label=_("Other hours than in the week"),
        help_text=_("They replace the weekly hours on that day. A day without times is a day off."),
    )

    def __init__(self, settings: DoctorSettings, data: Any = None) -> None:
        own = settings.working_hours_override
        values = DOCTOR.values(settings)
        start = values | {
            "seen": DOCTOR.fingerprint(settings),
            "own_week": bool(settings.own_week),
            "week": {**settings.doctor.working_hours, **settings.own_week},
            "dates": {day: ranges for day, ranges in own.items() if day not in WEEKDAYS},
        }
        super().__init__(data, initial=start)
        for setting in VISITS:
            self.fields[setting.name] = field_of(setting, values)

    @property
    def visits(self) -> list[dict[str, Any]]:
        return [{"setting": setting, "field": self[setting.name]} for setting in VISITS]

    def decided(self) -> dict[str, Any]:
        """What was chosen, by the names of the settings."""
        data = self.cleaned_data
        week = {day: data["week"].get(day, []) for day in WEEKDAYS} if data["own_week"] else {}
        return {setting.name: data[setting.name] for setting in VISITS} | {
            "working_hours_override": week | data["dates"]
        }

    def refuse(self, fields: Mapping[str, Sequence[str]]) -> None:
        """Put the operation's refusals beside their fields."""
        for name, problems in fields.items():
            self.add_error({"working_hours_override": "dates"}.get(name, name), list(problems))
