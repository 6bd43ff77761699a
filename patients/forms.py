"""The shape of what the front desk types about a patient; the rules are in patients.rules.details."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinicflow.clinics.models import Doctor
from clinicflow.core.errors import Invalid
from patients.models import Patient
from patients.rules.details import CHANNELS, PatientData

CHANNEL_LABELS = ((CHANNELS[0], _("Texts")), (CHANNELS[1], _("E-mail")), (CHANNELS[2], _("Calls")))
FLAG_LABELS = (("VIP", _("VIP")), ("needs_interpreter", _("Needs an interpreter")))
FIELD_OF = {"guardian": "guardian_name", "flags": "other_flags", "primary_doctor_id": "primary_doctor"}


class PatientForm(forms.Form):
    """One record. `seen` is the instant of its last change when the page was made; `although_alike` the answer to
    the question whether it is one of those shown."""

    first_name = forms.CharField(label=_("First name"), max_length=80)
    last_name = forms.CharField(label=_("Last name"), max_length=80)
    date_of_birth = forms.DateField(
        label=_("Birth date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    phone = forms.CharField(
        label=_("Mobile phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.CharField(
        label=_("E-mail"), required=False, max_length=254, widget=forms.TextInput(attrs={"type": "email"})
    )
    preferred_language = forms.ChoiceField(label=_("Language"), choices=Patient.Language)
    primary_doctor = forms.TypedChoiceField(label=_("Primary doctor"), required=False, empty_value=None)
    contact = forms.MultipleChoiceField(
        label=_("May be reached by"), required=False, choices=CHANNEL_LABELS, widget=forms.CheckboxSelectMultiple
    )
    flags = forms.MultipleChoiceField(
        label=_("Flags"), required=False, choices=FLAG_LABELS, widget=forms.CheckboxSelectMultiple
    )
    other_flags = forms.CharField(
        label=_("Other flags"), required=False, max_length=400, help_text=_("With commas between them.")
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
        for name in ("first_name", "last_name", "phone", "email", "guardian_name", "guardian_phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def details(self) -> PatientData:
        """What was typed, in the shape that the operations take."""
        data = self.cleaned_data
        others = [flag.strip() for flag in data["other_flags"].split(",") if flag.strip()]
        return PatientData(
            first_name=data["first_name"],
            last_name=data["last_name"],
            date_of_birth=data["date_of_birth"],
            phone=data["phone"],
            email=data["email"],
            preferred_language=data["preferred_language"],
            primary_doctor_id=data["primary_doctor"],
            contact_preferences={channel: channel in data["contact"] for channel in CHANNELS},
            flags=[*data["flags"], *others],
            guardian={name: data[f"guardian_{name}"] for name in ("name", "phone", "relation")},
        )

    def refuse(self, error: Invalid) -> None:
        """Put a refusal of the domain beside the fields that it names."""
        for name, texts in error.fields.items():
            place = FIELD_OF.get(name, name)
            self.add_error(place if place in self.fields else None, list(texts))
        if not error.fields:
            self.add_error(None, error.detail)


def initial_of(patient: Patient) -> dict[str, Any]:
    """A record as the form shows it."""
    known = {value for value, _label in FLAG_LABELS}
    return {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "date_of_birth": patient.date_of_birth,
        "phone": str(patient.phone),
        "email": patient.email,
        "preferred_language": patient.preferred_language,
        "primary_doctor": str(patient.primary_doctor_id or ""),
        "contact": [channel for channel in CHANNELS if patient.contact_preferences.get(channel, True)],
        "flags": [flag for flag in patient.flags if flag in known],
        "other_flags": ", ".join(flag for flag in patient.flags if flag not in known),
        **{f"guardian_{name}": patient.guardian.get(name, "") for name in ("name", "phone", "relation")},
    }


class MergeForm(forms.Form):
    """Which record stays, and that they were compared; the values chosen are read by field name."""

    keep = forms.ChoiceField(choices=[("left", ""), ("right", "")])
    same_person = forms.BooleanField(
        label=_("I have compared them: it is the same person"),
        error_messages={"required": _("Say that it is the same person; a merge cannot be taken back.")},
    )


class FileForm(forms.Form):
    """A CSV file of patients."""

    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": _("Choose a file.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise forms.ValidationError(_("At most 1 MB; that is room for about ten thousand patients."))
        return file
