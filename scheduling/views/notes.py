"""The doctors' notes of a patient's chart."""

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
from clinicflow.core.errors import Invalid
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page, wants_fragment
from clinicflow.web.toasts import Toast
from patients.models import Patient
from scheduling.forms import NoteForm
from scheduling.models import DoctorNote
from scheduling.operations import doctor_notes
from scheduling.selectors.patient_notes import read_notes


@require_http_methods(["GET", "POST"])
@role_required("doctor")
def patient_notes(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The notes on a patient, page `?notes=`; a POST creates one."""
    Patient.objects.visible_to(request.actor).fetch(patient_id)
    form = NoteForm(request.POST or None, auto_id="note-%s")
    if form.is_valid():
        try:
            doctor_notes.create(request.actor, patient_id=patient_id, **form.note())
        except Invalid as error:
            add_domain_errors(form, error)
        else:
            return _saved(request, patient_id)
    return _section(request, patient_id, {"note_form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required("doctor")
def note_edit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Edit the doctor's own note."""
    note = DoctorNote.objects.visible_to(request.actor).select_related("doctor", "appointment", "patient").fetch(pk)
    form = NoteForm(request.POST or None, initial={"content": note.content}, auto_id=f"note-{pk}-%s")
    form.fields["content"].widget.attrs["autofocus"] = True
    if form.is_valid():
        try:
            doctor_notes.correct(request.actor, pk, content=form.cleaned_data["content"])
        except Invalid as error:
            add_domain_errors(form, error)
        else:
            return _saved(request, note.patient_id)
    record_access(request.actor, "doctor_notes", [note.patient_id], resource_id=pk)
    context = {"note": note, "form": form}
    return render_page(
        request, "scheduling/note_edit.html", context, partial="form", status=422 if form.errors else 200
    )


def _saved(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The updated section; without htmx a redirect to the chart."""
    if not wants_fragment(request):
        messages.success(request, _("The note is saved"))
        return redirect("patient", patient_id)
    return _section(request, patient_id, {"toast": Toast(text=_("The note is saved"))})


def _section(request: ClinicRequest, patient_id: UUID, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    notes = read_notes(request.actor, patient_id, request.GET.get("notes", ""))
    record_access(request.actor, "doctor_notes", [patient_id], resource_id=patient_id)
    patient = Patient.objects.visible_to(request.actor).fetch(patient_id)
    context = {"notes": notes, "patient": patient, "note_form": NoteForm(auto_id="note-%s"), **context}
    return render_page(request, "scheduling/note_list.html", context, partial="section", status=status)
