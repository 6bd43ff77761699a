"""The list of cancellations and no-shows."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.web.render import render_page
from scheduling.models import Cancellation

PAGE = 50


@require_GET
@role_required("admin")
def cancellations(request: ClinicRequest) -> HttpResponse:
    """Cancellations, newest first, grouped by day; `?type=` filters by type, `?late=1` by short notice."""
    actor, kind, late = request.actor, request.GET.get("type", ""), request.GET.get("late") == "1"
    rows = Cancellation.objects.visible_to(actor).standing().select_related("appointment__doctor", "patient")
    if kind in Cancellation.Type.values:
        rows = rows.filter(cancellation_type=kind)
    if late:
        rows = rows.filter(late=True)
    page = Paginator(rows.order_by("-created_at", "id"), PAGE).get_page(request.GET.get("page"))
    record_access(actor, "cancellations", [row.patient_id for row in page])
    context = {
        "days": _by_day(page, actor.timezone),
        "page": page,
        "kind": kind,
        "late": late,
        "kinds": Cancellation.Type.choices,
    }
    return render_page(request, "dashboards/cancellation_list.html", context, partial="list")


def _by_day(rows: Iterable[Cancellation], zone: str) -> list[tuple[Any, list[Cancellation]]]:
    days = groupby(rows, key=lambda row: clock.local(row.created_at, zone).date())
    return [(day, list(rows_of_day)) for day, rows_of_day in days]
