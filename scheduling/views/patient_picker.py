"""The patient picker that the booking form shares with the other forms about a patient."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from patients.models import Patient

# The forms that accept only existing patients. Any other name means the booking form, which may register one.
EXISTING_ONLY = ("waitlist_new", "follow_up_new", "series_new")


class PatientIdForm(forms.Form):
    """The id of a patient, to validate it."""

    patient = forms.UUIDField(required=False)


def form_of_picker(values: Mapping[str, Any], name: str = "") -> dict[str, str]:
    """The page of the form (`?for=`), for choices without JavaScript, and the query of the picker's URLs."""
    name = name or values.get("for", "")
    if name not in EXISTING_ONLY:
        return {"page": reverse("visit_new"), "name": "", "more": ""}
    return {"page": reverse(name), "name": name, "more": f"&for={name}"}


def chosen_patient(request: ClinicRequest, values: Mapping[str, Any]) -> Patient | None:
    """The patient of the form, None unless visible to the actor. The access is audited."""
    form = PatientIdForm({"patient": values.get("patient", "")})
    form.is_valid()
    pk = form.cleaned_data.get("patient")
    patient = Patient.objects.visible_to(request.actor).current().filter(pk=pk).first() if pk else None
    record_access(request.actor, "patients", [patient.pk] if patient else [])
    return patient


def picker_context(request: ClinicRequest, values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The context of `scheduling/_patient_choice.html` for a form that accepts only existing patients."""
    return {"chosen": chosen_patient(request, values), "adding": False, "pick": form_of_picker({}, name)}
