"""The list of patients, and a patient's record."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from clinicflow.access.guards import role_required
from clinicflow.access.roles import Role
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.web.render import render_page
from dashboards.patient_record.selectors import chart, history, patient_list
from patients.models import Patient
from scheduling.forms import NoteForm


@require_GET
@role_required("admin", "doctor")
def patients(request: ClinicRequest) -> HttpResponse:
    """Patients by name; `?q=` searches, `?only=` is a key of LIST_FILTERS."""
    text, only = request.GET.get("q", "").strip()[:80], request.GET.get("only", "")
    page = Paginator(patient_list.find(request.actor, text, only), patient_list.PAGE).get_page(request.GET.get("page"))
    rows = patient_list.rows_of(request.actor, list(page), clock.now())
    record_access(request.actor, "patients", [row.patient.pk for row in rows])
    context = {
        "rows": rows,
        "page": page,
        "q": text,
        "only": only,
        "choices": patient_list.LIST_FILTERS,
        "desk": request.actor.role == Role.FRONT_DESK,
    }
    return render_page(request, "dashboards/patient_list.html", context, partial="list")


@require_GET
@role_required("admin", "doctor")
def patient(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """A patient's record, with the clinical part for a doctor. `?page=` and `?notes=` are pages of visits and notes."""
    row = Patient.objects.visible_to(request.actor).select_related("primary_doctor", "merged_into").fetch(pk)
    record = history.read_record(request.actor, row, clock.now(), request.GET.get("page", ""))
    clinical = chart.read_chart(request.actor, row, request.GET.get("notes", ""))
    record_access(request.actor, "patients", [pk], resource_id=pk)
    context = {
        "record": record,
        "chart": clinical,
        "desk": request.actor.role == Role.FRONT_DESK,
        "note_form": NoteForm(auto_id="note-%s"),
    }
    return render_page(request, "dashboards/patient_record.html", context, partial="record")
