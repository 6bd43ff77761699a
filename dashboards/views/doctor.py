"""The doctor's day: who is next, and the whole list beside it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from aiassist.reading import read_summary
from clinicflow.audit.log import saw
from clinicflow.clinics.permissions import role_required
from clinicflow.core import clock
from clinicflow.web.render import render_page
from dashboards.board.agenda import read_agenda


@require_GET
@role_required("doctor")
def my_day(request: HttpRequest, visit_id: UUID | None = None) -> HttpResponse:
    """The doctor's own visits of today; the one opened is the next who waits, or the one asked for."""
    agenda = read_agenda(request.actor, clock.now(), request.clinic_settings, visit_id)
    saw(request.actor, "appointments", agenda.patient_ids, resource_id=visit_id or "")
    context = {"agenda": agenda, "reading": read_summary(request.actor, agenda.visit.pk) if agenda.visit else None}
    return render_page(request, "dashboards/my_day.html", context, partial="visit")
