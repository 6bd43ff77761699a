"""The audit page: entries as in `GET /api/audit`, and the state of the log."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.backoffice.forms import AuditForm
from clinicflow.backoffice.operations import audit_verification
from clinicflow.backoffice.selectors import ACTIONS, RECORD_TYPES, chain_status, list_entries, users_of_clinic
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.web.render import render_page


@require_GET
@role_required("admin", "owner")
def audit(request: ClinicRequest) -> HttpResponse:
    """The log, newest first, filtered by the query string. An invalid filter is ignored and shows an error."""
    form = AuditForm(request.GET)
    form.is_valid()
    log = list_entries(request.actor, **_filters(form, request.actor.timezone))
    record_access(request.actor, "audit_logs", log.patient_ids)
    form.offer(
        user=[("", _("Anyone")), *((person.pk, person.name) for person in users_of_clinic(request.actor))],
        action=[("", _("Anything")), *ACTIONS.items()],
        resource_type=[("", _("Everything")), *RECORD_TYPES.items()],
    )
    context = {
        "log": log,
        "form": form,
        "asked": form.cleaned_data,
        "narrowed": any(value for name, value in form.cleaned_data.items() if name != "before"),
        "chain": chain_status(request.actor),
    }
    return render_page(request, "clinics/audit.html", context)


@require_POST
@role_required("admin", "owner")
def audit_check(request: ClinicRequest) -> HttpResponseBase:
    """Request a verification of the log in the background."""
    audit_verification.request_verification(request.actor, at=clock.now())
    messages.success(request, _("The audit log is being verified. The result will appear here shortly."))
    return redirect("audit")


def _filters(form: AuditForm, zone: str) -> dict[str, Any]:
    """The filters as arguments of `list_entries`, with local dates as instants."""
    filters = dict(form.cleaned_data)
    first, last = filters.pop("from", None), filters.pop("to", None)
    return filters | {
        "since": clock.day_bounds(first, zone)[0] if first else None,
        "until": clock.day_bounds(last, zone)[1] if last else None,
    }
