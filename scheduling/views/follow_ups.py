"""Follow-ups: the list, from which the front desk books, and the form to create and edit them."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.web.display import write_date
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page
from clinicflow.web.toasts import Toast
from scheduling.forms import FollowUpFilterForm, FollowUpForm, offer_doctors
from scheduling.models import Appointment, FollowUp
from scheduling.operations import follow_ups
from scheduling.querysets import FollowUpQuerySet
from scheduling.views.patient_picker import picker_context
from scheduling.views.responses import with_toast
from scheduling.views.visit import FIELD_NAMES

PAGE = 30
DUE_IN = dt.timedelta(days=28)  # the suggested due date


@require_GET
@role_required("admin", "doctor")
def follow_up_list(request: ClinicRequest) -> HttpResponse:
    """The follow-ups, earliest due date first. Filters: `?state=`, `?doctor=`, `?due=`."""
    filters = FollowUpFilterForm(request.GET).filters()
    today = clock.today(request.actor.timezone)
    rows = _filtered(FollowUp.objects.visible_to(request.actor), filters, today)
    page = Paginator(rows.in_state(filters["state"], today).for_list(), PAGE).get_page(request.GET.get("page"))
    record_access(request.actor, "follow_ups", [row.patient_id for row in page])
    context = {
        "page": page,
        "asked": filters,
        "today": today,
        "tabs": _tabs(rows, today),
        "is_desk": request.actor.is_front_desk,
        "doctors": Doctor.objects.visible_to(request.actor).active(),
    }
    return render_page(request, "scheduling/follow_up_list.html", context, partial="list")


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def follow_up_new(request: ClinicRequest) -> HttpResponse:
    """Create a follow-up without an appointment; `?patient=` and `?doctor=` prefill the form."""
    return _create(request, reverse("follow_up_new"), visit=None)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def visit_follow_up(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Create a follow-up that results from this visit."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    record_access(request.actor, "appointments", [visit.patient_id], resource_id=visit.pk)
    return _create(request, reverse("visit_follow_up", args=[pk]), visit=visit)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def follow_up_edit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Edit a follow-up's due date and note."""
    row = FollowUp.objects.visible_to(request.actor).for_list().fetch(pk)
    record_access(request.actor, "follow_ups", [row.patient_id], resource_id=row.pk)
    url = reverse("follow_up_edit", args=[pk])
    if request.method == "GET":
        values = _values(scheduled_date=row.scheduled_date.isoformat(), note=row.note)
        return _form_page(request, FollowUpForm(), values, url, row=row)
    form = FollowUpForm(request.POST)
    if form.is_valid():
        try:
            data = form.cleaned_data
            follow_ups.update(request.actor, pk, scheduled_date=data["scheduled_date"], note=data["note"])
        except Invalid as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
        else:
            toast = Toast(text=_("Updated the follow-up of %(name)s") % {"name": row.patient.full_name})
            return _response(request, row, toast, close="modal")
    return _form_page(request, form, request.POST, url, row=row, status=422)


@require_POST
@role_required("admin", "doctor")
def follow_up_cancel(request: ClinicRequest, pk: UUID) -> HttpResponse:
    row = follow_ups.cancel(request.actor, pk)
    toast = Toast(
        text=_("Cancelled the follow-up of %(name)s") % {"name": row.patient.full_name},
        undo=reverse("follow_up_reopen", args=[pk]),
    )
    return _response(request, row, toast)


@require_POST
@role_required("admin", "doctor")
def follow_up_reopen(request: ClinicRequest, pk: UUID) -> HttpResponse:
    row = follow_ups.reopen(request.actor, pk)
    return _response(
        request, row, Toast(text=_("Reopened the follow-up of %(name)s") % {"name": row.patient.full_name})
    )


@require_POST
@role_required("admin", "doctor")
def follow_up_complete(request: ClinicRequest, pk: UUID) -> HttpResponse:
    row = follow_ups.complete(request.actor, pk)
    return _response(
        request, row, Toast(text=_("Completed the follow-up of %(name)s") % {"name": row.patient.full_name})
    )


