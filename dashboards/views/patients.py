"""Patients: the list, and one patient's record."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from clinicflow.audit.log import saw
from clinicflow.clinics.actors import Role
from clinicflow.clinics.permissions import role_required
from clinicflow.core import clock
from clinicflow.web.render import render_page
from dashboards.record import chart, history, listing
from patients.models import Patient
from scheduling.forms import NoteForm


@require_GET
@role_required("admin", "doctor")
def patients(request: HttpRequest) -> HttpResponse:
    """By name, or as `?q=` finds them; `?only=` one of listing.ONLY."""
    text, only = request.GET.get("q", "").strip()[:80], request.GET.get("only", "")
    page = Paginator(listing.find(request.actor, text, only), listing.PAGE).get_page(request.GET.get("page"))
    rows = listing.rows_of(request.actor, list(page), clock.now())
    saw(request.actor, "patients", [row.patient.pk for row in rows])
    context = {
        "rows": rows,
        "page": page,
        "q": text,
        "only": only,
        "choices": listing.ONLY,
        "desk": request.actor.role == Role.ADMIN,
    }
    return render_page(request, "dashboards/patient_list.html", context, partial="list")


@require_GET
@role_required("admin", "doctor")
def patient(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The record; for a doctor the chart. `?page=` goes back in its visits, `?notes=` in its notes."""
    found = Patient.objects.visible_to(request.actor).select_related("primary_doctor", "merged_into").fetch(pk)
    read = history.read_record(request.actor, found, clock.now(), request.GET.get("page", ""))
    clinical = chart.read_chart(request.actor, found, request.GET.get("notes", ""))
    saw(request.actor, "patients", [pk], resource_id=pk)
    context = {
        "record": read,
        "chart": clinical,
        "desk": request.actor.role == Role.ADMIN,
        "note_form": NoteForm(auto_id="note-%s"),
    }
    return render_page(request, "dashboards/patient_record.html", context, partial="record")
