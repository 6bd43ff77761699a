"""Patients made ready for the eye: flags in words, two records side by side."""

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
    """A flag as a label: its word, a Lucide icon, a tone of `ui/_badge.html`."""

    text: str
    icon: str = "flag"
    tone: str = ""


KNOWN_FLAGS: Mapping[str, tuple[Any, str, str]] = {
    "vip": (gettext_lazy("VIP"), "star", ""),
    "needs_interpreter": (gettext_lazy("Interpreter"), "languages", "info"),
}


def flags_of(patient: Patient) -> list[Flag]:
    """The patient's flags, the known ones with their own icon."""
    shown = []
    for flag in patient.flags:
        text, icon, tone = KNOWN_FLAGS.get(str(flag).lower(), (str(flag).replace("_", " "), "flag", ""))
        shown.append(Flag(text=str(text), icon=icon, tone=tone))
    return shown


CHANNEL_WORDS = {"sms": gettext_lazy("texts"), "email": gettext_lazy("e-mail"), "voice": gettext_lazy("calls")}


def preferences_in_words(preferences: Mapping[str, Any]) -> str:
    """`texts, e-mail` for the channels that are welcome, or `nothing`."""
    welcome = [str(word) for channel, word in CHANNEL_WORDS.items() if preferences.get(channel, True)]
    return ", ".join(welcome) if welcome else _("nothing")


def _doctor(patient: Patient) -> str:
    return patient.primary_doctor.name if patient.primary_doctor else ""


def _guardian(patient: Patient) -> str:
    guardian = patient.guardian
    return " · ".join(
        filter(None, (guardian.get("name"), write_phone(guardian.get("phone")), guardian.get("relation")))
    )


# field of `Details` -> (what it is called, how it is written)
WRITTEN: Mapping[str, tuple[Promise, Callable[[Patient], str]]] = {
    "first_name": (gettext_lazy("First name"), lambda patient: patient.first_name),
    "last_name": (gettext_lazy("Last name"), lambda patient: patient.last_name),
    "date_of_birth": (gettext_lazy("Birth date"), lambda patient: write_date(patient.date_of_birth, "medium")),
    "phone": (gettext_lazy("Phone"), lambda patient: write_phone(patient.phone)),
    "email": (gettext_lazy("E-mail"), lambda patient: patient.email),
    "preferred_language": (gettext_lazy("Language"), lambda patient: str(patient.get_preferred_language_display())),
    "primary_doctor_id": (gettext_lazy("Primary doctor"), _doctor),
    "guardian": (gettext_lazy("Guardian"), _guardian),
    "flags": (gettext_lazy("Flags"), lambda patient: ", ".join(flag.text for flag in flags_of(patient))),
    "contact_preferences": (
        gettext_lazy("May be reached by"),
        lambda patient: preferences_in_words(patient.contact_preferences),
    ),
}
# Of these, one value is lost in a merge, so a person chooses; flags add up, and an opt-out of either record holds.
TO_CHOOSE = frozenset(WRITTEN) - {"flags", "contact_preferences"}


@dataclass(frozen=True, kw_only=True)
class FieldComparison:
    """One field of two records. `must_choose` when both say something and it is not the same."""

    field: str
    label: str
    left: str
    right: str
    must_choose: bool

    @property
    def differs(self) -> bool:
        return self.left != self.right


def compare_records(left: Patient, right: Patient) -> list[FieldComparison]:
    """Two records, field by field."""
    rows = []
    for field, (label, write) in WRITTEN.items():
        here, there = write(left), write(right)
        clash = field in TO_CHOOSE and bool(here and there) and here != there
        rows.append(FieldComparison(field=field, label=str(label), left=here, right=there, must_choose=clash))
    return rows


def chosen_details(left: Patient, right: Patient, choices: Mapping[str, str]) -> PatientData:
    """The values that a person chose where the two differ: `choices` says `left` or `right` by field."""
    sources = {"left": patient_data_of(left), "right": patient_data_of(right)}
    picked: dict[str, Any] = {}
    for row in compare_records(left, right):
        source: Any = sources.get(choices.get(row.field, ""))
        if row.must_choose and source is not None:
            picked[row.field] = source[row.field]
    keeping: Any = picked
    return keeping


def changed_by_others(patient: Patient, typed: PatientData) -> list[tuple[str, str, str]]:
    """Where the record as it is now is not what was typed: (label, theirs, yours)."""
    yours = Patient(**{**patient_data_of(patient), **typed})
    if yours.primary_doctor_id == patient.primary_doctor_id:
        yours.primary_doctor = patient.primary_doctor
    return [
        (str(label), write(patient) or "–", write(yours) or "–")
        for label, write in WRITTEN.values()
        if write(patient) != write(yours)
    ]
