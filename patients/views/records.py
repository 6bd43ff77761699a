"""Pages to add a patient and to edit a record."""

from typing import Any
from uuid import UUID

from django.contrib import messages
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
from patients.errors import PatientEditConflict, PossibleDuplicate
from patients.forms import PatientForm, initial_of
from patients.models import Patient
from patients.operations import patients
from patients.presentation import conflicting_values

SEEN_FORMAT = "%Y-%m-%dT%H:%M:%S.%f%z"
DEFAULTS = {"preferred_language": Patient.Language.ENGLISH, "contact": ["sms", "email", "voice"]}


@require_http_methods(["GET", "POST"])
@role_required("admin")
def patient_new(request: ClinicRequest) -> HttpResponse:
    """Add a patient, after a warning about possible duplicates. `?name=` prefills the name."""
    first, _space, last = request.GET.get("name", "").strip()[:160].partition(" ")
    form = PatientForm(
        _doctors(request), request.POST or None, initial={**DEFAULTS, "first_name": first, "last_name": last}
    )
    duplicates: list[Patient] = []
    if form.is_valid():
        try:
            patient = patients.register(
                request.actor, form.details(), unless_alike=not form.cleaned_data["although_alike"]
            )
        except Invalid as error:
            form.add_errors(error)
        except PossibleDuplicate as error:
            duplicates = _candidates(request, error)
        else:
            messages.success(request, _("Added %(name)s") % {"name": patient.full_name})
            return redirect("patient", patient.pk)
    return _page(request, form, {"alike": duplicates}, rejected=bool(form.errors or duplicates))


@require_http_methods(["GET", "POST"])
@role_required("admin")
def patient_edit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Edit a record. If another user has saved it meanwhile, the differences are shown first."""
    patient = Patient.objects.visible_to(request.actor).current().select_related("primary_doctor").fetch(pk)
    record_access(request.actor, "patients", [pk], resource_id=pk)
    form = PatientForm(_doctors(request), request.POST or None, initial=initial_of(patient))
    conflicts: list[tuple[str, str, str]] = []
    if form.is_valid():
        try:
            patients.update(request.actor, pk, changes=form.details(), seen_at=form.cleaned_data["seen"])
        except Invalid as error:
            form.add_errors(error)
        except PatientEditConflict:
            conflicts = conflicting_values(patient, form.details())
        else:
            messages.success(request, _("Saved"))
            return redirect("patient", pk)
    # After a conflict the form is based on the stored record, so that saving again overwrites it deliberately.
    seen = f"{patient.updated_at:{SEEN_FORMAT}}" if conflicts or not form.is_bound else form["seen"].value()
    context = {"patient": patient, "others": conflicts, "seen": seen}
    return _page(request, form, context, rejected=bool(form.errors or conflicts))


def _page(request: ClinicRequest, form: PatientForm, context: dict[str, Any], *, rejected: bool) -> HttpResponse:
    status = 422 if rejected else 200
    return render_page(request, "patients/patient_form.html", {"form": form, **context}, status=status)


def _doctors(request: ClinicRequest) -> list[Doctor]:
    return list(Doctor.objects.visible_to(request.actor).active())


def _candidates(request: ClinicRequest, error: PossibleDuplicate) -> list[Patient]:
    ids = [UUID(candidate["id"]) for candidate in error.extras["candidates"]]
    record_access(request.actor, "patients", ids)
    return list(Patient.objects.visible_to(request.actor).filter(pk__in=ids).order_by("search_last", "pk"))
