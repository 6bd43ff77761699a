"""The waitlist: its list and form, matches for free slots, and offers."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.web.display import write_clock, write_date
from clinicflow.web.forms import add_domain_errors, invalid_of
from clinicflow.web.render import render_page
from clinicflow.web.templatetags.ui import phone
from clinicflow.web.toasts import Toast
from scheduling.forms import ChosenSlotForm, WaitlistFilterForm, WaitlistForm, offer_doctors, offer_lengths
from scheduling.models import Appointment, WaitlistEntry
from scheduling.operations import appointments, waitlist
from scheduling.querysets import WaitlistQuerySet
from scheduling.rules.limits import DEFAULT_VISIT
from scheduling.selectors.waitlist_matching import freed_by, nearest_for
from scheduling.views.booking import booked_toast
from scheduling.views.patient_picker import picker_context
from scheduling.views.responses import updated, with_toast
from scheduling.views.visit import FIELD_NAMES

PAGE = 20
STATES = WaitlistFilterForm.STATES


@require_GET
@role_required("admin")
def waitlist_page(request: ClinicRequest) -> HttpResponse:
    """The entries, longest wait first, with the nearest free slots of each. Filters: `?state=`, `?doctor=`, `?day=`."""
    filters = WaitlistFilterForm(request.GET).filters()
    rows = _filtered(WaitlistEntry.objects.visible_to(request.actor), filters)
    page = Paginator(rows.filter(status__in=STATES[filters["state"] or ""]).for_list(), PAGE).get_page(
        request.GET.get("page")
    )
    entries = list(page.object_list)
    record_access(request.actor, "waitlist_entries", [entry.patient_id for entry in entries])
    open_entries = [entry for entry in entries if entry.status in WaitlistEntry.OPEN]
    matches = nearest_for(request.actor, open_entries, at=clock.now())
    context = {
        "rows": [
            {"entry": entry, "fits": matches.get(entry.pk, []), "open": entry in open_entries} for entry in entries
        ],
        "page": page,
        "asked": filters,
        "counts": _counts(rows),
        "doctors": Doctor.objects.visible_to(request.actor).active(),
        "now": clock.now(),
    }
    return render_page(request, "scheduling/waitlist.html", context, partial="list")


@require_http_methods(["GET", "POST"])
@role_required("admin")
def waitlist_new(request: ClinicRequest) -> HttpResponse:
    """Add a patient to the waitlist; `?patient=` and `?doctor=` prefill the form."""
    if request.method == "GET":
        return _form_page(request, WaitlistForm(), _initial_values(request))
    form = WaitlistForm(request.POST)
    if form.is_valid() and not form.cleaned_data["patient"]:
        form.add_error("patient", _("Choose a patient."))
    if form.is_valid():
        try:
            entry = waitlist.add(request.actor, patient_id=form.cleaned_data["patient"], **form.entry_fields())
        except Invalid as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
        else:
            toast = Toast(
                text=_("%(name)s is on the waitlist") % {"name": entry.patient.full_name},
                undo=reverse("waitlist_remove", args=[entry.pk]),
            )
            return with_toast(request, toast, page="waitlist", close="modal")
    return _form_page(request, form, request.POST, status=422)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def waitlist_edit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Edit an entry; its position in the queue is kept."""
    entry = WaitlistEntry.objects.visible_to(request.actor).for_list().fetch(pk)
    record_access(request.actor, "waitlist_entries", [entry.patient_id], resource_id=entry.pk)
    if request.method == "GET":
        return _form_page(request, WaitlistForm(), _values_of(entry), entry=entry)
    form = WaitlistForm(request.POST)
    if form.is_valid():
        try:
            waitlist.update(request.actor, pk, **form.entry_fields())
        except Invalid as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
        else:
            toast = Toast(text=_("Updated the waitlist entry of %(name)s") % {"name": entry.patient.full_name})
            return with_toast(request, toast, page="waitlist", close="modal")
    return _form_page(request, form, request.POST, entry=entry, status=422)


@require_POST
@role_required("admin")
def waitlist_remove(request: ClinicRequest, pk: UUID) -> HttpResponse:
    entry = waitlist.remove(request.actor, pk)
    toast = Toast(
        text=_("Removed %(name)s from the waitlist") % {"name": entry.patient.full_name},
        undo=reverse("waitlist_restore", args=[pk]),
    )
    return with_toast(request, toast, page="waitlist", doctors=(entry.doctor_id,))


@require_POST
@role_required("admin")
def waitlist_restore(request: ClinicRequest, pk: UUID) -> HttpResponse:
    entry = waitlist.restore(request.actor, pk)
    toast = Toast(text=_("%(name)s is back on the waitlist") % {"name": entry.patient.full_name})
    return with_toast(request, toast, page="waitlist", doctors=(entry.doctor_id,))


