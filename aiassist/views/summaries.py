"""The doctor's summary: reading it, judging its flagged items, having it made again."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aiassist.editing import corrected, edited, item_at
from aiassist.forms import AgreementForm, CorrectionForm, EditForm
from aiassist.model import client
from aiassist.models import IntakeSummary, ModelUse
from aiassist.operations import model_use, summaries
from aiassist.reading import (
    FAILURES,
    INTERFACES,
    answers_of,
    compare,
    is_waiting_for_trial,
    read_item,
    read_summary,
    two_of,
)
from aiassist.typeahead import suggest
from clinicflow.audit.log import saw
from clinicflow.clinics.operations.settings import save_clinic
from clinicflow.clinics.permissions import role_required
from clinicflow.core.clock import now
from clinicflow.core.errors import Invalid
from clinicflow.web.render import render_page, wants_fragment
from intake.models import PatientLink
from intake.permissions import patient_page
from scheduling.models import Appointment


@require_GET
@role_required("doctor")
def visit_summary(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The newest summary of a visit, as a part of the doctor's page."""
    return _summary(request, appointment_id)


@require_POST
@role_required("doctor")
def summary_regenerate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have a new version made, from the newest answers."""
    summary = summaries.regenerate(request.actor, pk)
    return _summary(request, summary.appointment_id)


@require_POST
@role_required("doctor")
def summary_accept(request: HttpRequest, pk: UUID, position: int) -> HttpResponse:
    """Take a flagged item as true."""
    summary = summaries.accept(request.actor, pk, position, at=now())
    return _summary(request, summary.appointment_id)


@require_POST
@role_required("doctor")
def summary_remove(request: HttpRequest, pk: UUID, position: int) -> HttpResponse:
    """Take an item off the summary."""
    summary = summaries.remove(request.actor, pk, position, at=now())
    return _summary(request, summary.appointment_id)


@require_http_methods(["GET", "POST"])
@role_required("doctor")
def summary_correct(request: HttpRequest, pk: UUID, position: int) -> HttpResponse:
    """One item as a form; saving makes a version with the doctor's words in its place."""
    summary = IntakeSummary.objects.visible_to(request.actor).select_related("patient").fetch(pk)
    entry = item_at(summary, position)
    form = CorrectionForm(summary, entry, request.POST if request.method == "POST" else None)
    context = {
        "summary": summary,
        "position": position,
        "form": form.form,
        "entry": read_item(request.actor, summary, position),
    }
    saw(request.actor, "ai_intake_summaries", [summary.patient_id], resource_id=summary.pk)
    if request.method == "POST" and form.is_valid():
        item = corrected(entry, form.fields, answers_of(request.actor, summary))
        try:
            done = summaries.correct(request.actor, pk, position, item=item, expected_version=form.version, at=now())
        except Invalid as invalid:
            form.form.add_error(None, invalid.detail)
        else:
            return _corrected(request, done)
    status = 422 if form.form.errors else 200
    return render_page(request, "aiassist/summary_correct.html", context, partial="form", status=status)


def _corrected(request: HttpRequest, summary: IntakeSummary) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("my_day_visit", summary.appointment_id)
    response = _summary(request, summary.appointment_id)
    response["HX-Retarget"], response["HX-Reswap"] = "#summary", "outerMorph"
    response["X-Close-Dialog"] = "modal"
    return response


@require_POST
@role_required("doctor")
def summary_reviewed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that it has been read."""
    summary = summaries.mark_reviewed(request.actor, pk, at=now())
    return _summary(request, summary.appointment_id)


@require_http_methods(["GET", "POST"])
@role_required("doctor")
def summary_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The summary as a form; saving makes a version of the doctor's own."""
    summary = IntakeSummary.objects.visible_to(request.actor).select_related("patient").fetch(pk)
    form = EditForm(summary, request.POST if request.method == "POST" else None)
    context = {"summary": summary, "form": form}
    saw(request.actor, "ai_intake_summaries", [summary.patient_id], resource_id=summary.pk)
    if request.method == "GET" or not form.is_valid():
        return render_page(
            request, "aiassist/summary_edit.html", context, status=200 if request.method == "GET" else 422
        )
    verified = edited(summary, form.arrays(), answers_of(request.actor, summary))
    try:
        summaries.edit(request.actor, pk, verified=verified, expected_version=form.version, at=now())
    except Invalid as invalid:
        return render_page(request, "aiassist/summary_edit.html", context | {"problem": invalid.detail}, status=422)
    return redirect("my_day_visit", summary.appointment_id)


@require_GET
@role_required("doctor")
def summary_versions(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Two versions of a visit's summary side by side: `older` and `newer` by number, or the newest two."""
    versions = list(
        IntakeSummary.objects.visible_to(request.actor)
        .select_related("edited_by", "patient")
        .filter(appointment_id=appointment_id)
        .order_by("-version")
    )
    about = versions[0] if versions else Appointment.objects.visible_to(request.actor).fetch(appointment_id)
    saw(request.actor, "ai_intake_summaries", [about.patient_id], resource_id=appointment_id)
    older, newer = two_of(versions, request.GET.get("older", ""), request.GET.get("newer", ""))
    context = {
        "versions": versions,
        "older": older,
        "newer": newer,
        "sections": compare(older, newer) if older and newer else [],
        "patient": about.patient,
        "appointment_id": appointment_id,
    }
    return render_page(request, "aiassist/summary_versions.html", context, partial="versions")


@require_http_methods(["GET", "POST"])
@role_required("admin")
def settings_ai(request: HttpRequest) -> HttpResponse:
    """The model's page of the settings: agreement and cap, state, spend, last fault, a trial."""
    chosen = request.clinic_settings
    form = AgreementForm(
        request.POST or None,
        initial={
            "ai_agreement_confirmed": chosen.ai_agreement_confirmed,
            "ai_monthly_cap_usd": chosen.ai_monthly_cap_usd,
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
def settings_ai_try(request: HttpRequest) -> HttpResponse:
    """Have the model asked one invented question; the page shows how it went."""
    asked_at = now()
    model_use.want_trial(request.actor, at=asked_at)
    return redirect(f"{reverse('settings_ai')}?asked={int(asked_at.timestamp())}")


def _model_page(request: HttpRequest) -> dict[str, object]:
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


def _summary(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    reading = read_summary(request.actor, appointment_id)
    if reading.form is None:
        Appointment.objects.visible_to(request.actor).fetch(appointment_id)  # nothing yet, or nothing for them
    else:
        saw(request.actor, "ai_intake_summaries", [reading.form.patient_id], resource_id=appointment_id)
    context = {"reading": reading, "appointment_id": appointment_id}
    return render_page(request, "aiassist/_summary.html", context)


@patient_page(PatientLink.Purpose.INTAKE, PatientLink.Purpose.KIOSK)
@require_GET
def names(request: HttpRequest) -> HttpResponse:
    """Names for a patient's list, by `?part=` and what is typed so far (`?q=`)."""
    return JsonResponse({"names": suggest(request.GET.get("part", ""), request.GET.get("q", ""))})
