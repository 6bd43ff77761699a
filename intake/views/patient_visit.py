"""The patient's page about a visit, behind a link: confirm or cancel within the clinic's notice period."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from clinicflow.audit.log import record_access
from clinicflow.core import clock
from clinicflow.core.errors import DomainError
from intake.models import PatientLink
from intake.patient_access.guard import patient_page
from intake.patient_access.rendering import patient_response
from intake.patient_access.visit import PatientRequest, PatientVisit
from scheduling.models import Cancellation
from scheduling.operations import appointments
from scheduling.rules.transitions import allowed_actions

PURPOSES = (PatientLink.Purpose.INTAKE, PatientLink.Purpose.VISIT)


@patient_page(*PURPOSES)
@require_http_methods(["GET", "POST"])
def visit(request: PatientRequest) -> HttpResponse:
    """Confirm, or cancel after a confirmation step. If neither is possible, the page asks the patient to call."""
    patient = request.patient
    if request.method == "POST" and request.POST.get("action") in {"confirm", "cancel"}:
        try:
            _act(patient, request.POST["action"], request.POST.get("note", ""))
        except DomainError:
            return _page(request, rejected=True)
        return redirect("patient_visit", token=patient.token)
    return _page(request)


def _act(patient: PatientVisit, action: str, note: str) -> None:
    actor, visit_id, at = patient.actor, patient.appointment.pk, clock.now()
    if action == "confirm":
        appointments.confirm(actor, visit_id, at=at)
        return
    note = note.replace("\x00", "")[:500]
    appointments.cancel(actor, visit_id, cancellation_type=Cancellation.Type.PATIENT, reason_note=note, at=at)


def _page(request: PatientRequest, *, rejected: bool = False) -> HttpResponse:
    patient, at = request.patient, clock.now()
    visit, rules = patient.appointment, patient.settings
    actions = allowed_actions(patient.actor, visit, settings=rules, at=at)
    notice = dt.timedelta(minutes=rules.minimum_cancellation_notice)
    locked = rules.intake_required and rules.lock_appointment_if_missing and visit.intake_status != "completed"
    context = {
        "refused": rejected,
        "asks": request.GET.get("ask") == "cancel",
        "is_past": visit.ends_at <= at,
        "may_confirm": "confirm" in actions,
        "may_cancel": "cancel" in actions and visit.starts_at - at >= notice,
        "form_first": visit.status == "unconfirmed" and locked,
    }
    record_access(patient.actor, "appointments", [visit.patient_id], resource_id=visit.pk)
    return patient_response(request, "intake/patient_visit.html", context, status=409 if rejected else 200)
