"""The panel of a visit and the actions on it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.actor import Actor
from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.core.errors import IllegalTransition, Invalid
from clinicflow.web.display import write_clock, write_date, write_gap
from clinicflow.web.forms import add_domain_errors, invalid_of
from clinicflow.web.render import render_page
from clinicflow.web.toasts import Toast
from scheduling.errors import SlotUnavailable
from scheduling.forms import CancelForm, MoveForm, StretchForm
from scheduling.models import Appointment
from scheduling.operations import appointments
from scheduling.rules.limits import lengths_including
from scheduling.views.responses import panel_context, rejected, updated

# Where the fields of an operation's errors are on the forms of these pages.
FIELD_NAMES = {
    "guardian": "guardian_name",
    "doctor_id": "doctor",
    "patient_id": "patient",
    "start_time": "time",
}


@dataclass(frozen=True, kw_only=True)
class PanelAction:
    """One button of the panel: the operation, the text of the toast, and the action that undoes it.

    `run` takes the actor and the appointment's id, and `override_reason` if `takes_reason`.
    """

    run: Callable[..., Appointment]
    toast: Promise
    undo: str = ""
    takes_reason: bool = False


def _reinstate(actor: Actor, appointment_id: UUID, *, override_reason: str, at: dt.datetime) -> Appointment:
    return appointments.reinstate(actor, appointment_id, override_reason=override_reason, at=at).appointment


ACTIONS = {
    "confirm": PanelAction(
        run=appointments.confirm, toast=gettext_lazy("{name} is confirmed"), undo="unconfirm", takes_reason=True
    ),
    "unconfirm": PanelAction(
        run=appointments.unconfirm, toast=gettext_lazy("{name} is unconfirmed again"), undo="confirm"
    ),
    "arrive": PanelAction(
        run=appointments.arrive, toast=gettext_lazy("{name} has arrived"), undo="undo-arrive", takes_reason=True
    ),
    "undo-arrive": PanelAction(
        run=appointments.undo_arrive, toast=gettext_lazy("Arrival undone: {name}"), undo="arrive"
    ),
    "complete": PanelAction(
        run=appointments.complete, toast=gettext_lazy("Visit completed: {name}"), takes_reason=True
    ),
    "no-show": PanelAction(
        run=appointments.mark_no_show, toast=gettext_lazy("Marked as no-show: {name}"), undo="reinstate"
    ),
    "reinstate": PanelAction(run=_reinstate, toast=gettext_lazy("Visit reinstated: {name}"), takes_reason=True),
}


@require_GET
@role_required("admin", "doctor")
def visit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The details of a visit, as a panel or as a page."""
    shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    record_access(request.actor, "appointments", [shown.patient_id], resource_id=shown.pk)
    return render_page(request, "scheduling/visit_page.html", panel_context(request, shown), partial="panel")


@require_POST
@role_required("admin", "doctor")
def visit_act(request: ClinicRequest, pk: UUID, action: str) -> HttpResponse:
    """Run one of ACTIONS; `override_reason` overrides a rule that permits it."""
    panel_action = ACTIONS[action]
    reason = {"override_reason": request.POST.get("override_reason", "")} if panel_action.takes_reason else {}
    try:
        done = panel_action.run(request.actor, pk, at=clock.now(), **reason)
    except (IllegalTransition, SlotUnavailable) as error:
        return rejected(request, error)
    undo = reverse(f"visit_{panel_action.undo.replace('-', '_')}", args=[pk]) if panel_action.undo else ""
    toast = Toast(text=str(panel_action.toast).format(name=_name(done)), undo=undo)
    return updated(request, done, toast, close="modal" if reason.get("override_reason") else "")


