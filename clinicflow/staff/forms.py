"""The shape of what a manager types about the people of the clinic; the rules are in the operations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.clinics.models import Doctor, Membership

ROLES = (
    (Membership.Role.FRONT_DESK, _("Front desk: the schedule, patients, settings and users")),
    (Membership.Role.DOCTOR, _("Doctor: their own patients and visits")),
    (Membership.Role.OWNER, _("Owner: figures of the clinic, no patient")),
)


class PersonForm(forms.Form):
    """A person's name, roles and, for a doctor, whose day it is."""

    name = forms.CharField(label=_("Name"), max_length=120)
    roles = forms.MultipleChoiceField(
        label=_("Works here as"),
        choices=ROLES,
        widget=forms.CheckboxSelectMultiple,
        initial=[Membership.Role.FRONT_DESK],
    )
    doctor = forms.ModelChoiceField(
        label=_("Signs in as the doctor"),
        queryset=Doctor.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Only for the role of a doctor: whose patients and visits they see."),
    )

    def __init__(self, *args: Any, doctors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctor: Any = self.fields["doctor"]
        doctor.queryset = doctors

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if Membership.Role.DOCTOR in data.get("roles", []) and not data.get("doctor") and "doctor" not in self.errors:
            self.add_error("doctor", _("Choose the doctor."))
        return data

    def fields_for(self) -> dict[str, Any]:
        """As the operations take them."""
        data = dict(self.cleaned_data)
        doctor = data.pop("doctor")
        return data | {"doctor_id": doctor.pk if doctor else None}


class InvitationForm(PersonForm):
    field_order = ("email", "name", "roles", "doctor")
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
