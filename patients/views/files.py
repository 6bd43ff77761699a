"""Patients in and out as files."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.web.render import render_page
from patients.errors import ImportOver
from patients.forms import FileForm
from patients.models import Patient, PatientImport
from patients.operations import exchange, imports

PAGE = 100
EARLIER = 10


@require_http_methods(["GET", "POST"])
@role_required("admin")
def patients_import(request: ClinicRequest) -> HttpResponse:
    """Choose a file; it is rehearsed at once and nothing is written yet."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            checked = imports.create_dry_run(request.actor, file_name=file.name, data=file.read())
        except Invalid as error:
            form.add_error("file", [text for texts in error.fields.values() for text in texts] or error.detail)
        else:
            return redirect("patients_import_file", checked.pk)
    earlier = PatientImport.objects.visible_to(request.actor).select_related("started_by").defer("content", "report")
    context = {"form": form, "earlier": earlier[:EARLIER], "columns": exchange.COLUMNS, "required": exchange.REQUIRED}
    return render_page(request, "patients/import_new.html", context, status=422 if form.errors else 200)


@require_GET
@role_required("admin")
def patients_import_file(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """What the rehearsal found, how far the reading is, or what came of it."""
    kept = PatientImport.objects.visible_to(request.actor).select_related("started_by").defer("content").fetch(pk)
    page = Paginator(kept.report, PAGE).get_page(request.GET.get("page"))
    record_access(request.actor, "patients", [UUID(row["patient_id"]) for row in page if row["patient_id"]])
    return render_page(request, "patients/import_file.html", {"kept": kept, "page": page}, partial="state")


@require_POST
@role_required("admin")
def patients_import_start(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Read the file in."""
    try:
        imports.start(request.actor, pk)
    except ImportOver as error:
        notes.error(request, error.detail)
    return redirect("patients_import_file", pk)


@require_GET
@role_required("admin")
@reauthentication_required
def patients_export(request: ClinicRequest) -> HttpResponse:
    """What the file will hold, and the button."""
    count = Patient.objects.visible_to(request.actor).current().count()
    return render_page(request, "patients/export.html", {"count": count, "columns": exchange.COLUMNS})


@require_GET
@role_required("admin")
@reauthentication_required
def patients_export_file(request: ClinicRequest) -> StreamingHttpResponse:
    """The file itself, streamed and audited."""
    name = _("patients") + f"-{clock.today(request.actor.timezone)}.csv"
    response = StreamingHttpResponse(exchange.write_csv(request.actor), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