@require_http_methods(["GET", "POST"])
@role_required("admin")
def visit_cancel(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Ask for the reason, then cancel."""
    shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    form = CancelForm(request.POST or None, settings=request.clinic_settings)
    if form.is_valid():
        try:
            done = appointments.cancel(request.actor, pk, at=clock.now(), **form.cleaned_data)
        except Invalid as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
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
    """Undo a cancellation and restore the status before it (`was`)."""
    done = appointments.reinstate(request.actor, pk, at=clock.now()).appointment
    if request.POST.get("was") == Appointment.Status.UNCONFIRMED:
        done = appointments.unconfirm(request.actor, pk, at=clock.now())
    name = _name(done)
    return updated(request, done, Toast(text=_("Visit reinstated: %(name)s") % {"name": name}), hint_done=True)


@require_POST
@role_required("admin")
def visit_move(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Move a visit by drag or keyboard to a `doctor`, local `date` and `time`."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise invalid_of(form)
    data = form.cleaned_data
    starts_at = instant_of(request, data["date"], data["time"])
    before = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    try:
        moved = appointments.reschedule(
            request.actor,
            pk,
            starts_at=starts_at,
            doctor_id=data["doctor"],
            override_reason=data["override_reason"],
            at=clock.now(),
        ).appointment
    except SlotUnavailable as error:
        return rejected(request, error, values=request.POST.dict())
    close = "modal" if data["override_reason"] else ""
    return updated(request, moved, moved_toast(moved), close=close, doctors=(before.doctor_id,), left=before)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def visit_stretch(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Change a visit's length by drag, keyboard or dialog; `duration` in minutes."""
    shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    form = StretchForm(request.POST or None, initial={"duration": shown.duration})
    if form.is_valid():
        try:
            done = appointments.stretch(request.actor, pk, at=clock.now(), **form.cleaned_data).appointment
        except SlotUnavailable as error:
            return rejected(request, error, values=request.POST.dict())
        except Invalid as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
        else:
            return updated(request, done, stretched_toast(done, before=shown.duration), close="modal sheet")
    context = {"form": form, "visit": shown, "lengths": lengths_including(shown.duration)}
    return render_page(
        request, "scheduling/visit_stretch.html", context, partial="form", status=422 if form.errors else 200
    )


@require_POST
@role_required("admin")
def visit_undo_move(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Undo a move; `pk` is the new visit."""
    moved = Appointment.objects.visible_to(request.actor).fetch(pk)
    restored = appointments.undo_move(request.actor, pk, at=clock.now())
    details = {"name": _name(restored), "time": write_clock(restored.starts_at)}
    toast = Toast(text=_("Moved %(name)s back to %(time)s") % details)
    return updated(request, restored, toast, doctors=(moved.doctor_id,), hint_done=True)


@require_POST
@role_required("admin")
def visit_delete(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Delete a visit that was booked by mistake."""
    shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    appointments.delete(request.actor, pk, at=clock.now())
    toast = Toast(text=_("Removed the visit of %(name)s") % {"name": shown.patient.full_name})
    return updated(request, shown, toast, close="modal sheet", gone=True, left=shown)


def moved_toast(moved: Appointment) -> Toast:
    """The new time of a visit, and the undo."""
    text = _("Moved %(name)s to %(day)s, %(time)s, %(doctor)s") % {
        "name": _name(moved),
        "day": write_date(moved.starts_at, "weekday"),
        "time": write_clock(moved.starts_at),
        "doctor": moved.doctor.name,
    }
    return Toast(text=text, undo=reverse("visit_undo_move", args=[moved.pk]))


def stretched_toast(done: Appointment, *, before: int) -> Toast:
    """The new length of a visit, and the undo to `before` minutes."""
    text = _("%(name)s: now %(n)s min, until %(time)s") % {
        "name": _name(done),
        "n": done.duration,
        "time": write_clock(done.ends_at),
    }
    undo = reverse("visit_stretch", args=[done.pk]) if done.duration != before else ""
    return Toast(text=text, undo=undo, values={"duration": str(before)} if undo else {})


def instant_of(request: ClinicRequest, day: dt.date, time: dt.time) -> dt.datetime:
    """The instant of a local date and time. Invalid for a time skipped by daylight saving."""
    try:
        return clock.at_wall_clock(day, time, request.actor.timezone)
    except clock.NoSuchTime as error:
        raise Invalid(fields={"time": [write_gap(error)]}) from error


def _name(done: Appointment) -> str:
    return str(done.patient.full_name)


def _is_late(request: ClinicRequest, shown: Appointment) -> bool:
    notice = dt.timedelta(minutes=request.clinic_settings.minimum_cancellation_notice)
    return shown.starts_at - clock.now() < notice
