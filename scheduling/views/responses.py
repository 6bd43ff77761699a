"""Responses to a change of a visit: the updated panel, a toast, and an event that makes the page refetch."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import loader
from django_htmx.http import trigger_client_event

from clinicflow.audit.recorder import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.core.errors import DomainError
from clinicflow.web.render import render_page, wants_fragment
from clinicflow.web.toasts import Toast
from scheduling.models import Appointment
from scheduling.selectors.visit_panel import read_panel
from scheduling.selectors.waitlist_matching import freed_by
from scheduling.views.slot_options import options_of_error


def panel_context(request: ClinicRequest, visit: Appointment) -> dict[str, Any]:
    """The context of the panel. Access to matching waitlist entries is audited."""
    panel = read_panel(request.actor, visit, request.clinic_settings, clock.now())
    if panel.freed:
        record_access(request.actor, "waitlist_entries", [entry.patient_id for entry in panel.freed.entries])
    return {"panel": panel}


def updated(
    request: ClinicRequest,
    visit: Appointment,
    toast: Toast,
    *,
    close: str = "",
    doctors: tuple[UUID, ...] = (),
    gone: bool = False,
    left: Appointment | None = None,
    hint_done: bool = False,
) -> HttpResponse:
    """The response to a change of a visit.

    `close` are the dialogs to close, `doctors` those besides the visit's whose day changes. `left` is the previous
    state of a visit that has freed its slot: matching waitlist entries are shown as a hint, which `hint_done` removes.
    Without htmx a redirect to the visit's page, or to the schedule if it is `gone`, with the toast as a message.
    """
    if not wants_fragment(request):
        messages.success(request, toast.text)
        return redirect("home") if gone else redirect("visit", visit.pk)
    context: dict[str, Any] = {"toast": toast, **_hint(request, left), "hint_done": hint_done}
    if _is_from_panel(request) and not gone:
        shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(visit.pk)
        context |= panel_context(request, shown)
    response = render_page(request, "scheduling/_visit_changed.html", context)
    return _with_trigger(response, (visit.doctor_id, *doctors), close)


def with_toast(
    request: ClinicRequest,
    toast: Toast,
    *,
    page: str,
    close: str = "",
    doctors: Iterable[UUID | None] = (),
    hint_done: bool = False,
) -> HttpResponse:
    """The response to a change of a follow-up or waitlist entry: the toast, and an event to refetch `doctors`, or all.

    Without htmx a redirect to the page of that name.
    """
    if not wants_fragment(request):
        messages.success(request, toast.text)
        return redirect(page)
    response = render_page(request, "scheduling/_visit_changed.html", {"toast": toast, "hint_done": hint_done})
    return _with_trigger(response, doctors, close)


def _with_trigger(response: HttpResponse, doctors: Iterable[UUID | None], close: str) -> HttpResponse:
    changed = [str(doctor) for doctor in dict.fromkeys(doctors) if doctor]
    trigger_client_event(response, "visits:changed", {"doctors": changed})
    if close:
        response["X-Close-Dialog"] = close
    return response


def _hint(request: ClinicRequest, left: Appointment | None) -> dict[str, Any]:
    """The freed slot with its matching waitlist entries, whose access is audited; empty without any."""
    freed = freed_by(request.actor, left, at=clock.now()) if left else None
    if freed is None:
        return {}
    record_access(request.actor, "waitlist_entries", [entry.patient_id for entry in freed.entries])
    return {"freed": freed}


def rejected(request: ClinicRequest, error: DomainError, *, values: Mapping[str, Any] | None = None) -> HttpResponse:
    """The response to a refused change: the override dialog if a reason can override it, else the error is raised."""
    if not wants_fragment(request) or not error.extras.get("may_override"):
        raise error
    context = {
        "error": error,
        "action": request.path,
        "values": dict(values or {}),
        "nearest": options_of_error(error.extras),
    }
    content = loader.render_to_string("scheduling/_override.html", context, request)
    return HttpResponse(content, status=409)


def _is_from_panel(request: ClinicRequest) -> bool:
    return request.headers.get("HX-Target", "").endswith("#sheet") or request.headers.get("HX-Target") == "sheet"
