"""Adding a patient, and correcting a record."""

from typing import Any
from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.core.errors import Invalid
from clinicflow.web.render import render_page
from patients.errors import ChangedMeanwhile, LooksLikeAnother
from patients.forms import PatientForm, initial_of
from patients.models import Patient
from patients.operations import patients
from patients.presentation import changed_by_others

STAMP = "%Y-%m-%dT%H:%M:%S.%f%z"
ANYTHING = {"preferred_language": Patient.Language.ENGLISH, "contact": ["sms", "email", "voice"]}


@require_http_methods(["GET", "POST"])
@role_required("admin")
def patient_new(request: ClinicRequest) -> HttpResponse:
    """Add a patient; those who may be the same person are shown first. `?name=` fills the name in."""
    first, _space, last = request.GET.get("name", "").strip()[:160].partition(" ")
    form = PatientForm(
        _doctors(request), request.POST or None, initial={**ANYTHING, "first_name": first, "last_name": last}
    )
    alike: list[Patient] = []
    if form.is_valid():
        try:
            added = patients.register(
                request.actor, **form.details(), unless_alike=not form.cleaned_data["although_alike"]
            )
        except Invalid as error:
            form.refuse(error)
        except LooksLikeAnother as error:
            alike = _candidates(request, error)
        else:
            notes.success(request, _("Added %(name)s") % {"name": added.full_name})
            return redirect("patient", added.pk)
    return _page(request, form, {"alike": alike}, refused=bool(form.errors or alike))


@require_http_methods(["GET", "POST"])
@role_required("admin")
def patient_edit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Correct a record. Whoever saved it meanwhile is not overwritten unseen."""
    patient = Patient.objects.visible_to(request.actor).current().select_related("primary_doctor").fetch(pk)
    record_access(request.actor, "patients", [pk], resource_id=pk)
    form = PatientForm(_doctors(request), request.POST or None, initial=initial_of(patient))
    others: list[tuple[str, str, str]] = []
    if form.is_valid():
        try:
            patients.update(request.actor, pk, changes=form.details(), seen_at=form.cleaned_data["seen"])
        except Invalid as error:
            form.refuse(error)
        except ChangedMeanwhile:
            others = changed_by_others(patient, form.details())
        else:
            notes.success(request, _("Saved"))
            return redirect("patient", pk)
    # After ChangedMeanwhile the page shows theirs, so that saving again is a choice.
    seen = f"{patient.updated_at:{STAMP}}" if others or not form.is_bound else form["seen"].value()
    context = {"patient": patient, "others": others, "seen": seen}
    return _page(request, form, context, refused=bool(form.errors or others))


def _page(request: ClinicRequest, form: PatientForm, context: dict[str, Any], *, refused: bool) -> HttpResponse:
    status = 422 if refused else 200
    return render_page(request, "patients/patient_form.html", {"form": form, **context}, status=status)


def _doctors(request: ClinicRequest) -> list[Doctor]:
    return list(Doctor.objects.visible_to(request.actor).active())


def _candidates(request: ClinicRequest, error: LooksLikeAnother) -> list[Patient]:
    ids = [UUID(candidate["id"]) for candidate in error.extras["candidates"]]
    record_access(request.actor, "patients", ids)
    return list(Patient.objects.visible_to(request.actor).filter(pk__in=ids).order_by("search_last", "pk"))
