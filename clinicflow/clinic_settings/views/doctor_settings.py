"""The page of a doctor's own settings, for the doctor and for the front desk."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinicflow.access.guards import role_required
from clinicflow.clinic_settings.forms.doctor_settings import DoctorForm
from clinicflow.clinic_settings.operations import settings
from clinicflow.clinic_settings.schema import DOCTOR
from clinicflow.clinics.errors import SettingsEditConflict
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import DoctorSettings
from clinicflow.core.errors import Invalid
from clinicflow.web.render import render_page


@require_http_methods(["GET", "POST"])
@role_required("doctor")
def mine(request: ClinicRequest) -> HttpResponse:
    """The signed-in doctor's own settings."""
    return _settings_of(request, request.actor.doctor_id)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def of_doctor(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """A doctor's settings, edited by the front desk."""
    return _settings_of(request, pk)


def _settings_of(request: ClinicRequest, doctor_id: UUID | None) -> HttpResponse:
    rows = DoctorSettings.objects.visible_to(request.actor).editable_by(request.actor)
    row: DoctorSettings = rows.select_related("doctor").fetch_of(doctor_id)
    if request.method == "POST":
        return _save(request, row)
    return _page(request, row, DoctorForm(row))


def _save(request: ClinicRequest, row: DoctorSettings) -> HttpResponse:
    form = DoctorForm(row, request.POST)
    if form.is_valid():
        try:
            settings.save_doctor(request.actor, row.doctor_id, seen=form.cleaned_data["seen"], **form.values())
        except Invalid as invalid:
            form.add_errors(invalid)
        except SettingsEditConflict as conflict:
            data = request.POST.copy()
            data["seen"] = DOCTOR.fingerprint(row)
            return _page(request, row, DoctorForm(row, data), status=409, problem=conflict.detail)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    return _page(request, row, form, status=422)


def _page(
    request: ClinicRequest, row: DoctorSettings, form: DoctorForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    context = {"form": form, "doctor": row.doctor, "problem": problem}
    context["is_mine"] = row.doctor_id == request.actor.doctor_id
    return render_page(request, "settings/doctor_form.html", context, status=status)
