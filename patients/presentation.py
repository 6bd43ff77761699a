"""Patients formatted for display: flags, preferences and comparisons of two records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinicflow.web.display import write_date
from clinicflow.web.templatetags.ui import phone as write_phone
from patients.models import Patient
from patients.rules.details import PatientData, patient_data_of


@dataclass(frozen=True)
class Flag:
    """A flag as a badge: its label, a Lucide icon and a tone of `ui/_badge.html`."""

    text: str
    icon: str = "flag"
    tone: str = ""


KNOWN_FLAGS: Mapping[str, tuple[Any, str, str]] = {
    "vip": (gettext_lazy("VIP"), "star", ""),
    "needs_interpreter": (gettext_lazy("Interpreter"), "languages", "info"),
}


def flags_of(patient: Patient) -> list[Flag]:
    """The patient's flags as badges; the known ones have their own icon."""
    shown = []
    for flag in patient.flags:
        text, icon, tone = KNOWN_FLAGS.get(str(flag).lower(), (str(flag).replace("_", " "), "flag", ""))
        shown.append(Flag(text=str(text), icon=icon, tone=tone))
    return shown


CHANNEL_LABELS = {"sms": gettext_lazy("texts"), "email": gettext_lazy("email"), "voice": gettext_lazy("calls")}


def format_preferences(preferences: Mapping[str, Any]) -> str:
    """The channels that the patient accepts, such as `texts, email`, or `nothing`."""
    accepted = [str(label) for channel, label in CHANNEL_LABELS.items() if preferences.get(channel, True)]
    return ", ".join(accepted) if accepted else _("nothing")


def _doctor(patient: Patient) -> str:
    return patient.primary_doctor.name if patient.primary_doctor else ""


def _guardian(patient: Patient) -> str:
    guardian = patient.guardian
    return " · ".join(
        filter(None, (guardian.get("name"), write_phone(guardian.get("phone")), guardian.get("relation")))
    )


# field of `PatientData` -> (label, formatter)
DISPLAYED_FIELDS: Mapping[str, tuple[Promise, Callable[[Patient], str]]] = {
    "first_name": (gettext_lazy("First name"), lambda patient: patient.first_name),
    "last_name": (gettext_lazy("Last name"), lambda patient: patient.last_name),
    "date_of_birth": (gettext_lazy("Birth date"), lambda patient: write_date(patient.date_of_birth, "medium")),
    "phone": (gettext_lazy("Phone"), lambda patient: write_phone(patient.phone)),
    "email": (gettext_lazy("Email"), lambda patient: patient.email),
    "address": (gettext_lazy("Address"), lambda patient: patient.address),
    "preferred_language": (gettext_lazy("Language"), lambda patient: str(patient.get_preferred_language_display())),
    "primary_doctor_id": (gettext_lazy("Primary doctor"), _doctor),
    "guardian": (gettext_lazy("Guardian"), _guardian),
    "flags": (gettext_lazy("Flags"), lambda patient: ", ".join(flag.text for flag in flags_of(patient))),
    "contact_preferences": (
        gettext_lazy("OK to contact by"),
        lambda patient: format_preferences(patient.contact_preferences),
    ),
}
# Fields of which a merge keeps one value, chosen by the user. Flags are combined, and an opt-out of either is kept.
CONFLICTING_FIELDS = frozenset(DISPLAYED_FIELDS) - {"flags", "contact_preferences"}


@dataclass(frozen=True, kw_only=True)
class FieldComparison:
    """One field of two records. `must_choose` if both have a value and the values differ."""

    field: str
    label: str
    left: str
    right: str
    must_choose: bool

    @property
    def differs(self) -> bool:
        return self.left != self.right


def compare_records(left: Patient, right: Patient) -> list[FieldComparison]:
    """Compare two records field by field."""
    rows = []
    for field, (label, write) in DISPLAYED_FIELDS.items():
        ours, theirs = write(left), write(right)
        conflict = field in CONFLICTING_FIELDS and bool(ours and theirs) and ours != theirs
        rows.append(FieldComparison(field=field, label=str(label), left=ours, right=theirs, must_choose=conflict))
    return rows


def chosen_values(left: Patient, right: Patient, choices: Mapping[str, str]) -> PatientData:
    """The chosen values where both records have one: `choices` is `left` or `right` by field."""
    sources = {"left": patient_data_of(left), "right": patient_data_of(right)}
    chosen: Any = PatientData()
    for row in compare_records(left, right):
        source: Any = sources.get(choices.get(row.field, ""))
        if row.must_choose and source is not None:
            chosen[row.field] = source[row.field]
    data: PatientData = chosen
    return data


def conflicting_values(patient: Patient, submitted: PatientData) -> list[tuple[str, str, str]]:
    """The fields in which the stored record differs from the submitted data: (label, stored, submitted)."""
    edited = Patient(**{**patient_data_of(patient), **submitted})
    if edited.primary_doctor_id == patient.primary_doctor_id:
        edited.primary_doctor = patient.primary_doctor
    return [
        (str(label), write(patient) or "–", write(edited) or "–")
        for label, write in DISPLAYED_FIELDS.values()
        if write(patient) != write(edited)
    ]
