"""A doctor as the front desk enters them: name, colour, length of a visit, weekly hours."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.forms.weekly_hours import WeeklyHoursField
from clinicflow.clinics.models import VISIT_MINUTES, Doctor
from clinicflow.clinics.operations.doctors import DoctorProfile


class ProfileForm(forms.Form):
    """The fields are the model's; without weekly hours a doctor keeps the clinic's."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As patients read it: Dr. Amara Okafor."))
    initials = forms.CharField(
        label=_("Initials"), max_length=4, help_text=_("Two or three letters, for small places.")
    )
    specialty = forms.CharField(label=_("Specialty"), max_length=80, required=False)
    room = forms.CharField(label=_("Room"), max_length=40, required=False)
    default_visit_length = forms.IntegerField(
        label=_("Usual length of a visit, in minutes"),
        min_value=VISIT_MINUTES[0],
        max_value=VISIT_MINUTES[-1],
        initial=30,
    )
    color = forms.ChoiceField(
        label=_("Colour on the schedule"), choices=Doctor.Hue, initial=Doctor.Hue.TEAL, widget=forms.RadioSelect
    )
    working_hours = WeeklyHoursField(
        label=_("Weekly hours"), help_text=_("Several ranges a day leave a break. Without any the clinic's hours hold.")
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_initials(self) -> str:
        return str(self.cleaned_data["initials"]).strip().upper()

    def profile(self) -> DoctorProfile:
        """As the operations take it."""
        return cast(DoctorProfile, dict(self.cleaned_data))

    @classmethod
    def values_of(cls, doctor: Doctor) -> dict[str, Any]:
        """What the form starts with."""
        return {name: getattr(doctor, name) for name in cls.base_fields}
