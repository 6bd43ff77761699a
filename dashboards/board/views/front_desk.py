"""The front desk's Schedule: the day, what changed on it, the month beside it, the search above it."""

import datetime as dt

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from clinicflow.access.guards import role_required
from clinicflow.access.roles import Role
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.web.render import render_page
from dashboards.board.selectors.day import Board, read_board
from dashboards.board.selectors.month import read_month
from dashboards.board.selectors.patient_search import find_patients
from dashboards.board.selectors.visit_list import day_of


@require_GET
@role_required("admin")
def schedule(request: ClinicRequest) -> HttpResponse:
    """One day by doctor, `?date=`, today without it."""
    board = _board(request)
    step = dt.timedelta(days=1)
    context = {"board": board, "yesterday": board.day - step, "tomorrow": board.day + step}
    return render_page(request, "dashboards/schedule_day.html", context)


@require_GET
@role_required("admin")
def day_changes(request: ClinicRequest) -> HttpResponse:
    """The parts of the day that may have changed: the columns of `?doctors=`, the figures and the rail."""
    board = _board(request)
    asked = {part for part in request.GET.get("doctors", "").split(",") if part}
    columns = [column for column in board.columns if not asked or str(column.doctor.pk) in asked]
    return render_page(request, "dashboards/_day_changes.html", {"board": board, "columns": columns})


@require_GET
@role_required("admin")
def schedule_month(request: ClinicRequest) -> HttpResponse:
    """The month to choose a day from, `?month=2026-11`; without it `?date=`'s. `?view=week` leads to weeks."""
    today = clock.today(request.actor.timezone)
    shown = day_of(request.GET.get("date", ""), today)
    first = day_of(f"{request.GET.get('month', '')}-01", shown).replace(day=1)
    month = read_month(request.actor, first, shown=shown, today=today)
    view = "week" if request.GET.get("view") == "week" else "day"
    page = reverse("schedule_week" if view == "week" else "schedule")
    return render_page(request, "dashboards/_month.html", {"month": month, "view": view, "page": page})


@require_GET
@role_required("admin", "doctor")
def find(request: ClinicRequest) -> HttpResponse:
    """Patients whose name, phone or birth date begins as typed, with the visit that is nearest."""
    text = request.GET.get("q", "").strip()[:80]
    hits = find_patients(request.actor, text, clock.now())
    record_access(request.actor, "patients", [hit.patient.pk for hit in hits])
    context = {"hits": hits, "q": text, "can_book": request.actor.role == Role.FRONT_DESK}
    return render_page(request, "dashboards/_find_hits.html", context)


def _board(request: ClinicRequest) -> Board:
    """The day that the request asks for, with the look at its patients written down."""
    actor, now = request.actor, clock.now()
    day = day_of(request.GET.get("date", ""), clock.today(actor.timezone))
    board = read_board(actor, day, now, request.clinic_settings)
    record_access(actor, "appointments", board.patient_ids, resource_id=day.isoformat())
    return board
