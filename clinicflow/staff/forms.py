"""Forms about members and their second factor. The rules are in the operations."""

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinicflow.accounts import lockout
from clinicflow.clinics.models import Doctor, Membership
from clinicflow.clinics.querysets import DoctorQuerySet
from clinicflow.staff.operations import sign_in
from clinicflow.staff.selectors.actor_resolution import origin_of_request

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


class LimitedCodes(mfa_forms.BaseAuthenticateForm):
    """django-allauth's form for a code, with audit entries of wrong codes and a limit.

    It accepts no code, not even the right one, after ten wrong ones for the account from any address.
    """

    def clean_code(self) -> str:
        request = context.request
        if lockout.are_codes_locked(request, self.user):
            raise ValidationError(_("Too many failed sign-ins. Wait 15 minutes, then try again."), code="locked_out")
        try:
            code = super().clean_code()
        except ValidationError:
            lockout.count_wrong_code(request, self.user)
            sign_in.record_failure(self.user.email, origin_of_request(request), reason="wrong second factor")
            raise
        lockout.reset_codes(self.user)
        return code


class AuthenticateForm(LimitedCodes, mfa_forms.AuthenticateForm):
    """A code at sign-in."""


class ReauthenticateForm(LimitedCodes, mfa_forms.ReauthenticateForm):
    """A code before a sensitive step."""
