"""Time off and closures: what is entered, the visits it hits before it is saved, and what becomes of them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

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
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Clinic, Doctor
from clinicflow.core import clock
from clinicflow.core.errors import DomainError
from clinicflow.web.render import render_page
from scheduling.forms import AbsenceForm, HolidayForm, PlanForm, TimeOffForm
from scheduling.models import Closure, TimeOff
from scheduling.operations import absences, time_off
from scheduling.selectors.absences import affected_visits, local_range, with_visits

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Which of the two a page is about; `url` is the name of its list, the others begin with it."""

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
    new=gettext_lazy("Enter time off"),
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
    """Whoever is away: everybody for the front desk, a doctor's own for the doctor."""
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
def time_off_settle(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    return _settle(request, AWAY, pk)


# ---------------------------------------------------------------- closures
@require_GET
@role_required("admin")
def closures(request: ClinicRequest) -> HttpResponse:
    """When the whole clinic is closed, and the public holidays of `?year=` that it might close on."""
    year = _year(request)
    clinic = Clinic.objects.get(pk=request.actor.clinic_id)
    today = clock.today(request.actor.timezone)
    offered = [holiday for holiday in time_off.public_holidays_to_offer(request.actor, year) if holiday.day >= today]
    more = {"year": year, "years": range(today.year, today.year + 3), "clinic": clinic, "holidays": offered}
    return _list(request, CLOSED, **more)


@require_POST
@role_required("admin")
def closures_holidays(request: ClinicRequest) -> HttpResponseBase:
    """Close on the ticked holidays."""
    year = _year(request)
    form = HolidayForm(request.POST, offered=time_off.public_holidays_to_offer(request.actor, year))
    if form.is_valid():
        made = time_off.create_holiday_closures(request.actor, year=year, days=form.cleaned_data["days"])
        said = ngettext("Closed on %(n)d holiday.", "Closed on %(n)d holidays.", len(made)) % {"n": len(made)}
        messages.success(request, said)
    else:
        messages.error(request, _("One of these days is not offered any more."))
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
def closure_settle(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    return _settle(request, CLOSED, pk)


# ---------------------------------------------------------------- both
def _rows(request: ClinicRequest, kind: Kind) -> Any:
    rows = kind.model.objects.visible_to(request.actor)
    return rows.of_day_of(request.actor) if kind is AWAY else rows


def _list(request: ClinicRequest, kind: Kind, **more: Any) -> HttpResponse:
    now, is_past = clock.now(), request.GET.get("when") == "past"
    rows = _rows(request, kind)
    found = with_visits(request.actor, rows.past(now) if is_past else rows.coming(now), now)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = [{"row": row, "when": local_range(row.starts_at, row.ends_at, request.actor.timezone)} for row in page]
    context = {"kind": kind, "rows": shown, "page": page, "is_past": is_past, **more}
    return render_page(request, "scheduling/absence_list.html", context)


def _edit(request: ClinicRequest, kind: Kind, pk: UUID | None = None) -> HttpResponseBase:
    """The form; sent with visits in that time and no word about them, it comes back with them, unsaved."""
    row = _rows(request, kind).fetch(pk) if pk else None
    form = _form(request, kind, row)
    hit = _hit(request, row)
    plan = None
    if request.method == "POST" and form.is_valid():
        hit = _hit_by(request, _absence(form, kind))
        plan = _plan_form(request, hit) if hit else None
        if plan is None or plan.is_valid():
            wanted = _plan(plan) if plan else None
            try:
                done = absences.save(request.actor, _absence(form, kind), row_id=pk, plan=wanted, at=clock.now())
            except DomainError as error:
                _mark(form, plan, error)
            else:
                say_settled(request, done)
                return redirect(f"{kind.url}_edit", done.row.pk if done.row else pk)
    elif row is not None and request.method == "GET" and hit and request.actor.role == Role.FRONT_DESK:
        plan = PlanForm(doctors=_doctors(request), visits=hit, initial={"visits": [str(visit.pk) for visit in hit]})
    return _answer(request, kind, row, form, plan, hit)


def _answer(request: ClinicRequest, kind: Kind, row: Any, form: Any, plan: Any, hit: Any) -> HttpResponse:
    gone = affected_visits(request.actor, row) if row is not None else []
    record_access(
        request.actor, "appointments", [visit.patient_id for visit in hit] + [one.visit.patient_id for one in gone]
    )
    wrong = form.errors or (plan is not None and plan.is_bound and plan.errors)
    asks = request.method == "POST" and bool(hit)
    context = {"kind": kind, "row": row, "form": form, "plan": plan, "hit": hit, "gone": gone, "asks": asks}
    context["is_desk"] = request.actor.role == Role.FRONT_DESK
    return render_page(request, "scheduling/absence.html", context, status=422 if wrong else 200)


def _remove(request: ClinicRequest, kind: Kind, pk: UUID) -> HttpResponseBase:
    _rows(request, kind).fetch(pk)
    kind.remove(request.actor, pk)
    messages.success(request, _("Removed: that time can be booked again."))
    return redirect(kind.url)


def _settle(request: ClinicRequest, kind: Kind, pk: UUID) -> HttpResponseBase:
    row = _rows(request, kind).fetch(pk)
    hit = _hit(request, row)
    plan = PlanForm(request.POST, doctors=_doctors(request), visits=hit)
    if plan.is_valid():
        try:
            done = absences.apply_plan(request.actor, row, _plan(plan), at=clock.now())
        except DomainError as error:
            _mark(plan, plan, error)
        else:
            say_settled(request, done)
            return redirect(f"{kind.url}_edit", pk)
    return _answer(request, kind, row, _form(request, kind, row, data=None), plan, hit)


# ---------------------------------------------------------------- forms in and out
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


def _hit(request: ClinicRequest, row: Any) -> list[Any]:
    return [] if row is None else list(time_off.visits_hit(request.actor, row).to_be_moved(clock.now()))


def _hit_by(request: ClinicRequest, absence: absences.Absence) -> list[Any]:
    visits = time_off.visits_between(request.actor, absence.starts_at, absence.ends_at, doctor_id=absence.doctor_id)
    return list(visits.to_be_moved(clock.now()))


def _plan_form(request: ClinicRequest, hit: list[Any]) -> PlanForm | None:
    """What the desk has said about the visits; asked when it has not. A doctor leaves them to the desk."""
    if request.actor.role != Role.FRONT_DESK:
        return None
    if "what" in request.POST:
        return PlanForm(request.POST, doctors=_doctors(request), visits=hit)
    chosen = [str(visit.pk) for visit in hit]
    return PlanForm(doctors=_doctors(request), visits=hit, initial={"visits": chosen})


def _plan(form: PlanForm) -> absences.Plan:
    data = form.cleaned_data
    taker = data["to_doctor"]
    return absences.Plan(
        what=absences.PlanAction(data["what"]),
        visits=data["visits"],
        doctor_id=taker.pk if taker else None,
        note=data["note"],
    )


def _mark(form: Any, plan: PlanForm | None, error: DomainError) -> None:
    """A refusal on the field that it is about."""
    names = {"to": "last", "doctor_id": "doctor", "reason_note": "note", "from": "first"}
    for name, sentences in error.fields.items():
        field = names.get(name, name)
        place = plan if plan is not None and field in plan.fields and field not in form.fields else form
        place.add_error(field if field in place.fields else None, [str(sentence) for sentence in sentences])
    if not error.fields:
        form.add_error(None, error.detail)


def say_settled(request: ClinicRequest, done: absences.PlanResult) -> None:
    """What became of the visits, as messages of the next page."""
    parts = [_("Saved.")]
    for template, number in (
        (ngettext("%(n)d visit moved.", "%(n)d visits moved.", len(done.moved)), len(done.moved)),
        (ngettext("%(n)d visit cancelled.", "%(n)d visits cancelled.", len(done.cancelled)), len(done.cancelled)),
    ):
        if number:
            parts.append(template % {"n": number})
    messages.success(request, " ".join(parts))
    if done.stayed:
        why = " ".join(dict.fromkeys(str(outcome.problem.detail) for outcome in done.stayed if outcome.problem))
        count = len(done.stayed)
        said = ngettext("%(n)d visit stays: %(why)s", "%(n)d visits stay: %(why)s", count) % {"n": count, "why": why}
        messages.error(request, said)
    if done.untold:
        count = len(done.untold)
        said = ngettext("%(n)d patient has to be called.", "%(n)d patients have to be called.", count) % {"n": count}
        messages.error(request, said)


def _year(request: ClinicRequest) -> int:
    this = clock.today(request.actor.timezone).year
    text = request.POST.get("year") or request.GET.get("year") or ""
    return int(text) if text.isascii() and text.isdigit() and 1970 <= int(text[:5]) <= 2199 else this
