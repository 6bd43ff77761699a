"""The doctor's summary: reading it, judging its flagged items, having it made again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from aiassist.models import IntakeSummary
from aiassist.operations import summaries
from aiassist.reading import read_summary
from aiassist.typeahead import suggest
from clinicflow.audit.log import saw
from clinicflow.clinics.permissions import role_required
from clinicflow.core.clock import now
from clinicflow.web.render import render_page
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


@require_POST
@role_required("doctor")
def summary_reviewed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that it has been read."""
    summary = summaries.mark_reviewed(request.actor, pk, at=now())
    return _summary(request, summary.appointment_id)


@require_GET
@role_required("doctor")
def summary_versions(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Every version of a visit's summary, newest first, with who or what made it."""
    versions = list(
        IntakeSummary.objects.visible_to(request.actor)
        .select_related("edited_by", "patient")
        .filter(appointment_id=appointment_id)
        .order_by("-version")
    )
    if not versions:
        Appointment.objects.visible_to(request.actor).fetch(appointment_id)
    saw(request.actor, "ai_intake_summaries", [version.patient_id for version in versions], resource_id=appointment_id)
    return render_page(request, "aiassist/summary_versions.html", {"versions": versions})


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
