"""Forms about patients, for the front desk. The rules are in `patients.rules.details`."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinicflow.clinics.models import Doctor
from clinicflow.core.errors import Invalid
from clinicflow.web.forms import add_domain_errors
from patients.models import Patient
from patients.rules.details import CHANNELS, MAX_ADDRESS_LENGTH, PatientData

CHANNEL_LABELS = ((CHANNELS[0], _("Texts")), (CHANNELS[1], _("Email")), (CHANNELS[2], _("Calls")))
FLAG_LABELS = (("VIP", _("VIP")), ("needs_interpreter", _("Needs an interpreter")))
FORM_FIELDS = {"guardian": "guardian_name", "flags": "other_flags", "primary_doctor_id": "primary_doctor"}


class PatientForm(forms.Form):
    """A patient record. `seen` is the record's `updated_at` when the form was rendered; `although_alike` confirms that
    the patient is none of the possible duplicates shown."""

    first_name = forms.CharField(label=_("First name"), max_length=80)
    last_name = forms.CharField(label=_("Last name"), max_length=80)
    date_of_birth = forms.DateField(
        label=_("Birth date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    phone = forms.CharField(
        label=_("Mobile phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.CharField(
        label=_("Email"), required=False, max_length=254, widget=forms.TextInput(attrs={"type": "email"})
    )
    address = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=MAX_ADDRESS_LENGTH,
        help_text=_("Street, city and postal code."),
    )
    preferred_language = forms.ChoiceField(label=_("Language"), choices=Patient.Language)
    primary_doctor = forms.TypedChoiceField(label=_("Primary doctor"), required=False, empty_value=None)
    contact = forms.MultipleChoiceField(
        label=_("OK to contact by"), required=False, choices=CHANNEL_LABELS, widget=forms.CheckboxSelectMultiple
    )
    flags = forms.MultipleChoiceField(
        label=_("Flags"), required=False, choices=FLAG_LABELS, widget=forms.CheckboxSelectMultiple
    )
    other_flags = forms.CharField(
        label=_("Other flags"), required=False, max_length=400, help_text=_("Separate flags with commas.")
    )
    guardian_name = forms.CharField(label=_("Name"), required=False, max_length=80)
    guardian_phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    guardian_relation = forms.CharField(label=_("Relation"), required=False, max_length=80)
    although_alike = forms.BooleanField(required=False)
    seen = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

    def __init__(self, doctors: list[Doctor], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["primary_doctor"]
        field.choices = [("", _("None")), *((str(doctor.pk), doctor.name) for doctor in doctors)]
        for name in ("first_name", "last_name", "phone", "email", "address", "guardian_name", "guardian_phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def details(self) -> PatientData:
        """The cleaned data as the argument of the operations."""
        data = self.cleaned_data
        others = [flag.strip() for flag in data["other_flags"].split(",") if flag.strip()]
        return PatientData(
            first_name=data["first_name"],
            last_name=data["last_name"],
            date_of_birth=data["date_of_birth"],
            phone=data["phone"],
            email=data["email"],
            address=data["address"],
            preferred_language=data["preferred_language"],
            primary_doctor_id=data["primary_doctor"],
            contact_preferences={channel: channel in data["contact"] for channel in CHANNELS},
            flags=[*data["flags"], *others],
            guardian={name: data[f"guardian_{name}"] for name in ("name", "phone", "relation")},
        )

    def add_errors(self, error: Invalid) -> None:
        """Add the operation's errors beside their fields."""
        add_domain_errors(self, error, names=FORM_FIELDS)


def initial_of(patient: Patient) -> dict[str, Any]:
    """The form's initial data for a record."""
    known = {value for value, _label in FLAG_LABELS}
    return {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "date_of_birth": patient.date_of_birth,
        "phone": str(patient.phone),
        "email": patient.email,
        "address": patient.address,
        "preferred_language": patient.preferred_language,
        "primary_doctor": str(patient.primary_doctor_id or ""),
        "contact": [channel for channel in CHANNELS if patient.contact_preferences.get(channel, True)],
        "flags": [flag for flag in patient.flags if flag in known],
        "other_flags": ", ".join(flag for flag in patient.flags if flag not in known),
        **{f"guardian_{name}": patient.guardian.get(name, "") for name in ("name", "phone", "relation")},
    }


class MergeForm(forms.Form):
    """Which record is kept, and the confirmation. Chosen values are read from the POST data by field name."""

    keep = forms.ChoiceField(choices=[("left", ""), ("right", "")])
    same_person = forms.BooleanField(
        label=_("I have compared them: it is the same person"),
        error_messages={"required": _("Confirm that it is the same person. A merge cannot be undone.")},
    )


class PatientFileForm(forms.Form):
    """The upload of a CSV file."""

    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": _("Choose a file.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise forms.ValidationError(_("Choose a file of at most 1 MB, about ten thousand patients."))
        return file
