"""A course of visits: planned with its conflicts, booked in one go, and the rest of one moved or cancelled."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.web.display import write_clock, write_date
from clinicflow.web.render import render_page
from clinicflow.web.toasts import Toast
from scheduling.errors import SeriesConflicts
from scheduling.forms import CancelForm, MoveForm, PickForm, SeriesForm, offer_doctors, offer_lengths
from scheduling.models import Appointment
from scheduling.operations import series
from scheduling.operations.bulk import BulkResult
from scheduling.views.patient_picker import picker_context
from scheduling.views.responses import updated
from scheduling.views.visit import add_errors, instant


@require_http_methods(["GET", "POST"])
@role_required("admin")
def series_new(request: ClinicRequest) -> HttpResponse:
    """First the rule, then its dates with what is in the way of each, then all of them or none.

    `step` is `plan` to see the dates, `book` to save them, anything else to change the rule again.
    """
    if request.method == "GET":
        return _form_page(request, SeriesForm(), _starting_with(request))
    form = SeriesForm(request.POST)
    step = request.POST.get("step")
    if not form.is_valid() or step not in {"plan", "book"}:
        shown = form if step in {"plan", "book"} else SeriesForm()
        return _form_page(request, shown, request.POST, status=422 if step in {"plan", "book"} else 200)
    try:
        return _book(request, form) if step == "book" else _plan_page(request, form, _dates(request, form))
    except Invalid as error:
        add_errors(form, error)
        return _form_page(request, form, request.POST, status=422)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def following_cancel(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Cancel this visit and the later ones of its series, after they have been shown."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    form = CancelForm(request.POST or None, settings=request.clinic_settings)
    if form.is_valid():
        try:
            outcomes = series.cancel_following(request.actor, pk, at=clock.now(), **form.cleaned_data)
        except Invalid as error:
            add_errors(form, error)
        else:
            return updated(request, visit, Toast(text=_cancelled_words(visit, outcomes)), close="modal sheet")
    return _following_page(request, "scheduling/following_cancel.html", visit, form)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def following_move(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Move this visit, and the later ones of its series by as much; all or none."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    form = MoveForm(request.POST or None)
    conflicts: Sequence[dict[str, Any]] = ()
    if form.is_valid():
        data = form.cleaned_data
        try:
            starts_at = instant(request, data["date"], data["time"])
            moved = series.move_following(
                request.actor, pk, starts_at=starts_at, doctor_id=data["doctor"], at=clock.now()
            )
        except Invalid as error:
            add_errors(form, error)
        except SeriesConflicts as error:
            conflicts = _local(error.extras["conflicts"])
        else:
            toast = Toast(text=_moved_words(visit, moved))
            doctors = (visit.doctor_id, moved[0].doctor_id)
            return updated(request, moved[0], toast, close="modal sheet", doctors=doctors)
    offer_doctors(form, Doctor.objects.visible_to(request.actor).active())
    return _following_page(request, "scheduling/following_move.html", visit, form, conflicts=conflicts)


# ---------------------------------------------------------------- planning
def _dates(request: ClinicRequest, form: SeriesForm) -> list[dt.datetime]:
    first = instant(request, form.cleaned_data["date"], form.cleaned_data["time"])
    return series.dates_of(request.actor, rule=form.rule(), first=first)


def _plan(request: ClinicRequest, form: SeriesForm, starts: Sequence[dt.datetime]) -> list[series.PlannedDate]:
    data = form.cleaned_data
    return series.plan(
        request.actor,
        doctor_id=data["doctor"],
        starts=starts,
        duration=data["duration"],
        visit_type=data["visit_type"],
        patient_id=data["patient"],
        at=clock.now(),
    )


def _book(request: ClinicRequest, form: SeriesForm) -> HttpResponse:
    picks = [_pick(request, number) for number in range(_rows(request))]
    bad = [number for number, pick in enumerate(picks) if not pick.is_valid()]
    starts = [] if bad else [start for pick in picks if (start := _chosen(request, pick)) is not None]
    if bad or len(set(starts)) < 2:
        says = _("Date %(number)d: give date and time.") % {"number": bad[0] + 1} if bad else ""
        return _plan_page(request, form, _dates(request, form), trouble=says or _("At least two dates must be left."))
    data = form.cleaned_data
    try:
        visits = series.book(
            request.actor,
            patient_id=data["patient"],
            doctor_id=data["doctor"],
            starts=starts,
            rule=form.rule(),
            duration=data["duration"],
            visit_type=data["visit_type"],
            reason=data["reason"],
            at=clock.now(),
        )
    except SeriesConflicts as error:
        runs_into = {conflict["starts_at"]: str(conflict["detail"]) for conflict in error.extras["conflicts"]}
        trouble = _("Nothing is booked yet: some of the times cannot be had.")
        return _plan_page(request, form, sorted(set(starts)), trouble=trouble, runs_into=runs_into)
    facts = {"name": visits[0].patient.full_name, "number": len(visits), "day": write_date(visits[0].starts_at, "long")}
    messages.success(request, _("Booked %(number)d visits of %(name)s, the first on %(day)s") % facts)
    return redirect("visit", visits[0].pk)


def _rows(request: ClinicRequest) -> int:
    text = request.POST.get("rows", "0")
    return min(int(text), series.MOST_VISITS) if text.isdigit() else 0


def _pick(request: ClinicRequest, number: int) -> PickForm:
    return PickForm({name: request.POST.get(f"{name}-{number}", "") for name in ("pick", "date", "time")})


def _chosen(request: ClinicRequest, pick: PickForm) -> dt.datetime | None:
    data = pick.cleaned_data
    if data["pick"] == "other":
        return instant(request, data["date"], data["time"])
    return None if data["pick"] == "skip" else data["pick"]


# ---------------------------------------------------------------- what the pages show
def _form_page(request: ClinicRequest, form: SeriesForm, values: QueryDict, *, status: int = 200) -> HttpResponse:
    form.initial = values.dict() | {"weekdays": values.getlist("weekdays")}
    offer_doctors(form, Doctor.objects.visible_to(request.actor).active(), first=[("", _("Choose"))])
    offer_lengths(form, values.get("duration", ""))
    context = {
        "form": form,
        "values": values,
        **picker_context(request, values, "series_new"),
    }
    return render_page(request, "scheduling/series_new.html", context, status=status)


def _plan_page(
    request: ClinicRequest,
    form: SeriesForm,
    starts: Sequence[dt.datetime],
    *,
    trouble: str = "",
    runs_into: dict[str, str] | None = None,
) -> HttpResponse:
    planned = _plan(request, form, starts)
    doctor = Doctor.objects.visible_to(request.actor).fetch(form.cleaned_data["doctor"])
    context = {
        "form": form,
        "doctor": doctor,
        "rows": [{"date": date, "also": (runs_into or {}).get(date.starts_at.isoformat(), "")} for date in planned],
        "free": sum(not date.problem for date in planned),
        "conflicts": sum(bool(date.problem) for date in planned),
        "trouble": trouble,
        "kept": [(name, value) for name, value in _kept(request.POST)],
        **picker_context(request, request.POST, "series_new"),
    }
    return render_page(request, "scheduling/series_plan.html", context, status=422 if trouble else 200)


def _kept(values: QueryDict) -> list[tuple[str, str]]:
    """The rule's own fields, to carry from step to step."""
    return [(name, value) for name in SeriesForm.base_fields for value in values.getlist(name)]


