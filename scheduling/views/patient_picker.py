"""The patient as one types: the part that the booking form shares with the other forms about a patient."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from patients.models import Patient

# The forms that ask for a patient who is known. Without one of these names the booking form asks, which may add one.
ASKING = ("waitlist_new", "follow_up_new", "series_new")


class KnownForm(forms.Form):
    patient = forms.UUIDField(required=False)


def picked_patient_id(values: Mapping[str, Any], name: str = "") -> dict[str, str]:
    """Where a choice leads without script, and what the picker's addresses carry on; `?for=` names the form."""
    name = name or values.get("for", "")
    if name not in ASKING:
        return {"page": reverse("visit_new"), "name": "", "more": ""}
    return {"page": reverse(name), "name": name, "more": f"&for={name}"}


def chosen_patient(request: ClinicRequest, values: Mapping[str, Any]) -> Patient | None:
    """The patient that the form names, if there is such a one here; the look is written down."""
    known = KnownForm({"patient": values.get("patient", "")})
    known.is_valid()
    pk = known.cleaned_data.get("patient")
    patient = Patient.objects.visible_to(request.actor).current().filter(pk=pk).first() if pk else None
    record_access(request.actor, "patients", [patient.pk] if patient else [])
    return patient


def picker_context(request: ClinicRequest, values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The context of `scheduling/_patient_choice.html` for a form that only takes patients who are known."""
    return {"chosen": chosen_patient(request, values), "adding": False, "pick": picked_patient_id({}, name)}
