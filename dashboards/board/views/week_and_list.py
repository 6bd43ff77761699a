"""The schedule as a week of one doctor and as a list, beside the front desk's day."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.web.render import render_page, wants_fragment
from dashboards.board.selectors.visit_list import PAGE, cards_of, day_of, filters_of, ids_of, page_rows, visits_of
from dashboards.board.selectors.week import Week, read_week

MARK_WORDS = (
    ("unconfirmed", gettext_lazy("Unconfirmed")),
    ("confirmed", gettext_lazy("Confirmed")),
    ("arrived", gettext_lazy("Arrived")),
    ("completed", gettext_lazy("Done")),
    ("no-show", gettext_lazy("No-show")),
    ("cancelled", gettext_lazy("Cancelled")),
)


@require_GET
@role_required("admin", "doctor")
def schedule_week(request: ClinicRequest) -> HttpResponse:
    """One doctor's week, `?doctor=&date=`; a doctor sees their own."""
    return render_page(request, "dashboards/schedule_week.html", {"week": _week(request)})


@require_GET
@role_required("admin", "doctor")
def week_changes(request: ClinicRequest) -> HttpResponse:
    """The columns of the week as they are now."""
    return render_page(request, "dashboards/_week_changes.html", {"week": _week(request)})


@require_GET
@role_required("admin", "doctor")
def schedule_list(request: ClinicRequest) -> HttpResponse:
    """Visits by filters, sorted by `?ordering=`, fifty a page; the address keeps all of it."""
    actor, now = request.actor, clock.now()
    asked = filters_of(request.GET, clock.today(actor.timezone))
    doctors = list(Doctor.objects.visible_to(actor).order_by("name", "id"))
    page = Paginator(page_rows(visits_of(actor, asked)), PAGE).get_page(request.GET.get("page"))
    cards = cards_of(actor, page, doctors, now)
    record_access(actor, "appointments", [card.patient_id for card in cards])
    context = {
        "asked": asked,
        "cards": cards,
        "page": page,
        "doctors": doctors,
        "desk": actor.is_front_desk,
        "marks": MARK_WORDS,
    }
    response = render_page(request, "dashboards/schedule_list.html", context, partial="list")
    if wants_fragment(request):
        response["HX-Replace-Url"] = _address(request)
    return response


def _week(request: ClinicRequest) -> Week:
    """The week that the request asks for, with the look at its patients written down."""
    actor = request.actor
    day = day_of(request.GET.get("date", ""), clock.today(actor.timezone))
    doctor = next(iter(ids_of(request.GET.getlist("doctor"))), None)
    week = read_week(actor, day, clock.now(), request.clinic_settings, doctor)
    record_access(actor, "appointments", week.patient_ids, resource_id=week.monday.isoformat())
    return week


def _address(request: ClinicRequest) -> str:
    """The page's address without the fields that were left empty."""
    said: Any = request.GET.copy()
    for name in list(said):
        said.setlist(name, [value for value in said.getlist(name) if value])
    return f"{reverse('schedule_list')}?{said.urlencode()}"
