"""The panel of a visit and every act on it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.core.errors import IllegalTransition, Invalid
from clinicflow.web.display import write_clock, write_date, write_gap
from clinicflow.web.render import render_page
from clinicflow.web.toasts import Toast
from scheduling.errors import SlotUnavailable
from scheduling.forms import LENGTHS, CancelForm, MoveForm, StretchForm
from scheduling.models import Appointment
from scheduling.operations import appointments
from scheduling.views.responses import panel_context, rejected, updated


@dataclass(frozen=True, kw_only=True)
class Act:
    """One button of the panel: the operation, what is said afterwards, and the act that takes it back."""

    run: Callable[..., Appointment]
    says: Promise
    undo: str = ""
    takes_reason: bool = False


ACTS = {
    "confirm": Act(
        run=appointments.confirm, says=gettext_lazy("{name} is confirmed"), undo="unconfirm", takes_reason=True
    ),
    "unconfirm": Act(run=appointments.unconfirm, says=gettext_lazy("{name} is unconfirmed again"), undo="confirm"),
    "arrive": Act(run=appointments.arrive, says=gettext_lazy("{name} is here"), undo="undo-arrive", takes_reason=True),
    "undo-arrive": Act(run=appointments.undo_arrive, says=gettext_lazy("{name} is not here yet"), undo="arrive"),
    "complete": Act(run=appointments.complete, says=gettext_lazy("The visit of {name} is done"), takes_reason=True),
    "no-show": Act(run=appointments.mark_no_show, says=gettext_lazy("{name} did not come"), undo="reinstate"),
    "reinstate": Act(run=appointments.reinstate, says=gettext_lazy("The visit of {name} is back"), takes_reason=True),
}


@require_GET
@role_required("admin", "doctor")
def visit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Everything about one visit, as a panel or as a page of its own."""
    shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    record_access(request.actor, "appointments", [shown.patient_id], resource_id=shown.pk)
    return render_page(request, "scheduling/visit_page.html", panel_context(request, shown), partial="panel")


@require_POST
@role_required("admin", "doctor")
def visit_act(request: ClinicRequest, pk: UUID, action: str) -> HttpResponse:
    """One of ACTS; `override_reason` goes past a rule that may be overridden."""
    act = ACTS[action]
    reason = {"override_reason": request.POST.get("override_reason", "")} if act.takes_reason else {}
    try:
        done = act.run(request.actor, pk, at=clock.now(), **reason)
    except (IllegalTransition, SlotUnavailable) as error:
        return rejected(request, error)
    undo = reverse(f"visit_{act.undo.replace('-', '_')}", args=[pk]) if act.undo else ""
    toast = Toast(text=str(act.says).format(name=_name(done)), undo=undo)
    return updated(request, done, toast, close="modal" if reason.get("override_reason") else "")


