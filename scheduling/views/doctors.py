"""Doctors in the settings: their profiles, calendar URLs and deactivation."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinic_settings.forms.doctor_profile import ProfileForm
from clinicflow.clinic_settings.presentation.settings_display import format_hours
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.clinics.operations import doctors
from clinicflow.core import clock
from clinicflow.core.errors import DomainError, Invalid
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page
from scheduling.forms import LeavingForm
from scheduling.operations import absences, calendar_feeds, doctor_deactivation
from scheduling.views.absences import add_plan_messages

PAGE = 50


@require_GET
@role_required("admin")
def doctor_list(request: ClinicRequest) -> HttpResponse:
    """The clinic's active doctors, or with `?who=left` the inactive ones."""
    has_left = request.GET.get("who") == "left"
    matching = Doctor.objects.visible_to(request.actor).filter(is_active=not has_left)
    matching = matching.prefetch_related("preferences", "memberships__user").order_by("name", "id")
    page = Paginator(matching, PAGE).get_page(request.GET.get("page"))
    rows = [{"doctor": doctor, **_details(doctor)} for doctor in page]
    context = {"rows": rows, "page": page, "has_left": has_left}
    return render_page(request, "scheduling/doctor_list.html", context)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def doctor_new(request: ClinicRequest) -> HttpResponseBase:
    """Add a doctor."""
    form = ProfileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            doctor = doctors.create(request.actor, form.profile())
        except Invalid as error:
            add_domain_errors(form, error)
        else:
            messages.success(request, _("%(name)s can now be booked.") % {"name": doctor.name})
            return redirect("doctor", doctor.pk)
    return render_page(request, "scheduling/doctor.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def doctor_edit(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    """Edit a doctor."""
    doctor = _fetch(request, pk)
    form = ProfileForm(request.POST or None, initial=ProfileForm.values_of(doctor))
    if request.method == "POST" and form.is_valid():
        try:
            doctors.update(request.actor, pk, form.profile())
        except Invalid as error:
            add_domain_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("doctor", pk)
    return _page(request, doctor, form)


@require_POST
@role_required("admin")
def doctor_leave(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    """Hand over the upcoming visits of a doctor, or cancel them."""
    doctor = _fetch(request, pk)
    plan = _plan_form(request, doctor, request.POST)
    if plan.is_valid():
        data = plan.cleaned_data
        to_doctor = data["to_doctor"]
        chosen = absences.Plan(
            what=absences.PlanAction(data["what"]),
            visits=data["visits"],
            doctor_id=to_doctor.pk if to_doctor else None,
            note=data["note"],
        )
        try:
            result = doctor_deactivation.deactivate(request.actor, pk, chosen, at=clock.now())
        except Invalid as error:
            add_domain_errors(plan, error, names={"reason_note": "note", "doctor_id": "to_doctor"})
        else:
            add_plan_messages(request, result)
            return redirect("doctor", pk)
    return _page(request, doctor, ProfileForm(initial=ProfileForm.values_of(doctor)), plan)


@require_POST
@role_required("admin")
def doctor_retire(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    """Deactivate a doctor without upcoming visits."""
    try:
        doctor = doctor_deactivation.deactivate_now(request.actor, pk, at=clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, error.detail)
    else:
        messages.success(request, _("%(name)s can no longer be booked.") % {"name": doctor.name})
    return redirect("doctor", pk)


@require_POST
@role_required("admin")
def doctor_return(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    doctor = doctors.reactivate(request.actor, pk)
    messages.success(request, _("%(name)s can be booked again.") % {"name": doctor.name})
    return redirect("doctor", pk)


@never_cache
@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def calendar(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The secret URL of a doctor's calendar: created by a POST and shown in its response only."""
    doctor = _managed_doctor(request, pk)
    url = ""
    if request.method == "POST":
        token = calendar_feeds.issue(request.actor, pk)
        url = f"{request.build_absolute_uri(reverse('api_calendar', args=[pk]))}?token={token}"
        doctor = _managed_doctor(request, pk)
    context = {"doctor": doctor, "address": url, "is_mine": pk == request.actor.doctor_id}
    return render_page(request, "scheduling/doctor_calendar.html", context)


@require_POST
@role_required("admin", "doctor")
def calendar_end(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    """Revoke the calendar URL."""
    _managed_doctor(request, pk)
    calendar_feeds.revoke(request.actor, pk)
    messages.success(request, _("The calendar link no longer works."))
    return redirect("doctor_calendar", pk)


def _page(request: ClinicRequest, doctor: Doctor, form: ProfileForm, plan: LeavingForm | None = None) -> HttpResponse:
    ahead = list(doctor_deactivation.visits_ahead(request.actor, doctor.pk, at=clock.now()))
    plan = plan or (_plan_form(request, doctor) if ahead else None)
    record_access(request.actor, "appointments", [visit.patient_id for visit in ahead])
    is_invalid = form.errors or (plan is not None and plan.is_bound)
    context = {"doctor": doctor, "form": form, "plan": plan, "hit": ahead, **_details(doctor)}
    return render_page(request, "scheduling/doctor.html", context, status=422 if is_invalid else 200)


def _plan_form(request: ClinicRequest, doctor: Doctor, data: QueryDict | None = None) -> LeavingForm:
    ahead = list(doctor_deactivation.visits_ahead(request.actor, doctor.pk, at=clock.now()))
    others = Doctor.objects.visible_to(request.actor).active().exclude(pk=doctor.pk)
    selected = {"visits": [str(visit.pk) for visit in ahead]}
    return LeavingForm(data, doctors=others, visits=ahead, initial=selected)


def _details(doctor: Doctor) -> dict[str, Any]:
    """A doctor's hours, visit types and the member who signs in as them."""
    settings = next(iter(doctor.preferences.all()), None)
    types = [kind for kind in ("in-clinic", "virtual") if settings is None or settings.takes(kind)]
    signs_in = next((membership.shown_name for membership in doctor.memberships.all()), "")
    own_week = settings.own_week if settings is not None else {}
    hours = format_hours({**(doctor.working_hours or {}), **own_week})
    return {"hours": hours, "types": types, "signs_in": signs_in, "own_week": own_week}


def _fetch(request: ClinicRequest, pk: UUID) -> Doctor:
    doctor: Doctor = Doctor.objects.visible_to(request.actor).fetch(pk)
    return doctor


def _managed_doctor(request: ClinicRequest, pk: UUID) -> Doctor:
    doctor: Doctor = Doctor.objects.visible_to(request.actor).looked_after_by(request.actor).fetch(pk)
    return doctor
