"""The front desk's schedule: the day, its live updates, the month calendar and the patient search."""

import datetime as dt

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from clinicflow.access.guards import role_required
from clinicflow.access.roles import Role
from clinicflow.audit.recorder import record_access
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
    """The schedule of `?date=` by doctor, today by default."""
    board = _board(request)
    step = dt.timedelta(days=1)
    context = {"board": board, "yesterday": board.day - step, "tomorrow": board.day + step}
    return render_page(request, "dashboards/schedule_day.html", context)


@require_GET
@role_required("admin")
def day_changes(request: ClinicRequest) -> HttpResponse:
    """Fragments of the day for a live update: the columns of `?doctors=`, the figures and the side panel."""
    board = _board(request)
    doctor_ids = {part for part in request.GET.get("doctors", "").split(",") if part}
    columns = [column for column in board.columns if not doctor_ids or str(column.doctor.pk) in doctor_ids]
    return render_page(request, "dashboards/_day_changes.html", {"board": board, "columns": columns})


@require_GET
@role_required("admin")
def schedule_month(request: ClinicRequest) -> HttpResponse:
    """The calendar of `?month=2026-11`, by default the month of `?date=`; with `?view=week` its days link to weeks."""
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
    """Patients whose name, phone or birth date matches `?q=`, each with the most relevant visit."""
    text = request.GET.get("q", "").strip()[:80]
    hits, more = find_patients(request.actor, text, clock.now())
    record_access(request.actor, "patients", [hit.patient.pk for hit in hits])
    context = {"hits": hits, "more": more, "q": text, "can_book": request.actor.role == Role.FRONT_DESK}
    return render_page(request, "dashboards/_find_hits.html", context)


def _board(request: ClinicRequest) -> Board:
    """The board of the requested day; the access to its patients is audited."""
    actor, now = request.actor, clock.now()
    day = day_of(request.GET.get("date", ""), clock.today(actor.timezone))
    board = read_board(actor, day, now, request.clinic_settings)
    record_access(actor, "appointments", board.patient_ids, resource_id=day.isoformat())
    return board
