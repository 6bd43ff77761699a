"""Alerts of danger on the panel of an appointment: reading them, and closing one with a note."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from aiassist.forms import ResolveForm
from aiassist.models import DangerAlert
from aiassist.operations import dangers
from aiassist.selectors.dangers import alerts_of_appointment
from clinicflow.access.guards import role_required
from clinicflow.audit.recorder import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page
from clinicflow.web.toasts import Toast
from scheduling.models import Appointment


@require_GET
@role_required("admin", "doctor")
def visit_dangers(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The open alerts of an appointment, as the first part of its panel."""
    visit = Appointment.objects.visible_to(request.actor).fetch(pk)
    return _alerts(request, visit)


@require_POST
@role_required("admin", "doctor")
def danger_resolve(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Close an alert; the note says what was done."""
    alert: DangerAlert = DangerAlert.objects.visible_to(request.actor).select_related("appointment__patient").fetch(pk)
    form = ResolveForm(request.POST)
    if form.is_valid():
        try:
            dangers.resolve(request.actor, pk, note=form.cleaned_data["note"], at=clock.now())
        except Invalid as error:
            add_domain_errors(form, error)
        else:
            response = _alerts(request, alert.appointment, toast=Toast(text=_("Marked as handled.")))
            # A page skips live messages about its own changes. `visits:changed` would also reload the other alerts of
            # the panel, and lose a note that is being typed.
            return trigger_client_event(response, "dangers:changed", {"doctors": [str(alert.appointment.doctor_id)]})
    return _alerts(request, alert.appointment, form=form, failed=pk, status=422)


def _alerts(
    request: ClinicRequest,
    visit: Appointment,
    *,
    form: ResolveForm | None = None,
    failed: UUID | None = None,
    toast: Toast | None = None,
    status: int = 200,
) -> HttpResponse:
    alerts = alerts_of_appointment(request.actor, visit.pk)
    record_access(request.actor, "danger_alerts", [visit.patient_id], resource_id=visit.pk)
    context = {"visit": visit, "alerts": alerts, "form": form or ResolveForm(), "failed": failed, "toast": toast}
    return render_page(request, "aiassist/_visit_dangers.html", context, status=status)