# ---------------------------------------------------------------- contexts of the pages
def _create(request: ClinicRequest, url: str, *, visit: Appointment | None) -> HttpResponse:
    form = FollowUpForm(request.POST or None)
    if request.method == "GET":
        return _form_page(request, FollowUpForm(), _initial_values(request, visit), url, visit=visit)
    if form.is_valid() and visit is None and not form.cleaned_data["patient"]:
        form.add_error("patient", _("Choose a patient."))
    if form.is_valid():
        data = form.cleaned_data
        try:
            row = follow_ups.create(
                request.actor,
                patient_id=visit.patient_id if visit else data["patient"],
                doctor_id=data["doctor"] or (visit.doctor_id if visit else None),
                appointment_id=visit.pk if visit else None,
                scheduled_date=data["scheduled_date"],
                note=data["note"],
            )
        except Invalid as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
        else:
            values = {"name": row.patient.full_name, "day": write_date(row.scheduled_date, "weekday")}
            toast = Toast(
                text=_("Added a follow-up for %(name)s, due by %(day)s") % values,
                undo=reverse("follow_up_cancel", args=[row.pk]),
            )
            return _response(request, row, toast, close="modal")
    return _form_page(request, form, request.POST, url, visit=visit, status=422)


def _response(request: ClinicRequest, row: FollowUp, toast: Toast, *, close: str = "") -> HttpResponse:
    record_access(request.actor, "follow_ups", [row.patient_id], resource_id=row.pk)
    return with_toast(request, toast, page="follow_ups", close=close, doctors=(row.doctor_id,))


def _filtered(rows: FollowUpQuerySet, filters: dict[str, Any], today: dt.date) -> FollowUpQuerySet:
    if filters["doctor"]:
        rows = rows.filter(doctor_id=filters["doctor"])
    if filters["due"]:
        rows = rows.due_by(today + dt.timedelta(days=FollowUpFilterForm.DUE[filters["due"]]))
    return rows


def _tabs(rows: FollowUpQuerySet, today: dt.date) -> list[dict[str, Any]]:
    """The tabs with the number of follow-ups of each state."""
    overdue = Count("pk", filter=Q(status=FollowUp.Status.PENDING, scheduled_date__lt=today))
    by_status = {status.value: Count("pk", filter=Q(status=status)) for status in FollowUp.Status}
    counts = rows.order_by().aggregate(overdue=overdue, **by_status)
    tabs = {
        "pending": (_("To book"), "calendar-plus", "warn"),
        "overdue": (_("Overdue"), "triangle-alert", "bad"),
        "scheduled": (_("Booked"), "calendar-check", "info"),
        "completed": (_("Done"), "check-check", "ok"),
        "cancelled": (_("Not needed"), "x", ""),
    }
    return [
        {"key": key, "word": word, "icon": icon, "tone": tone, "count": counts[key]}
        for key, (word, icon, tone) in tabs.items()
    ]


def _form_page(
    request: ClinicRequest,
    form: FollowUpForm,
    values: QueryDict,
    url: str,
    *,
    visit: Appointment | None = None,
    row: FollowUp | None = None,
    status: int = 200,
) -> HttpResponse:
    form.initial = values.dict()
    doctors = Doctor.objects.visible_to(request.actor).active()
    offer_doctors(form, doctors, first=[] if visit else [("", _("Choose"))])
    context = {
        "form": form,
        "values": values,
        "address": url,
        "visit": visit,
        "row": row,
        "is_desk": request.actor.is_front_desk,
        **({} if visit or row else picker_context(request, values, "follow_up_new")),
    }
    return render_page(request, "scheduling/follow_up_edit.html", context, partial="form", status=status)


def _initial_values(request: ClinicRequest, visit: Appointment | None) -> QueryDict:
    values = request.GET.copy()
    values.setdefault("scheduled_date", (clock.today(request.actor.timezone) + DUE_IN).isoformat())
    if visit:
        values.setdefault("doctor", str(visit.doctor_id))
    return values


def _values(**fields: str) -> QueryDict:
    values = QueryDict(mutable=True)
    values.update(fields)
    return values