@require_http_methods(["GET", "POST"])
@role_required("admin")
def visit_cancel(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Ask why, then cancel."""
    shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    form = CancelForm(request.POST or None, settings=request.clinic_settings)
    if form.is_valid():
        try:
            done = appointments.cancel(request.actor, pk, at=clock.now(), **form.cleaned_data)
        except Invalid as error:
            add_errors(form, error)
        else:
            toast = Toast(
                text=_("Cancelled the visit of %(name)s") % {"name": shown.patient.full_name},
                undo=reverse("visit_uncancel", args=[pk]),
                values={"was": shown.status},
            )
            return updated(request, done, toast, close="modal sheet", left=shown)
    context = {"form": form, "visit": shown, "late": _is_late(request, shown)}
    return render_page(
        request, "scheduling/visit_cancel.html", context, partial="form", status=422 if form.errors else 200
    )


@require_POST
@role_required("admin")
def visit_uncancel(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Take a cancellation back, to the status that the visit had before."""
    done = appointments.reinstate(request.actor, pk, at=clock.now())
    if request.POST.get("was") == Appointment.Status.UNCONFIRMED:
        done = appointments.unconfirm(request.actor, pk, at=clock.now())
    name = _name(done)
    return updated(request, done, Toast(text=_("The visit of %(name)s is back") % {"name": name}), hint_done=True)


@require_POST
@role_required("admin")
def visit_move(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Dragged, or moved by keyboard: `doctor`, local `date` and `time`."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Invalid(fields={name: [str(text) for text in texts] for name, texts in form.errors.items()})
    data = form.cleaned_data
    starts_at = instant(request, data["date"], data["time"])
    before = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    try:
        moved = appointments.move(
            request.actor,
            pk,
            starts_at=starts_at,
            doctor_id=data["doctor"],
            override_reason=data["override_reason"],
            at=clock.now(),
        )
    except SlotUnavailable as error:
        return rejected(request, error, values=request.POST.dict())
    close = "modal" if data["override_reason"] else ""
    return updated(request, moved, moved_toast(moved), close=close, doctors=(before.doctor_id,), left=before)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def visit_stretch(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Make a visit longer or shorter: its lower edge dragged, by keyboard, or in the dialog. `duration` in minutes."""
    shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    form = StretchForm(request.POST or None, initial={"duration": shown.duration})
    if form.is_valid():
        try:
            done = appointments.stretch(request.actor, pk, at=clock.now(), **form.cleaned_data)
        except SlotUnavailable as error:
            return rejected(request, error, values=request.POST.dict())
        except Invalid as error:
            add_errors(form, error)
        else:
            return updated(request, done, stretched_toast(done, before=shown.duration), close="modal sheet")
    context = {"form": form, "visit": shown, "lengths": sorted({*LENGTHS, shown.duration})}
    return render_page(
        request, "scheduling/visit_stretch.html", context, partial="form", status=422 if form.errors else 200
    )


@require_POST
@role_required("admin")
def visit_undo_move(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Put a visit that was moved back where it was; `pk` is the new one."""
    moved = Appointment.objects.visible_to(request.actor).fetch(pk)
    back = appointments.undo_move(request.actor, pk, at=clock.now())
    name = _name(back)
    toast = Toast(text=_("%(name)s is back at %(time)s") % {"name": name, "time": write_clock(back.starts_at)})
    return updated(request, back, toast, doctors=(moved.doctor_id,), hint_done=True)


@require_POST
@role_required("admin")
def visit_delete(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Hide what was booked by mistake."""
    shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    appointments.delete(request.actor, pk, at=clock.now())
    toast = Toast(text=_("Removed the visit of %(name)s") % {"name": shown.patient.full_name})
    return updated(request, shown, toast, close="modal sheet", gone=True, left=shown)


def moved_toast(moved: Appointment) -> Toast:
    """Where a visit went, and the way back."""
    text = _("Moved %(name)s to %(day)s, %(time)s, %(doctor)s") % {
        "name": _name(moved),
        "day": write_date(moved.starts_at, "weekday"),
        "time": write_clock(moved.starts_at),
        "doctor": moved.doctor.name,
    }
    return Toast(text=text, undo=reverse("visit_undo_move", args=[moved.pk]))


def stretched_toast(done: Appointment, *, before: int) -> Toast:
    """How long a visit takes now, and the way back to the minutes before."""
    text = _("%(name)s takes %(n)s min, until %(time)s") % {
        "name": _name(done),
        "n": done.duration,
        "time": write_clock(done.ends_at),
    }
    undo = reverse("visit_stretch", args=[done.pk]) if done.duration != before else ""
    return Toast(text=text, undo=undo, values={"duration": str(before)} if undo else {})


def instant(request: ClinicRequest, day: dt.date, time: dt.time) -> dt.datetime:
    """A local date and time as an instant; Invalid, naming the gap, for one that the zone skips."""
    try:
        return clock.at_wall_clock(day, time, request.actor.timezone)
    except clock.NoSuchTime as error:
        raise Invalid(fields={"time": [write_gap(error)]}) from error


FIELD_OF = {
    "guardian": "guardian_name",
    "doctor_id": "doctor",
    "patient_id": "patient",
    "start_time": "time",
}


def add_errors(form: forms.Form, error: Invalid) -> None:
    """Put a refusal of the domain beside the fields it names."""
    for name, texts in error.fields.items():
        place = FIELD_OF.get(name, name)
        form.add_error(place if place in form.fields else None, list(texts))
    if not error.fields:
        form.add_error(None, error.detail)


def _name(done: Appointment) -> str:
    return str(done.patient.full_name)


def _is_late(request: ClinicRequest, shown: Appointment) -> bool:
    notice: Any = request.clinic_settings.minimum_cancellation_notice
    return shown.starts_at - clock.now() < dt.timedelta(minutes=notice)
