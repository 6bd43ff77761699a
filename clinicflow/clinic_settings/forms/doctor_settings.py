"""The form of a doctor's own settings: visit types, overrides, and hours that replace the profile's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.forms.settings import field_of
from clinicflow.clinic_settings.forms.weekly_hours import DatedHoursField, WeeklyHoursField
from clinicflow.clinic_settings.schema import DOCTOR
from clinicflow.clinics.models import WEEKDAYS, DoctorSettings
from clinicflow.core.errors import Invalid
from clinicflow.web.forms import add_domain_errors

VISIT_SETTINGS = DOCTOR.groups[0].settings


class DoctorForm(forms.Form):
    """`week` applies only with `own_week`; `dates` are single days. `seen` is the displayed settings' fingerprint."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    own_week = forms.BooleanField(
        required=False,
        label=_("Use my own weekly hours"),
        help_text=_("When off, the hours on the doctor's page apply."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    week = WeeklyHoursField(label=_("Bookable"))
    dates = DatedHoursField(
        label=_("Exceptions by date"),
        help_text=_("These replace the weekly hours on that date. Leave times empty for a day off."),
    )

    def __init__(self, settings: DoctorSettings, data: Any = None) -> None:
        override = settings.working_hours_override
        values = DOCTOR.values(settings)
        initial = values | {
            "seen": DOCTOR.fingerprint(settings),
            "own_week": bool(settings.own_week),
            "week": {**settings.doctor.working_hours, **settings.own_week},
            "dates": {day: ranges for day, ranges in override.items() if day not in WEEKDAYS},
        }
        super().__init__(data, initial=initial)
        for setting in VISIT_SETTINGS:
            self.fields[setting.name] = field_of(setting, values)

    @property
    def visits(self) -> list[dict[str, Any]]:
        """The visit settings with their bound fields."""
        return [{"setting": setting, "field": self[setting.name]} for setting in VISIT_SETTINGS]

    def values(self) -> dict[str, Any]:
        """The cleaned data by names of settings."""
        data = self.cleaned_data
        week = {day: data["week"].get(day, []) for day in WEEKDAYS} if data["own_week"] else {}
        return {setting.name: data[setting.name] for setting in VISIT_SETTINGS} | {
            "working_hours_override": week | data["dates"]
        }

    def add_errors(self, error: Invalid) -> None:
        """Add the operation's errors beside their fields."""
        add_domain_errors(self, error, names={"working_hours_override": "dates"})
