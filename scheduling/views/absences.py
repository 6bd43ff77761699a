"""Time off and closures: their lists, and the form with the visits in that time and the plan for them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.access.roles import Role
from clinicflow.audit.recorder import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.clinics.selectors import clinic_of
from clinicflow.core import clock
from clinicflow.core.errors import DomainError
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page
from scheduling.forms import AbsenceForm, HolidayForm, PlanForm, TimeOffForm
from scheduling.models import Appointment, Closure, TimeOff
from scheduling.operations import absences, time_off
from scheduling.selectors.absences import affected_visits, local_range, with_visits

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One of the two kinds of absence. `url` is the name of its list, and the prefix of its other URL names."""

    model: type[TimeOff] | type[Closure]
    url: str
    layout: str
    title: Promise
    new: Promise
    remove: Callable[..., None]


AWAY = Kind(
    model=TimeOff,
    url="time_off",
    layout="ui/staff.html",
    title=gettext_lazy("Time off"),
    new=gettext_lazy("Add time off"),
    remove=time_off.remove,
)
CLOSED = Kind(
    model=Closure,
    url="closures",
    layout="settings/_shell.html",
    title=gettext_lazy("Closures"),
    new=gettext_lazy("Close the clinic"),
    remove=time_off.remove_closure,
)


