"""The doctor's day: the selected visit with the list of visits."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aiassist.selectors.dangers import open_alerts
from aiassist.selectors.summary_page import summary_page
from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page, wants_fragment
from clinicflow.web.toasts import Toast
from dashboards.board.selectors.agenda import own_note, read_agenda
from scheduling.forms import NoteForm
from scheduling.models import Appointment, DoctorNote
from scheduling.operations import doctor_notes


@require_GET
@role_required("doctor")
def my_day(request: ClinicRequest, visit_id: UUID | None = None) -> HttpResponse:
    """The doctor's visits of today; `visit_id` selects one, else the next is selected."""
    agenda = read_agenda(request.actor, clock.now(), request.clinic_settings, visit_id)
    record_access(request.actor, "appointments", agenda.patient_ids, resource_id=visit_id or "")
    context = {
        "agenda": agenda,
        "dangers": open_alerts(request.actor),
        "reading": summary_page(request.actor, agenda.visit.pk) if agenda.visit else None,
        "note_form": _note_form(agenda.own_note),
    }
    return render_page(request, "dashboards/my_day.html", context, partial="visit")


@require_POST
@role_required("doctor")
def my_day_note(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """Save the doctor's note about a visit: one note per visit, updated when it is saved again."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(visit_id)
    form = NoteForm(request.POST, auto_id="visit-note-%s")
    record_access(request.actor, "doctor_notes", [visit.patient_id], resource_id=visit.pk)
    if form.is_valid():
        try:
            note = _save_note(request, visit, form.cleaned_data["content"])
        except Invalid as error:
            add_domain_errors(form, error)
        else:
            return _note_saved(request, visit, note)
    context = {"visit": visit, "own_note": own_note(request.actor, visit), "note_form": form}
    return render_page(request, "dashboards/_my_day_note.html", context, status=422)


def _note_saved(request: ClinicRequest, visit: Appointment, note: DoctorNote) -> HttpResponse:
    if not wants_fragment(request):
        messages.success(request, _("The note is saved"))
        return redirect("my_day_visit", visit.pk)
    context = {
        "visit": visit,
        "own_note": note,
        "note_form": _note_form(note),
        "toast": Toast(text=_("The note is saved")),
    }
    return render_page(request, "dashboards/_my_day_note.html", context)


def _note_form(note: DoctorNote | None) -> NoteForm:
    return NoteForm(initial={"content": note.content if note else ""}, auto_id="visit-note-%s")


def _save_note(request: ClinicRequest, visit: Appointment, content: str) -> DoctorNote:
    note = own_note(request.actor, visit)
    if note is not None:
        return doctor_notes.correct(request.actor, note.pk, content=content)
    return doctor_notes.create(request.actor, patient_id=visit.patient_id, appointment_id=visit.pk, content=content)
