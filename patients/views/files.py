"""Pages to import and export patients as CSV files."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
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
from patients.errors import ImportFinished
from patients.forms import PatientFileForm
from patients.models import Patient, PatientImport
from patients.operations import exchange, imports

PAGE_SIZE = 100
RECENT_IMPORTS = 10


@require_http_methods(["GET", "POST"])
@role_required("admin")
def patients_import(request: ClinicRequest) -> HttpResponse:
    """Upload a file. It is checked in a dry run, without adding patients."""
    form = PatientFileForm(request.POST, request.FILES) if request.method == "POST" else PatientFileForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            patient_import = imports.create_dry_run(request.actor, file_name=file.name, data=file.read())
        except Invalid as error:
            form.add_error("file", [text for texts in error.fields.values() for text in texts] or error.detail)
        else:
            return redirect("patients_import_file", patient_import.pk)
    recent = PatientImport.objects.visible_to(request.actor).select_related("started_by").defer("content", "report")
    context = {
        "form": form,
        "earlier": recent[:RECENT_IMPORTS],
        "columns": exchange.COLUMNS,
        "required": exchange.REQUIRED,
    }
    return render_page(request, "patients/import_new.html", context, status=422 if form.errors else 200)


@require_GET
@role_required("admin")
def patients_import_file(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """An import: the result of its dry run, its progress, or its outcome."""
    rows = PatientImport.objects.visible_to(request.actor).select_related("started_by").defer("content")
    patient_import: PatientImport = rows.fetch(pk)
    page = Paginator(patient_import.report, PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(request.actor, "patients", [UUID(row["patient_id"]) for row in page if row["patient_id"]])
    return render_page(request, "patients/import_file.html", {"kept": patient_import, "page": page}, partial="state")


@require_POST
@role_required("admin")
def patients_import_start(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Start the import."""
    try:
        imports.start(request.actor, pk)
    except ImportFinished as error:
        messages.error(request, error.detail)
    return redirect("patients_import_file", pk)


@require_GET
@role_required("admin")
@reauthentication_required
def patients_export(request: ClinicRequest) -> HttpResponse:
    """The page with the download button."""
    count = Patient.objects.visible_to(request.actor).current().count()
    return render_page(request, "patients/export.html", {"count": count, "columns": exchange.COLUMNS})


@require_GET
@role_required("admin")
@reauthentication_required
def patients_export_file(request: ClinicRequest) -> StreamingHttpResponse:
    """The CSV file, streamed; the export is audited."""
    name = _("patients") + f"-{clock.today(request.actor.timezone)}.csv"
    response = StreamingHttpResponse(exchange.write_csv(request.actor), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