def _starting_with(request: ClinicRequest) -> QueryDict:
    values = request.GET.copy()
    today = clock.today(request.actor.timezone)
    usual = {"date": (today + dt.timedelta(days=1)).isoformat(), "time": "09:00", "duration": "30", "count": "8"}
    usual |= {"visit_type": Appointment.VisitType.IN_CLINIC.value, "every": "1", "unit": "WEEKLY", "ends": "count"}
    for name, value in usual.items():
        values.setdefault(name, value)
    return values


def _following_page(
    request: ClinicRequest, template: str, visit: Appointment, form: Any, **context: Any
) -> HttpResponse:
    """The dialog with every visit that it is about."""
    rows = Appointment.objects.visible_to(request.actor).filter(pk__in=series.following(request.actor, visit))
    visits = list(rows.for_cards())
    record_access(request.actor, "appointments", [visit.patient_id], resource_id=visit.pk)
    local = clock.local(visit.starts_at, request.actor.timezone)
    form.initial |= {"doctor": visit.doctor_id, "date": local.date(), "time": local.time()}
    context |= {"form": form, "visit": visit, "visits": visits}
    status = 409 if context.get("conflicts") else 422 if form.errors else 200
    return render_page(request, template, context, partial="form", status=status)


def _local(conflicts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "starts_at": dt.datetime.fromisoformat(each["starts_at"]),
            "detail": each["detail"],
            "nearest": dt.datetime.fromisoformat(each["nearest"]["starts_at"]) if each["nearest"] else None,
        }
        for each in conflicts
    ]


def _cancelled_words(visit: Appointment, outcomes: Sequence[BulkResult]) -> str:
    stayed = [outcome for outcome in outcomes if outcome.problem]
    number = len(outcomes) - len(stayed)
    text = ngettext("Cancelled %(number)d visit of %(name)s", "Cancelled %(number)d visits of %(name)s", number) % {
        "number": number,
        "name": visit.patient.full_name,
    }
    return f"{text}; {len(stayed)} stayed: {stayed[0].problem}" if stayed else text


def _moved_words(visit: Appointment, moved: Sequence[Appointment]) -> str:
    facts = {
        "number": len(moved),
        "name": visit.patient.full_name,
        "day": write_date(moved[0].starts_at, "weekday"),
        "time": write_clock(moved[0].starts_at),
    }
    return _("Moved %(number)d visits of %(name)s, from %(day)s, %(time)s on") % facts
