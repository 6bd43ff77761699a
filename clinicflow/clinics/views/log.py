"""Audit: who did and saw what, as `GET /api/audit` finds it, and whether the log is whole."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinicflow.audit.log import saw
from clinicflow.clinics.forms.log import AuditForm
from clinicflow.clinics.log import ACTIONS, THINGS, people_in, read_chain, read_log
from clinicflow.clinics.operations import checks
from clinicflow.clinics.permissions import role_required
from clinicflow.core import clock
from clinicflow.web.render import render_page


@require_GET
@role_required("admin", "owner")
def audit(request: HttpRequest) -> HttpResponse:
    """Newest first, narrowed by the address; a filter that cannot be read narrows nothing and says so."""
    form = AuditForm(request.GET)
    form.is_valid()
    log = read_log(request.actor, **_asked(form, request.actor.timezone))
    saw(request.actor, "audit_logs", log.patient_ids)
    form.offer(
        user=[("", _("Anyone")), *((person.pk, person.name) for person in people_in(request.actor))],
        action=[("", _("Anything")), *ACTIONS.items()],
        resource_type=[("", _("Everything")), *THINGS.items()],
    )
    context = {
        "log": log,
        "form": form,
        "asked": form.cleaned_data,
        "narrowed": any(value for name, value in form.cleaned_data.items() if name != "before"),
        "chain": read_chain(request.actor),
    }
    return render_page(request, "clinics/audit.html", context)


@require_POST
@role_required("admin", "owner")
def audit_check(request: HttpRequest) -> HttpResponseBase:
    """Have the whole chain computed again, in the background."""
    checks.ask(request.actor, at=clock.now())
    messages.success(request, _("The log is being checked. Its result appears here in a moment."))
    return redirect("audit")


def _asked(form: AuditForm, zone: str) -> dict[str, Any]:
    asked = dict(form.cleaned_data)
    first, last = asked.pop("from", None), asked.pop("to", None)
    return asked | {
        "since": clock.day_bounds(first, zone)[0] if first else None,
        "until": clock.day_bounds(last, zone)[1] if last else None,
    }