@require_POST
@role_required("admin")
def waitlist_offer(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Offer the chosen slot; the toast says how the patient is notified."""
    doctor_id, starts_at = _slot(request)
    entry = waitlist.offer(request.actor, pk, doctor_id=doctor_id, starts_at=starts_at, at=clock.now())
    record_access(request.actor, "waitlist_entries", [entry.patient_id], resource_id=entry.pk)
    toast = Toast(text=_offered_text(entry, starts_at), undo=reverse("waitlist_keep", args=[pk]))
    return with_toast(request, toast, page="waitlist", doctors=(doctor_id,), hint_done=True)


@require_POST
@role_required("admin")
def waitlist_keep(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Withdraw an offer."""
    entry = waitlist.withdraw_offer(request.actor, pk)
    toast = Toast(text=_("Withdrew the offer; %(name)s keeps waiting") % {"name": entry.patient.full_name})
    return with_toast(request, toast, page="waitlist", doctors=(entry.doctor_id,))


@require_POST
@role_required("admin")
def waitlist_book(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Book the chosen slot for the waiting patient, which closes the entry."""
    doctor_id, starts_at = _slot(request)
    entry = WaitlistEntry.objects.visible_to(request.actor).fetch(pk)
    booking = appointments.BookingRequest(
        patient_id=entry.patient_id,
        doctor_id=doctor_id,
        starts_at=starts_at,
        duration=entry.duration,
        visit_type=entry.visit_type,
        waitlist_entry_id=entry.pk,
    )
    result = appointments.book(request.actor, booking, at=clock.now())
    return updated(request, result.appointment, booked_toast(result), close="modal", hint_done=True)


@require_GET
@role_required("admin")
def waitlist_fits(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """The entries that match the freed slot of a visit."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(visit_id)
    freed = freed_by(request.actor, visit, at=clock.now())
    record_access(request.actor, "waitlist_entries", [entry.patient_id for entry in freed.entries] if freed else [])
    context = {"freed": freed, "visit": visit}
    return render_page(request, "scheduling/waitlist_fits.html", context, partial="dialog")


# ---------------------------------------------------------------- contexts of the pages
def _filtered(rows: WaitlistQuerySet, filters: dict[str, Any]) -> WaitlistQuerySet:
    if filters["doctor"]:
        rows = rows.filter(Q(doctor_id=filters["doctor"]) | Q(doctor_id=None))
    return rows.filter(date_from__lte=filters["day"], date_to__gte=filters["day"]) if filters["day"] else rows


def _counts(rows: WaitlistQuerySet) -> list[dict[str, Any]]:
    """The tabs with the number of entries of each state."""
    numbers = dict(rows.order_by().values_list("status").annotate(number=Count("pk")))
    tabs = {
        "": (_("Waiting"), "hourglass", ""),
        "waiting": (_("Not offered yet"), "clock", "warn"),
        "offered": (_("Offered"), "send", "info"),
        "booked": (_("Booked"), "calendar-check", "ok"),
        "removed": (_("Removed"), "x", ""),
    }
    return [
        {
            "key": key,
            "word": word,
            "icon": icon,
            "tone": tone,
            "count": sum(numbers.get(status, 0) for status in STATES[key]),
        }
        for key, (word, icon, tone) in tabs.items()
    ]


def _form_page(
    request: ClinicRequest,
    form: WaitlistForm,
    values: QueryDict,
    *,
    entry: WaitlistEntry | None = None,
    status: int = 200,
) -> HttpResponse:
    form.initial = values.dict()
    offer_doctors(form, Doctor.objects.visible_to(request.actor).active(), first=[("", _("Any doctor"))])
    offer_lengths(form, values.get("duration", ""))
    context = {
        "form": form,
        "values": values,
        "entry": entry,
        **({} if entry else picker_context(request, values, "waitlist_new")),
    }
    return render_page(request, "scheduling/waitlist_edit.html", context, partial="form", status=status)


def _initial_values(request: ClinicRequest) -> QueryDict:
    """The initial values: the query string, by default from today for two weeks."""
    values = request.GET.copy()
    today = clock.today(request.actor.timezone)
    values.setdefault("date_from", today.isoformat())
    values.setdefault("date_to", (today + dt.timedelta(days=14)).isoformat())
    values.setdefault("duration", str(DEFAULT_VISIT))
    values.setdefault("visit_type", Appointment.VisitType.IN_CLINIC)
    return values


def _values_of(entry: WaitlistEntry) -> QueryDict:
    values = QueryDict(mutable=True)
    for name in ("date_from", "date_to", "duration", "visit_type", "note"):
        values[name] = str(getattr(entry, name))
    for name in ("time_from", "time_to"):
        values[name] = f"{getattr(entry, name):%H:%M}" if getattr(entry, name) else ""
    values["doctor"] = str(entry.doctor_id or "")
    return values


def _slot(request: ClinicRequest) -> tuple[UUID, dt.datetime]:
    form = ChosenSlotForm(request.POST)
    if not form.is_valid():
        raise invalid_of(form)
    slot: tuple[UUID, dt.datetime] = form.cleaned_data["slot"]
    return slot


def _offered_text(entry: WaitlistEntry, starts_at: dt.datetime) -> str:
    values = {
        "name": entry.patient.full_name,
        "day": write_date(starts_at, "weekday"),
        "time": write_clock(starts_at),
        "phone": phone(entry.patient.phone) or _("no phone"),
    }
    message = entry.offer_message
    if message is None:
        return _("Recorded the offer of %(day)s, %(time)s. %(name)s gets no message: please call %(phone)s") % values
    if message.channel == message.Channel.SMS:
        return _("Offered %(name)s %(day)s, %(time)s by text") % values
    return _("Offered %(name)s %(day)s, %(time)s by email") % values
