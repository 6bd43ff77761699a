"""Visits that should happen by a date: the front desk's list to book from, the doctor's to ask for them."""

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
from clinicflow.access.roles import Role
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.web.display import write_date
from clinicflow.web.render import render_page
from clinicflow.web.toasts import Toast
from scheduling.forms import FollowUpFilterForm, FollowUpForm, offer_doctors
from scheduling.models import Appointment, FollowUp
from scheduling.operations import follow_ups
from scheduling.views.patient_picker import picker_context
from scheduling.views.responses import with_toast
from scheduling.views.visit import add_errors

PAGE = 30
USUAL = dt.timedelta(days=28)


@require_GET
@role_required("admin", "doctor")
def follow_up_list(request: ClinicRequest) -> HttpResponse:
    """The earliest due first, so overdue ones lead; `?state=`, `?doctor=` and `?due=` narrow it."""
    asked = FollowUpFilterForm(request.GET).asked()
    today = clock.today(request.actor.timezone)
    rows = _narrowed(FollowUp.objects.visible_to(request.actor), asked, today)
    page = Paginator(rows.in_state(asked["state"], today).for_list(), PAGE).get_page(request.GET.get("page"))
    record_access(request.actor, "follow_ups", [row.patient_id for row in page])
    context = {
        "page": page,
        "asked": asked,
        "today": today,
        "tabs": _tabs(rows, today),
        "is_desk": _is_desk(request),
        "doctors": Doctor.objects.visible_to(request.actor).active(),
    }
    return render_page(request, "scheduling/follow_up_list.html", context, partial="list")


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def follow_up_new(request: ClinicRequest) -> HttpResponse:
    """Ask for a visit that no visit gave cause to; `?patient=` and `?doctor=` fill it in."""
    return _ask(request, reverse("follow_up_new"), visit=None)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def visit_follow_up(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Ask for another visit out of this one."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    record_access(request.actor, "appointments", [visit.patient_id], resource_id=visit.pk)
    return _ask(request, reverse("visit_follow_up", args=[pk]), visit=visit)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def follow_up_edit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Another date, other words."""
    row = FollowUp.objects.visible_to(request.actor).for_list().fetch(pk)
    record_access(request.actor, "follow_ups", [row.patient_id], resource_id=row.pk)
    address = reverse("follow_up_edit", args=[pk])
    if request.method == "GET":
        values = _values(scheduled_date=row.scheduled_date.isoformat(), note=row.note)
        return _form_page(request, FollowUpForm(), values, address, row=row)
    form = FollowUpForm(request.POST)
    if form.is_valid():
        try:
            data = form.cleaned_data
            follow_ups.update(request.actor, pk, scheduled_date=data["scheduled_date"], note=data["note"])
        except Invalid as error:
            add_errors(form, error)
        else:
            toast = Toast(text=_("Changed the follow-up of %(name)s") % {"name": row.patient.full_name})
            return _answer(request, row, toast, close="modal")
    return _form_page(request, form, request.POST, address, row=row, status=422)


@require_POST
@role_required("admin", "doctor")
def follow_up_cancel(request: ClinicRequest, pk: UUID) -> HttpResponse:
    row = follow_ups.cancel(request.actor, pk)
    toast = Toast(
        text=_("The follow-up of %(name)s is not needed any more") % {"name": row.patient.full_name},
        undo=reverse("follow_up_reopen", args=[pk]),
    )
    return _answer(request, row, toast)


@require_POST
@role_required("admin", "doctor")
def follow_up_reopen(request: ClinicRequest, pk: UUID) -> HttpResponse:
    row = follow_ups.reopen(request.actor, pk)
    return _answer(
        request, row, Toast(text=_("The follow-up of %(name)s is due again") % {"name": row.patient.full_name})
    )


@require_POST
@role_required("admin", "doctor")
def follow_up_complete(request: ClinicRequest, pk: UUID) -> HttpResponse:
    row = follow_ups.complete(request.actor, pk)
    return _answer(request, row, Toast(text=_("The follow-up of %(name)s is done") % {"name": row.patient.full_name}))


# ---------------------------------------------------------------- what the pages show
def _ask(request: ClinicRequest, address: str, *, visit: Appointment | None) -> HttpResponse:
    form = FollowUpForm(request.POST or None)
    if request.method == "GET":
        return _form_page(request, FollowUpForm(), _starting_with(request, visit), address, visit=visit)
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
            add_errors(form, error)
        else:
            facts = {"name": row.patient.full_name, "day": write_date(row.scheduled_date, "weekday")}
            toast = Toast(
                text=_("%(name)s should come again by %(day)s") % facts,
                undo=reverse("follow_up_cancel", args=[row.pk]),
            )
            return _answer(request, row, toast, close="modal")
    return _form_page(request, form, request.POST, address, visit=visit, status=422)


def _answer(request: ClinicRequest, row: FollowUp, toast: Toast, *, close: str = "") -> HttpResponse:
    record_access(request.actor, "follow_ups", [row.patient_id], resource_id=row.pk)
    return with_toast(request, toast, page="follow_ups", close=close, doctors=(row.doctor_id,))


def _narrowed(rows: Any, asked: dict[str, Any], today: dt.date) -> Any:
    if asked["doctor"]:
        rows = rows.filter(doctor_id=asked["doctor"])
    if asked["due"]:
        rows = rows.due_by(today + dt.timedelta(days=FollowUpFilterForm.DUE[asked["due"]]))
    return rows


def _tabs(rows: Any, today: dt.date) -> list[dict[str, Any]]:
    overdue = Count("pk", filter=Q(status=FollowUp.Status.PENDING, scheduled_date__lt=today))
    found = {each.value: Count("pk", filter=Q(status=each)) for each in FollowUp.Status}
    counts = rows.order_by().aggregate(overdue=overdue, **found)
    words = {
        "pending": (_("To book"), "calendar-plus", "warn"),
        "overdue": (_("Overdue"), "triangle-alert", "bad"),
        "scheduled": (_("Booked"), "calendar-check", "info"),
        "completed": (_("Done"), "check-check", "ok"),
        "cancelled": (_("Not needed"), "x", ""),
    }
    return [
        {"key": key, "word": word, "icon": icon, "tone": tone, "count": counts[key]}
        for key, (word, icon, tone) in words.items()
    ]


def _form_page(
    request: ClinicRequest,
    form: FollowUpForm,
    values: QueryDict,
    address: str,
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
        "address": address,
        "visit": visit,
        "row": row,
        "is_desk": _is_desk(request),
        **({} if visit or row else picker_context(request, values, "follow_up_new")),
    }
    return render_page(request, "scheduling/follow_up_edit.html", context, partial="form", status=status)


def _starting_with(request: ClinicRequest, visit: Appointment | None) -> QueryDict:
    values = request.GET.copy()
    values.setdefault("scheduled_date", (clock.today(request.actor.timezone) + USUAL).isoformat())
    if visit:
        values.setdefault("doctor", str(visit.doctor_id))
    return values


def _values(**fields: str) -> QueryDict:
    values = QueryDict(mutable=True)
    values.update(fields)
    return values


def _is_desk(request: ClinicRequest) -> bool:
    """Whether the front desk is looking, which books; a doctor asks."""
    return bool(request.actor.role == Role.FRONT_DESK)
