"""The doctor's summary of a visit, its flagged items and versions; the model's settings page."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aiassist.forms import AgreementForm, CorrectionForm, EditForm
from aiassist.model import client
from aiassist.models import IntakeSummary, ModelUse
from aiassist.operations import summaries, usage_budget
from aiassist.rules.summary_rewrite import correct_item, item_at, rewrite
from aiassist.rules.typeahead import suggest
from aiassist.selectors.summary_page import (
    FAILURES,
    INTERFACES,
    answers_of,
    compare,
    is_waiting_for_trial,
    shown_item,
    summary_page,
    versions_to_compare,
)
from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinic_settings.operations.settings import save_clinic
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core.clock import now
from clinicflow.core.errors import Invalid
from clinicflow.web.render import render_page, wants_fragment
from intake.models import PatientLink
from intake.patient_access.guard import patient_page
from scheduling.models import Appointment


@require_GET
@role_required("doctor")
def visit_summary(request: ClinicRequest, appointment_id: UUID) -> HttpResponse:
    """The newest summary of a visit, as a section of the doctor's page."""
    return _summary(request, appointment_id)


@require_POST
@role_required("doctor")
def summary_regenerate(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Queue a new version of the newest answers."""
    summary = summaries.regenerate(request.actor, pk)
    return _summary(request, summary.appointment_id)


@require_POST
@role_required("doctor")
def summary_accept(request: ClinicRequest, pk: UUID, position: int) -> HttpResponse:
    """Accept a flagged item."""
    summary = summaries.accept(request.actor, pk, position, at=now())
    return _summary(request, summary.appointment_id)


@require_POST
@role_required("doctor")
def summary_remove(request: ClinicRequest, pk: UUID, position: int) -> HttpResponse:
    """Remove an item from the summary."""
    summary = summaries.remove(request.actor, pk, position, at=now())
    return _summary(request, summary.appointment_id)


@require_http_methods(["GET", "POST"])
@role_required("doctor")
def summary_correct(request: ClinicRequest, pk: UUID, position: int) -> HttpResponse:
    """The form that corrects one item; saving adds a version."""
    summary = IntakeSummary.objects.visible_to(request.actor).select_related("patient").fetch(pk)
    entry = item_at(summary, position)
    form = CorrectionForm(summary, entry, request.POST if request.method == "POST" else None)
    context = {
        "summary": summary,
        "position": position,
        "form": form.form,
        "entry": shown_item(request.actor, summary, position),
    }
    record_access(request.actor, "ai_intake_summaries", [summary.patient_id], resource_id=summary.pk)
    if request.method == "POST" and form.is_valid():
        item = correct_item(entry, form.fields, answers_of(request.actor, summary))
        try:
            corrected = summaries.correct(
                request.actor, pk, position, item=item, expected_version=form.version, at=now()
            )
        except Invalid as invalid:
            form.form.add_error(None, invalid.detail)
        else:
            return _corrected(request, corrected)
    status = 422 if form.form.errors else 200
    return render_page(request, "aiassist/summary_correct.html", context, partial="form", status=status)


def _corrected(request: ClinicRequest, summary: IntakeSummary) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("my_day_visit", summary.appointment_id)
    response = _summary(request, summary.appointment_id)
    response["HX-Retarget"], response["HX-Reswap"] = "#summary", "outerMorph"
    response["X-Close-Dialog"] = "modal"
    return response


@require_POST
@role_required("doctor")
def summary_reviewed(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Mark the summary as reviewed."""
    summary = summaries.mark_reviewed(request.actor, pk, at=now())
    return _summary(request, summary.appointment_id)


@require_http_methods(["GET", "POST"])
@role_required("doctor")
def summary_edit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The form that edits the whole summary; saving adds a version."""
    summary = IntakeSummary.objects.visible_to(request.actor).select_related("patient").fetch(pk)
    form = EditForm(summary, request.POST if request.method == "POST" else None)
    context = {"summary": summary, "form": form}
    record_access(request.actor, "ai_intake_summaries", [summary.patient_id], resource_id=summary.pk)
    if request.method == "GET" or not form.is_valid():
        return render_page(
            request, "aiassist/summary_edit.html", context, status=200 if request.method == "GET" else 422
        )
    verified = rewrite(summary, form.arrays(), answers_of(request.actor, summary))
    try:
        summaries.edit(request.actor, pk, verified=verified, expected_version=form.version, at=now())
    except Invalid as invalid:
        return render_page(request, "aiassist/summary_edit.html", context | {"problem": invalid.detail}, status=422)
    return redirect("my_day_visit", summary.appointment_id)


@require_GET
@role_required("doctor")
def summary_versions(request: ClinicRequest, appointment_id: UUID) -> HttpResponse:
    """Two versions of a visit's summary side by side: `older` and `newer` by number, or the newest two."""
    versions = list(
        IntakeSummary.objects.visible_to(request.actor)
        .select_related("edited_by", "patient")
        .filter(appointment_id=appointment_id)
        .order_by("-version")
    )
    subject = versions[0] if versions else Appointment.objects.visible_to(request.actor).fetch(appointment_id)
    record_access(request.actor, "ai_intake_summaries", [subject.patient_id], resource_id=appointment_id)
    older, newer = versions_to_compare(versions, request.GET.get("older", ""), request.GET.get("newer", ""))
    context = {
        "versions": versions,
        "older": older,
        "newer": newer,
        "sections": compare(older, newer) if older and newer else [],
        "patient": subject.patient,
        "appointment_id": appointment_id,
    }
    return render_page(request, "aiassist/summary_versions.html", context, partial="versions")


@require_http_methods(["GET", "POST"])
@role_required("admin")
def settings_ai(request: ClinicRequest) -> HttpResponse:
    """The model's settings page: agreement and monthly limit, state, usage, last failure, connection test."""
    clinic = request.clinic_settings
    form = AgreementForm(
        request.POST or None,
        initial={
            "ai_agreement_confirmed": clinic.ai_agreement_confirmed,
            "ai_monthly_cap_usd": clinic.ai_monthly_cap_usd,
        },
    )
    if request.method == "POST" and form.is_valid():
        save_clinic(request.actor, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings_ai")
    status = 422 if form.errors else 200
    context = _model_page(request) | {"form": form}
    return render_page(request, "aiassist/settings_ai.html", context, partial="state", status=status)


@require_POST
@role_required("admin")
def settings_ai_try(request: ClinicRequest) -> HttpResponse:
    """Queue a test call to the model; the page shows its outcome."""
    requested_at = now()
    usage_budget.request_trial(request.actor, at=requested_at)
    return redirect(f"{reverse('settings_ai')}?asked={int(requested_at.timestamp())}")


def _model_page(request: ClinicRequest) -> dict[str, object]:
    use = ModelUse.objects.visible_to(request.actor).first()
    return {
        "use": use,
        "asked": request.GET["asked"] if is_waiting_for_trial(use, request.GET.get("asked", ""), now()) else "",
        "is_configured": client.is_configured(),
        "is_paused": bool(use and use.open_until and use.open_until > now()),
        "failure": FAILURES.get(use.last_failure, use.last_failure) if use else "",
        "model_name": settings.OPENAI_MODEL,
        "server": settings.OPENAI_BASE_URL or "OpenAI",
        "interface": INTERFACES.get(client.interface(), ""),
    }


def _summary(request: ClinicRequest, appointment_id: UUID) -> HttpResponse:
    page = summary_page(request.actor, appointment_id)
    if page.form is None:
        Appointment.objects.visible_to(request.actor).fetch(appointment_id)  # NotFound unless the visit is visible
    else:
        record_access(request.actor, "ai_intake_summaries", [page.form.patient_id], resource_id=appointment_id)
    context = {"reading": page, "appointment_id": appointment_id}
    return render_page(request, "aiassist/_summary.html", context)


@patient_page(PatientLink.Purpose.INTAKE, PatientLink.Purpose.KIOSK)
@require_GET
def names(request: ClinicRequest) -> HttpResponse:
    """Suggestions for a patient's list as JSON, by `?part=` and the text typed so far (`?q=`)."""
    return JsonResponse({"names": suggest(request.GET.get("part", ""), request.GET.get("q", ""))})
