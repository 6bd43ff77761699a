"""The clinic's side: forms by state, and what is done about them."""

from uuid import UUID

from django.contrib import messages as notes
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
from intake.forms import ListForm, WaiveForm
from intake.operations import deliveries, forms, links
from intake.selectors import form_list
from intake.views.qr import square_of


@require_GET
@role_required("admin", "doctor")
def intake(request: ClinicRequest) -> HttpResponse:
    """Visits with the state of their forms; `?state=`, `?doctor=` and `?when=past` narrow it."""
    asked = ListForm(request.GET).asked()
    page = Paginator(form_list.rows(request.actor, asked), form_list.PAGE).get_page(request.GET.get("page"))
    found = form_list.rows_of(request.actor, list(page.object_list))
    record_access(request.actor, "intake_forms", [row.visit.patient_id for row in found])
    counts = form_list.counts(request.actor, asked)
    context = {
        "rows": found,
        "page": page,
        "asked": asked,
        "total": sum(counts.values()),
        "tabs": [{"state": state, "count": counts[state.key]} for state in form_list.STATES],
        "desk": _is_desk(request),
        "doctors": Doctor.objects.visible_to(request.actor).active(),
    }
    return render_page(request, "intake/form_list.html", context, partial="list")


@require_GET
@role_required("admin", "doctor")
def visit_intake(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The form's state and what can be done, as a part of the visit's panel."""
    return _answer(request, pk)


@require_POST
@role_required("admin", "doctor")
def visit_send(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Send the link, the first time or again."""
    message = deliveries.send_link(request.actor, pk)
    way = _("text") if message.channel == "sms" else _("e-mail")
    return _answer(request, pk, Toast(text=_("The link is on its way by %(way)s.") % {"way": way}))


@require_POST
@role_required("admin")
def visit_revoke(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Close the links that are out."""
    links.revoke(request.actor, pk)
    return _answer(request, pk, Toast(text=_("No link to this form opens any more.")))


@require_POST
@role_required("admin")
def visit_link(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """A link to show, to copy or to scan: another way than a message."""
    address = deliveries.hand_to_staff(request.actor, pk)
    row = form_list.row_of(request.actor, pk)
    record_access(request.actor, "appointments", [row.visit.patient_id], resource_id=pk)
    context = {
        "row": row,
        "address": address,
        "path": deliveries.path_of(address),
        "square": square_of(address),
    }
    return render_page(request, "intake/link_show.html", context, partial="dialog")


@require_POST
@role_required("admin")
def visit_tablet(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Open the form on this device for the patient at the desk. Whoever hands it over is signed out of it first."""
    path = deliveries.path_of(deliveries.hand_to_staff(request.actor, pk, kiosk=True))
    sign_in.end_session(request.auth_session, origin_of_request(request))
    logout(request)
    return redirect(path)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def visit_waive(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Count the intake as completed without a form, with a reason."""
    form = WaiveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            intake_form = forms.get_or_create(request.actor, pk)
            forms.mark_completed(request.actor, intake_form.pk, reason=form.cleaned_data["reason"])
        except Invalid as error:
            for name, texts in error.fields.items():
                form.add_error(name, list(texts))
        else:
            return _close(request, Toast(text=_("The intake counts as completed.")))
    row = form_list.row_of(request.actor, pk)
    record_access(request.actor, "appointments", [row.visit.patient_id], resource_id=pk)
    status = 422 if form.errors else 200
    return render_page(request, "intake/form_waive.html", {"row": row, "form": form}, partial="form", status=status)


def _close(request: ClinicRequest, toast: Toast) -> HttpResponse:
    """The dialog is done; the page behind it asks for what has changed."""
    if not wants_fragment(request):
        notes.success(request, toast.text)
        return redirect("intake")
    response = render_page(request, "ui/_toast_partial.html", {"toast": toast})
    response["X-Close-Dialog"] = "modal"
    response["HX-Trigger"] = "visits:changed"
    return response


def _answer(request: ClinicRequest, pk: UUID, toast: Toast | None = None) -> HttpResponse:
    """The visit's row or panel part as it is now; without htmx, the list with the toast as a message."""
    row = form_list.row_of(request.actor, pk)
    if not wants_fragment(request):
        if toast:
            notes.success(request, toast.text)
        return redirect("intake")
    record_access(request.actor, "intake_forms", [row.visit.patient_id], resource_id=pk)
    asks = request.clinic_settings.intake_delivery_path == ClinicSettings.Delivery.ASK
    context = {"row": row, "toast": toast, "desk": _is_desk(request), "asks": asks}
    part = "row" if f"intake-{pk}" in request.headers.get("HX-Target", "") else "panel"
    return render_page(request, f"intake/_{part}_changed.html", context)


def _is_desk(request: ClinicRequest) -> bool:
    """Whether the front desk is looking, which has more to do here than a doctor."""
    return bool(request.actor.role == Role.FRONT_DESK)
