"""The schedule as a doctor's week and as a list of visits."""

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

MARK_LABELS = (
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
    """The week of `?doctor=` around `?date=`; a doctor sees their own."""
    return render_page(request, "dashboards/schedule_week.html", {"week": _week(request)})


@require_GET
@role_required("admin", "doctor")
def week_changes(request: ClinicRequest) -> HttpResponse:
    """The columns of the week, for a live update."""
    return render_page(request, "dashboards/_week_changes.html", {"week": _week(request)})


@require_GET
@role_required("admin", "doctor")
def schedule_list(request: ClinicRequest) -> HttpResponse:
    """Visits by filters and `?ordering=`, PAGE per page."""
    actor, now = request.actor, clock.now()
    filters = filters_of(request.GET, clock.today(actor.timezone))
    doctors = list(Doctor.objects.visible_to(actor).order_by("name", "id"))
    page = Paginator(page_rows(visits_of(actor, filters)), PAGE).get_page(request.GET.get("page"))
    cards = cards_of(actor, page, doctors, now)
    record_access(actor, "appointments", [card.patient_id for card in cards])
    context = {
        "asked": filters,
        "cards": cards,
        "page": page,
        "doctors": doctors,
        "desk": actor.is_front_desk,
        "marks": MARK_LABELS,
    }
    response = render_page(request, "dashboards/schedule_list.html", context, partial="list")
    if wants_fragment(request):
        response["HX-Replace-Url"] = _list_url(request)
    return response


def _week(request: ClinicRequest) -> Week:
    """The requested week; the access to its patients is audited."""
    actor = request.actor
    day = day_of(request.GET.get("date", ""), clock.today(actor.timezone))
    doctor = next(iter(ids_of(request.GET.getlist("doctor"))), None)
    week = read_week(actor, day, clock.now(), request.clinic_settings, doctor)
    record_access(actor, "appointments", week.patient_ids, resource_id=week.monday.isoformat())
    return week


def _list_url(request: ClinicRequest) -> str:
    """The URL of the list without empty parameters."""
    query = request.GET.copy()
    for name in list(query):
        query.setlist(name, [value for value in query.getlist(name) if value])
    return f"{reverse('schedule_list')}?{query.urlencode()}"
