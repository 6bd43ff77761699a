"""How an act on a visit is answered: the panel where the panel asked, a toast, and word to the page to refetch."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import loader

from clinicflow.audit.log import record_access
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
    """After a change: `close` names dialogs that are done, `doctors` others than the visit's whose day it touches.

    `left` is a visit as it was, whose time is given up: who waits for one like it is shown as a hint on the page.
    `hint_done` takes such a hint away.

    Without htmx the person lands on the visit's own page (or the schedule, when it is `gone`), with the toast as a
    message.
    """
    if not wants_fragment(request):
        messages.success(request, toast.text)
        return redirect("home") if gone else redirect("visit", visit.pk)
    context: dict[str, Any] = {"toast": toast, **_hint(request, left), "hint_done": hint_done}
    if _asked_by_panel(request) and not gone:
        shown = Appointment.objects.visible_to(request.actor).for_cards().fetch(visit.pk)
        context |= panel_context(request, shown)
    response = render_page(request, "scheduling/_visit_changed.html", context)
    return _with_news(response, (visit.doctor_id, *doctors), close)


def with_toast(
    request: ClinicRequest,
    toast: Toast,
    *,
    page: str,
    close: str = "",
    doctors: Iterable[UUID | None] = (),
    hint_done: bool = False,
) -> HttpResponse:
    """After a change of what hangs on visits: the toast, and word to the page to ask again for `doctors`, or all.

    Without htmx the person lands on the page of that name.
    """
    if not wants_fragment(request):
        messages.success(request, toast.text)
        return redirect(page)
    response = render_page(request, "scheduling/_visit_changed.html", {"toast": toast, "hint_done": hint_done})
    return _with_news(response, doctors, close)


def _with_news(response: HttpResponse, doctors: Iterable[UUID | None], close: str) -> HttpResponse:
    touched = [str(doctor) for doctor in dict.fromkeys(doctors) if doctor]
    response["HX-Trigger"] = json.dumps({"visits:changed": {"doctors": touched}})
    if close:
        response["X-Close-Dialog"] = close
    return response


def _hint(request: ClinicRequest, left: Appointment | None) -> dict[str, Any]:
    """Who could take the time that was given up, for the hint; the look at them is written down."""
    freed = freed_by(request.actor, left, at=clock.now()) if left else None
    if freed is None:
        return {}
    record_access(request.actor, "waitlist_entries", [entry.patient_id for entry in freed.entries])
    return {"freed": freed}


def rejected(request: ClinicRequest, error: DomainError, *, values: Mapping[str, Any] | None = None) -> HttpResponse:
    """A refusal: with a reason it can be overridden, so the dialog asks for one; without, a toast says why."""
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


def _asked_by_panel(request: ClinicRequest) -> bool:
    return request.headers.get("HX-Target", "").endswith("#sheet") or request.headers.get("HX-Target") == "sheet"
