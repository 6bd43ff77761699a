"""The form of a doctor's profile, for the front desk."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.forms.weekly_hours import WeeklyHoursField
from clinicflow.clinics.models import VISIT_MINUTES, Doctor
from clinicflow.clinics.operations.doctors import DoctorProfile


class ProfileForm(forms.Form):
    """A doctor's profile; the fields are those of the model. Without weekly hours the clinic's opening hours apply."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As shown to patients: Dr. Amara Okafor."))
    initials = forms.CharField(
        label=_("Initials"), max_length=4, help_text=_("Two or three letters, shown where space is short.")
    )
    specialty = forms.CharField(label=_("Specialty"), max_length=80, required=False)
    room = forms.CharField(label=_("Room"), max_length=40, required=False)
    default_visit_length = forms.IntegerField(
        label=_("Default visit length, in minutes"),
        min_value=VISIT_MINUTES[0],
        max_value=VISIT_MINUTES[-1],
        initial=30,
    )
    color = forms.ChoiceField(
        label=_("Color on the schedule"), choices=Doctor.Hue, initial=Doctor.Hue.TEAL, widget=forms.RadioSelect
    )
    working_hours = WeeklyHoursField(
        label=_("Weekly hours"),
        help_text=_("Enter several ranges for a day with a break. Leave blank to use the clinic's hours."),
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_initials(self) -> str:
        return str(self.cleaned_data["initials"]).strip().upper()

    def profile(self) -> DoctorProfile:
        """The cleaned data as the argument of the operations."""
        return cast(DoctorProfile, dict(self.cleaned_data))

    @classmethod
    def values_of(cls, doctor: Doctor) -> dict[str, Any]:
        """The initial data for a doctor."""
        return {name: getattr(doctor, name) for name in cls.base_fields}