# ---------------------------------------------------------------- time off
@require_GET
@role_required("admin", "doctor")
def time_off_list(request: ClinicRequest) -> HttpResponse:
    """Time off: all for the front desk, a doctor's own for the doctor."""
    return _list(request, AWAY)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def time_off_new(request: ClinicRequest) -> HttpResponseBase:
    return _edit(request, AWAY)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def time_off_edit(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    return _edit(request, AWAY, pk)


@require_POST
@role_required("admin", "doctor")
def time_off_remove(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    return _remove(request, AWAY, pk)


@require_POST
@role_required("admin")
def time_off_apply_plan(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    return _apply_plan(request, AWAY, pk)


# ---------------------------------------------------------------- closures
@require_GET
@role_required("admin")
def closures(request: ClinicRequest) -> HttpResponse:
    """The clinic's closures, and the public holidays of `?year=` without one."""
    year = _year(request)
    clinic = clinic_of(request.actor)
    today = clock.today(request.actor.timezone)
    offered = [holiday for holiday in time_off.public_holidays_to_offer(request.actor, year) if holiday.day >= today]
    more = {"year": year, "years": range(today.year, today.year + 3), "clinic": clinic, "holidays": offered}
    return _list(request, CLOSED, **more)


@require_POST
@role_required("admin")
def closures_holidays(request: ClinicRequest) -> HttpResponseBase:
    """Close the clinic on the selected holidays."""
    year = _year(request)
    form = HolidayForm(request.POST, offered=time_off.public_holidays_to_offer(request.actor, year))
    if form.is_valid():
        closed = time_off.create_holiday_closures(request.actor, year=year, days=form.cleaned_data["days"])
        number = len(closed)
        messages.success(
            request, ngettext("Closed on %(n)d holiday.", "Closed on %(n)d holidays.", number) % {"n": number}
        )
    else:
        messages.error(request, _("One of these holidays is no longer available. Select them again."))
    return redirect("closures")


@require_http_methods(["GET", "POST"])
@role_required("admin")
def closure_new(request: ClinicRequest) -> HttpResponseBase:
    return _edit(request, CLOSED)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def closure_edit(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    return _edit(request, CLOSED, pk)


@require_POST
@role_required("admin")
def closure_remove(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    return _remove(request, CLOSED, pk)


@require_POST
@role_required("admin")
def closure_apply_plan(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    return _apply_plan(request, CLOSED, pk)


# ---------------------------------------------------------------- both
def _rows(request: ClinicRequest, kind: Kind) -> Any:
    rows = kind.model.objects.visible_to(request.actor)
    return rows.of_day_of(request.actor) if kind is AWAY else rows


def _list(request: ClinicRequest, kind: Kind, **more: Any) -> HttpResponse:
    now, is_past = clock.now(), request.GET.get("when") == "past"
    rows = _rows(request, kind)
    absence_rows = with_visits(request.actor, rows.past(now) if is_past else rows.coming(now), now)
    page = Paginator(absence_rows, PAGE).get_page(request.GET.get("page"))
    shown = [{"row": row, "when": local_range(row.starts_at, row.ends_at, request.actor.timezone)} for row in page]
    context = {"kind": kind, "rows": shown, "page": page, "is_past": is_past, **more}
    return render_page(request, "scheduling/absence_list.html", context)


def _edit(request: ClinicRequest, kind: Kind, pk: UUID | None = None) -> HttpResponseBase:
    """The form. Submitted without a plan for the visits in that time, it is shown again with them, unsaved."""
    row = _rows(request, kind).fetch(pk) if pk else None
    form = _form(request, kind, row)
    affected = _affected(request, row)
    plan = None
    if request.method == "POST" and form.is_valid():
        affected = _affected_by(request, _absence(form, kind))
        plan = _plan_form(request, affected) if affected else None
        if plan is None or plan.is_valid():
            chosen = _plan(plan) if plan else None
            try:
                result = absences.save(request.actor, _absence(form, kind), row_id=pk, plan=chosen, at=clock.now())
            except DomainError as error:
                _add_errors(form, plan, error)
            else:
                add_plan_messages(request, result)
                return redirect(f"{kind.url}_edit", result.row.pk if result.row else pk)
    elif row is not None and request.method == "GET" and affected and request.actor.role == Role.FRONT_DESK:
        plan = _unbound_plan(request, affected)
    return _edit_page(request, kind, row, form, plan, affected)


def _edit_page(
    request: ClinicRequest,
    kind: Kind,
    row: TimeOff | Closure | None,
    form: AbsenceForm,
    plan: PlanForm | None,
    affected: list[Appointment],
) -> HttpResponse:
    gone = affected_visits(request.actor, row) if row is not None else []
    patients = [visit.patient_id for visit in affected] + [each.visit.patient_id for each in gone]
    record_access(request.actor, "appointments", patients)
    is_invalid = form.errors or (plan is not None and plan.is_bound and plan.errors)
    asks = request.method == "POST" and bool(affected)
    context = {"kind": kind, "row": row, "form": form, "plan": plan, "hit": affected, "gone": gone, "asks": asks}
    context["is_desk"] = request.actor.role == Role.FRONT_DESK
    return render_page(request, "scheduling/absence.html", context, status=422 if is_invalid else 200)


def _remove(request: ClinicRequest, kind: Kind, pk: UUID) -> HttpResponseBase:
    _rows(request, kind).fetch(pk)
    kind.remove(request.actor, pk)
    messages.success(request, _("Removed. That time can be booked again."))
    return redirect(kind.url)


def _apply_plan(request: ClinicRequest, kind: Kind, pk: UUID) -> HttpResponseBase:
    row = _rows(request, kind).fetch(pk)
    affected = _affected(request, row)
    plan = PlanForm(request.POST, doctors=_doctors(request), visits=affected)
    if plan.is_valid():
        try:
            result = absences.apply_plan(request.actor, row, _plan(plan), at=clock.now())
        except DomainError as error:
            _add_errors(plan, plan, error)
        else:
            add_plan_messages(request, result)
            return redirect(f"{kind.url}_edit", pk)
    return _edit_page(request, kind, row, _form(request, kind, row, data=None), plan, affected)


# ---------------------------------------------------------------- between the forms and the operations
def _form(request: ClinicRequest, kind: Kind, row: Any, *, data: Any = "post") -> AbsenceForm:
    data = (request.POST or None) if data == "post" else data
    zone = request.actor.timezone
    initial: dict[str, Any] = (
        asdict(local_range(row.starts_at, row.ends_at, zone)) | {"reason": row.reason} if row else {}
    )
    if kind is CLOSED:
        return AbsenceForm(data, zone=zone, initial=initial)
    doctors = _doctors(request)
    if request.actor.role == Role.DOCTOR:
        doctors = doctors.filter(pk=request.actor.doctor_id)
    if row is not None:
        doctors = Doctor.objects.visible_to(request.actor).filter(pk=row.doctor_id)
    return TimeOffForm(data, zone=zone, doctors=doctors, initial=initial)


def _doctors(request: ClinicRequest) -> Any:
    return Doctor.objects.visible_to(request.actor).active()


def _absence(form: AbsenceForm, kind: Kind) -> absences.Absence:
    data = form.cleaned_data
    return absences.Absence(
        doctor_id=data["doctor"].pk if kind is AWAY else None,
        starts_at=data["starts_at"],
        ends_at=data["ends_at"],
        reason=data["reason"],
    )


def _affected(request: ClinicRequest, row: TimeOff | Closure | None) -> list[Appointment]:
    return [] if row is None else list(time_off.visits_hit(request.actor, row).to_be_moved(clock.now()))


def _affected_by(request: ClinicRequest, absence: absences.Absence) -> list[Appointment]:
    visits = time_off.visits_between(request.actor, absence.starts_at, absence.ends_at, doctor_id=absence.doctor_id)
    return list(visits.to_be_moved(clock.now()))


def _plan_form(request: ClinicRequest, affected: list[Appointment]) -> PlanForm | None:
    """The plan of the front desk, unbound if none is submitted yet. None for a doctor, who leaves it to the desk."""
    if request.actor.role != Role.FRONT_DESK:
        return None
    if {"what", "note"} & request.POST.keys():  # the plan was on the page
        return PlanForm(request.POST, doctors=_doctors(request), visits=affected)
    return _unbound_plan(request, affected)


def _unbound_plan(request: ClinicRequest, affected: list[Appointment]) -> PlanForm:
    """A plan with all visits selected."""
    selected = [str(visit.pk) for visit in affected]
    return PlanForm(doctors=_doctors(request), visits=affected, initial={"visits": selected})


def _plan(form: PlanForm) -> absences.Plan:
    data = form.cleaned_data
    to_doctor = data["to_doctor"]
    return absences.Plan(
        what=absences.PlanAction(data["what"]),
        visits=data["visits"],
        doctor_id=to_doctor.pk if to_doctor else None,
        note=data["note"],
    )


def _add_errors(form: forms.Form, plan: PlanForm | None, error: DomainError) -> None:
    """Add the error to the form that has its field."""
    names = {"to": "last", "doctor_id": "doctor", "reason_note": "note", "from": "first"}
    fields = {names.get(name, name) for name in error.fields}
    in_plan = plan is not None and any(name in plan.fields and name not in form.fields for name in fields)
    add_domain_errors(plan if plan is not None and in_plan else form, error, names=names)


def add_plan_messages(request: ClinicRequest, result: absences.PlanResult) -> None:
    """Report the outcome of a plan as messages on the next page."""
    parts = [_("Saved.")]
    for template, number in (
        (ngettext("%(n)d visit moved.", "%(n)d visits moved.", len(result.moved)), len(result.moved)),
        (ngettext("%(n)d visit cancelled.", "%(n)d visits cancelled.", len(result.cancelled)), len(result.cancelled)),
    ):
        if number:
            parts.append(template % {"n": number})
    messages.success(request, " ".join(parts))
    if result.stayed:
        why = " ".join(dict.fromkeys(str(outcome.problem.detail) for outcome in result.stayed if outcome.problem))
        count = len(result.stayed)
        text = ngettext("%(n)d visit is unchanged: %(why)s", "%(n)d visits are unchanged: %(why)s", count)
        messages.error(request, text % {"n": count, "why": why})
    if result.untold:
        count = len(result.untold)
        text = ngettext("Please call %(n)d patient.", "Please call %(n)d patients.", count)
        messages.error(request, text % {"n": count})


def _year(request: ClinicRequest) -> int:
    current = clock.today(request.actor.timezone).year
    text = request.POST.get("year") or request.GET.get("year") or ""
    return int(text) if text.isascii() and text.isdigit() and 1970 <= int(text[:5]) <= 2199 else current
