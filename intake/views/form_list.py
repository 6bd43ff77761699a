"""The staff pages of intake: the list of forms by state, and actions on the form of a visit."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.access.roles import Role
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import ClinicSettings, Doctor
from clinicflow.core.errors import Invalid
from clinicflow.staff.operations import sign_in
from clinicflow.staff.selectors.actor_resolution import origin_of_request
from clinicflow.web.render import render_page, wants_fragment
from clinicflow.web.toasts import Toast
from intake.forms import FormListFilterForm, WaiveForm
from intake.operations import deliveries, forms, links
from intake.selectors import form_list
from intake.views.qr import qr_code_of


@require_GET
@role_required("admin", "doctor")
def intake(request: ClinicRequest) -> HttpResponse:
    """Visits with the state of their forms, filtered by `?state=`, `?doctor=` and `?when=past`."""
    filters = FormListFilterForm(request.GET).filters()
    page = Paginator(form_list.visits_in_state(request.actor, filters), form_list.PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    rows = form_list.form_rows(request.actor, list(page.object_list))
    record_access(request.actor, "intake_forms", [row.visit.patient_id for row in rows])
    counts = form_list.count_by_state(request.actor, filters)
    context = {
        "rows": rows,
        "page": page,
        "asked": filters,
        "total": sum(counts.values()),
        "tabs": [{"state": state, "count": counts[state.key]} for state in form_list.STATES],
        "desk": _is_desk(request),
        "doctors": Doctor.objects.visible_to(request.actor).active(),
    }
    return render_page(request, "intake/form_list.html", context, partial="list")


@require_GET
@role_required("admin", "doctor")
def visit_intake(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The state of the visit's form and its actions, as a fragment of the visit panel."""
    return _row_response(request, pk)


@require_POST
@role_required("admin", "doctor")
def visit_send(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Send the link, or send it again."""
    message = deliveries.send_link(request.actor, pk)
    channel = _("text") if message.channel == "sms" else _("email")
    return _row_response(request, pk, Toast(text=_("Link sent by %(channel)s.") % {"channel": channel}))


@require_POST
@role_required("admin")
def visit_revoke(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Revoke the links of the visit."""
    links.revoke(request.actor, pk)
    return _row_response(request, pk, Toast(text=_("Links revoked.")))


@require_POST
@role_required("admin")
def visit_link(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """A dialog with a new link to copy or scan, as an alternative to a message."""
    url = deliveries.create_staff_link(request.actor, pk)
    row = form_list.form_row(request.actor, pk)
    record_access(request.actor, "appointments", [row.visit.patient_id], resource_id=pk)
    context = {
        "row": row,
        "address": url,
        "path": deliveries.path_of(url),
        "square": qr_code_of(url),
    }
    return render_page(request, "intake/link_show.html", context, partial="dialog")


@require_POST
@role_required("admin")
def visit_tablet(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Open the form on this device for the patient (kiosk). The staff member is signed out first."""
    path = deliveries.path_of(deliveries.create_staff_link(request.actor, pk, kiosk=True))
    sign_in.end_session(request.auth_session, origin_of_request(request))
    logout(request)
    return redirect(path)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def visit_waive(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Mark the intake as completed without a form, with a reason."""
    form = WaiveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            intake_form = forms.get_or_create(request.actor, pk)
            forms.mark_completed(request.actor, intake_form.pk, reason=form.cleaned_data["reason"])
        except Invalid as error:
            for name, texts in error.fields.items():
                form.add_error(name, list(texts))
        else:
            return _close_dialog(request, Toast(text=_("Intake marked as completed.")))
    row = form_list.form_row(request.actor, pk)
    record_access(request.actor, "appointments", [row.visit.patient_id], resource_id=pk)
    status = 422 if form.errors else 200
    return render_page(request, "intake/form_waive.html", {"row": row, "form": form}, partial="form", status=status)


def _close_dialog(request: ClinicRequest, toast: Toast) -> HttpResponse:
    """Close the dialog, and let the page refresh."""
    if not wants_fragment(request):
        messages.success(request, toast.text)
        return redirect("intake")
    response = render_page(request, "ui/_toast_partial.html", {"toast": toast})
    response["X-Close-Dialog"] = "modal"
    response["HX-Trigger"] = "visits:changed"
    return response


def _row_response(request: ClinicRequest, pk: UUID, toast: Toast | None = None) -> HttpResponse:
    """The current row or panel fragment of the visit; without htmx, a redirect to the list with a message."""
    row = form_list.form_row(request.actor, pk)
    if not wants_fragment(request):
        if toast:
            messages.success(request, toast.text)
        return redirect("intake")
    record_access(request.actor, "intake_forms", [row.visit.patient_id], resource_id=pk)
    asks = request.clinic_settings.intake_delivery_path == ClinicSettings.Delivery.ASK
    context = {"row": row, "toast": toast, "desk": _is_desk(request), "asks": asks}
    part = "row" if f"intake-{pk}" in request.headers.get("HX-Target", "") else "panel"
    return render_page(request, f"intake/_{part}_changed.html", context)


def _is_desk(request: ClinicRequest) -> bool:
    """Whether the actor is the front desk, which has more actions here than a doctor."""
    return bool(request.actor.role == Role.FRONT_DESK)
