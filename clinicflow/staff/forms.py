"""Forms about members. The rules are in the operations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.clinics.models import Doctor, Membership
from clinicflow.clinics.querysets import DoctorQuerySet

ROLES = (
    (Membership.Role.FRONT_DESK, _("Front desk: the schedule, patients, settings and users")),
    (Membership.Role.DOCTOR, _("Doctor: their own patients and visits")),
    (Membership.Role.OWNER, _("Owner: the clinic's figures, no patient data")),
)


class MemberForm(forms.Form):
    """A member's name, roles and, for the doctor role, the doctor they sign in as."""

    name = forms.CharField(label=_("Name"), max_length=120)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=ROLES,
        widget=forms.CheckboxSelectMultiple,
        initial=[Membership.Role.FRONT_DESK],
    )
    doctor = forms.ModelChoiceField(
        label=_("Signs in as doctor"),
        queryset=Doctor.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("For the doctor role: whose patients and visits they see."),
    )

    def __init__(self, *args: Any, doctors: DoctorQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctor: Any = self.fields["doctor"]
        doctor.queryset = doctors

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if Membership.Role.DOCTOR in data.get("roles", []) and not data.get("doctor") and "doctor" not in self.errors:
            self.add_error("doctor", _("Choose a doctor."))
        return data

    def fields_for(self) -> dict[str, Any]:
        """The cleaned data as keyword arguments of the operations."""
        data = dict(self.cleaned_data)
        doctor = data.pop("doctor")
        return data | {"doctor_id": doctor.pk if doctor else None}


class InvitationForm(MemberForm):
    """A member's fields and the email address that is invited."""

    field_order = ("email", "name", "roles", "doctor")
    email = forms.EmailField(label=_("Email address"), max_length=254)
