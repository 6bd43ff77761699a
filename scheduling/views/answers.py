"""How an act on a visit is answered: the panel where the panel asked, a toast, and word to the page to refetch."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import loader

from clinicflow.core import clock
from clinicflow.core.errors import DomainError
from clinicflow.web.render import render_page, wants_fragment
from clinicflow.web.toasts import Toast
from scheduling.models import Appointment
from scheduling.panel import read_panel
from scheduling.views.chips import chips_of_refusal


def panel_context(request: HttpRequest, visit: Appointment) -> dict[str, Any]:
    return {"panel": read_panel(request.actor, visit, request.clinic_settings, clock.now())}


def changed(
    request: HttpRequest,
    visit: Appointment,
    toast: Toast,
    *,
    close: str = "",
    doctors: tuple[UUID, ...] = (),
    gone: bool = False,
) -> HttpResponse:
    """After a change: `close` names dialogs that are done, `doctors` others than the visit's whose day it touches.

    Without htmx the person lands on the visit's own page (or the schedule, when it is `gone`), with the toast as a
    message.
    """
    if not wants_fragment(request):
        messages.success(request, toast.text)
        return redirect("home") if gone else redirect("visit", visit.pk)
    context: dict[str, Any] = {"toast": toast}
    if _asked_by_panel(request) and not gone:
        shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(visit.pk)
        context |= panel_context(request, shown)
    response = render_page(request, "scheduling/_visit_changed.html", context)
    touched = [str(doctor) for doctor in dict.fromkeys((visit.doctor_id, *doctors))]
    response["HX-Trigger"] = json.dumps({"visits:changed": {"doctors": touched}})
    if close:
        response["X-Close-Dialog"] = close
    return response


def refused(request: HttpRequest, error: DomainError, *, values: Mapping[str, Any] | None = None) -> HttpResponse:
    """A refusal: with a reason it can be overridden, so the dialog asks for one; without, a toast says why."""
    if not wants_fragment(request) or not error.extras.get("may_override"):
        raise error
    context = {
        "error": error,
        "action": request.path,
        "values": dict(values or {}),
        "nearest": chips_of_refusal(error.extras),
    }
    content = loader.render_to_string("scheduling/_override.html", context, request)
    return HttpResponse(content, status=409)


def _asked_by_panel(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target", "").endswith("#sheet") or request.headers.get("HX-Target") == "sheet"
