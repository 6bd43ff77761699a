"""Recurring visits: plan them with their conflicts, book them, and cancel or move the following ones."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
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
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page
from clinicflow.web.toasts import Toast
from scheduling.errors import SeriesConflicts
from scheduling.forms import CancelForm, MoveForm, PickForm, SeriesForm, offer_doctors, offer_lengths
from scheduling.models import Appointment
from scheduling.operations import series
from scheduling.operations.bulk import BulkResult
from scheduling.rules.limits import DEFAULT_VISIT
from scheduling.views.patient_picker import picker_context
from scheduling.views.responses import updated
from scheduling.views.visit import FIELD_NAMES, instant_of


@require_http_methods(["GET", "POST"])
@role_required("admin")
def series_new(request: ClinicRequest) -> HttpResponse:
    """Enter the pattern, review its dates with their conflicts, then book all of them or none.

    `step` is `plan` to show the dates, `book` to save them, anything else to change the pattern.
    """
    if request.method == "GET":
        return _form_page(request, SeriesForm(), _initial_values(request))
    form = SeriesForm(request.POST)
    step = request.POST.get("step")
    if not form.is_valid() or step not in {"plan", "book"}:
        shown = form if step in {"plan", "book"} else SeriesForm()
        return _form_page(request, shown, request.POST, status=422 if step in {"plan", "book"} else 200)
    try:
        return _book(request, form) if step == "book" else _plan_page(request, form, _dates(request, form))
    except Invalid as error:
        add_domain_errors(form, error, names=FIELD_NAMES)
        return _form_page(request, form, request.POST, status=422)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def following_cancel(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Show this visit and the later ones of its series, then cancel them."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    form = CancelForm(request.POST or None, settings=request.clinic_settings)
    if form.is_valid():
        try:
            results = series.cancel_following(request.actor, pk, at=clock.now(), **form.cleaned_data)
        except Invalid as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
        else:
            return updated(request, visit, Toast(text=_cancelled_text(visit, results)), close="modal sheet")
    return _following_page(request, "scheduling/following_cancel.html", visit, form)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def following_move(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Move this visit and the later ones of its series by the same difference, all or none."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    form = MoveForm(request.POST or None)
    conflicts: Sequence[dict[str, Any]] = ()
    if form.is_valid():
        data = form.cleaned_data
        try:
            starts_at = instant_of(request, data["date"], data["time"])
            moved = series.move_following(
                request.actor, pk, starts_at=starts_at, doctor_id=data["doctor"], at=clock.now()
            )
        except Invalid as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
        except SeriesConflicts as error:
            conflicts = _parsed(error.extras["conflicts"])
        else:
            toast = Toast(text=_moved_text(visit, moved))
            doctors = (visit.doctor_id, moved[0].doctor_id)
            return updated(request, moved[0], toast, close="modal sheet", doctors=doctors)
    offer_doctors(form, Doctor.objects.visible_to(request.actor).active())
    return _following_page(request, "scheduling/following_move.html", visit, form, conflicts=conflicts)


# ---------------------------------------------------------------- planning
def _dates(request: ClinicRequest, form: SeriesForm) -> list[dt.datetime]:
    first = instant_of(request, form.cleaned_data["date"], form.cleaned_data["time"])
    return series.dates_of(request.actor, rule=form.rule(), first=first)


def _series_request(form: SeriesForm, starts: Sequence[dt.datetime]) -> series.SeriesRequest:
    data = form.cleaned_data
    return series.SeriesRequest(
        patient_id=data["patient"],
        doctor_id=data["doctor"],
        starts=starts,
        rule=form.rule(),
        duration=data["duration"],
        visit_type=data["visit_type"],
        reason=data["reason"],
    )


def _book(request: ClinicRequest, form: SeriesForm) -> HttpResponse:
    picks = [_pick(request, number) for number in range(_number_of_rows(request))]
    invalid = [number for number, pick in enumerate(picks) if not pick.is_valid()]
    starts = [] if invalid else [start for pick in picks if (start := _picked_time(request, pick)) is not None]
    if invalid or len(set(starts)) < 2:
        error = _("Keep at least two dates.")
        if invalid:
            error = _("Date %(number)d: enter a date and a time.") % {"number": invalid[0] + 1}
        return _plan_page(request, form, _dates(request, form), trouble=error)
    try:
        visits = series.book(request.actor, _series_request(form, starts), at=clock.now())
    except SeriesConflicts as error:
        details = {conflict["starts_at"]: str(conflict["detail"]) for conflict in error.extras["conflicts"]}
        text = _("Nothing is booked yet: some of these times aren't available.")
        return _plan_page(request, form, sorted(set(starts)), trouble=text, conflict_details=details)
    booked = {"name": visits[0].patient.full_name, "number": len(visits)}
    booked["day"] = write_date(visits[0].starts_at, "long")
    messages.success(request, _("Booked %(number)d visits for %(name)s, the first on %(day)s") % booked)
    return redirect("visit", visits[0].pk)


def _number_of_rows(request: ClinicRequest) -> int:
    text = request.POST.get("rows", "0")
    return min(int(text), series.MOST_VISITS) if text.isdigit() else 0


def _pick(request: ClinicRequest, number: int) -> PickForm:
    return PickForm({name: request.POST.get(f"{name}-{number}", "") for name in ("pick", "date", "time")})


def _picked_time(request: ClinicRequest, pick: PickForm) -> dt.datetime | None:
    """The instant of a picked date, None if it is skipped."""
    data = pick.cleaned_data
    if data["pick"] == "other":
        return instant_of(request, data["date"], data["time"])
    return None if data["pick"] == "skip" else data["pick"]


# ---------------------------------------------------------------- contexts of the pages
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
    conflict_details: dict[str, str] | None = None,
) -> HttpResponse:
    planned = series.plan(request.actor, _series_request(form, starts), at=clock.now())
    doctor = Doctor.objects.visible_to(request.actor).fetch(form.cleaned_data["doctor"])
    context = {
        "form": form,
        "doctor": doctor,
        "rows": [
            {"date": date, "also": (conflict_details or {}).get(date.starts_at.isoformat(), "")} for date in planned
        ],
        "free": sum(not date.problem for date in planned),
        "conflicts": sum(bool(date.problem) for date in planned),
        "trouble": trouble,
        "kept": _form_values(request.POST),
        **picker_context(request, request.POST, "series_new"),
    }
    return render_page(request, "scheduling/series_plan.html", context, status=422 if trouble else 200)


def _form_values(values: QueryDict) -> list[tuple[str, str]]:
    """The values of the form, to carry from step to step."""
    return [(name, value) for name in SeriesForm.base_fields for value in values.getlist(name)]


def _initial_values(request: ClinicRequest) -> QueryDict:
    values = request.GET.copy()
    today = clock.today(request.actor.timezone)
    initial = {"date": (today + dt.timedelta(days=1)).isoformat(), "time": "09:00", "duration": str(DEFAULT_VISIT)}
    initial |= {
        "count": "8",
        "visit_type": Appointment.VisitType.IN_CLINIC.value,
        "every": "1",
        "unit": "WEEKLY",
        "ends": "count",
    }
    for name, value in initial.items():
        values.setdefault(name, value)
    return values


def _following_page(
    request: ClinicRequest, template: str, visit: Appointment, form: forms.Form, **context: Any
) -> HttpResponse:
    """The dialog with all visits that it changes."""
    rows = Appointment.objects.visible_to(request.actor).filter(pk__in=series.following(request.actor, visit))
    visits = list(rows.for_cards())
    record_access(request.actor, "appointments", [visit.patient_id], resource_id=visit.pk)
    local = clock.local(visit.starts_at, request.actor.timezone)
    form.initial = {**form.initial, "doctor": visit.doctor_id, "date": local.date(), "time": local.time()}
    context |= {"form": form, "visit": visit, "visits": visits}
    status = 409 if context.get("conflicts") else 422 if form.errors else 200
    return render_page(request, template, context, partial="form", status=status)


def _parsed(conflicts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The conflicts of a SeriesConflicts error with their instants parsed."""
    return [
        {
            "starts_at": dt.datetime.fromisoformat(conflict["starts_at"]),
            "detail": conflict["detail"],
            "nearest": dt.datetime.fromisoformat(conflict["nearest"]["starts_at"]) if conflict["nearest"] else None,
        }
        for conflict in conflicts
    ]


def _cancelled_text(visit: Appointment, results: Sequence[BulkResult]) -> str:
    unchanged = [result for result in results if result.problem]
    number = len(results) - len(unchanged)
    text = ngettext("Cancelled %(number)d visit of %(name)s", "Cancelled %(number)d visits of %(name)s", number) % {
        "number": number,
        "name": visit.patient.full_name,
    }
    return f"{text}; {len(unchanged)} unchanged: {unchanged[0].problem}" if unchanged else text


def _moved_text(visit: Appointment, moved: Sequence[Appointment]) -> str:
    values = {
        "number": len(moved),
        "name": visit.patient.full_name,
        "day": write_date(moved[0].starts_at, "weekday"),
        "time": write_clock(moved[0].starts_at),
    }
    return _("Moved %(number)d visits of %(name)s, starting %(day)s, %(time)s") % values
