"""The booking and rescheduling dialogs, their free slots and their patient search."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from clinicflow.access.guards import role_required
from clinicflow.audit.recorder import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import DomainError, Invalid
from clinicflow.web.display import write_clock, write_date
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page
from clinicflow.web.toasts import Toast
from patients.models import Patient
from patients.rules.details import PatientData
from scheduling.errors import AlreadyMoved, SlotUnavailable, WalkInsNotTaken
from scheduling.forms import SPECIALTY, BookingForm, PlaceForm, SlotSearchForm, offer_doctors, offer_lengths
from scheduling.models import Appointment, FollowUp, WaitlistEntry
from scheduling.operations import appointments
from scheduling.rules.limits import DEFAULT_VISIT
from scheduling.selectors.availability import Slot, SlotSearch, free_slots
from scheduling.selectors.patient_visits import upcoming_visits, visits_of_day
from scheduling.views.patient_picker import chosen_patient, form_of_picker
from scheduling.views.responses import updated
from scheduling.views.slot_options import options_of, options_of_error
from scheduling.views.visit import FIELD_NAMES, instant_of, moved_toast, stretched_toast

CANDIDATES = 6
MAX_SLOTS = 24
MAX_LATER_SLOTS = 6
LATER_DAYS = 30


@require_http_methods(["GET", "POST"])
@role_required("admin")
def visit_new(request: ClinicRequest) -> HttpResponse:
    """Book a visit; `?patient=`, `?doctor=`, `?date=` and `?time=` prefill the form."""
    if request.method == "GET":
        return _booking_page(request, BookingForm(), _initial_values(request))
    form = BookingForm(request.POST)
    form.needs_doctor = request.clinic_settings.require_provider
    duplicates = _possible_duplicates(request, form) if form.is_valid() else []
    if not form.is_valid() or duplicates:
        return _booking_page(request, form, request.POST, duplicates=duplicates, status=422)
    try:
        if same_day := _visits_that_day(request, form.cleaned_data):
            return _booking_page(request, form, request.POST, same_day=same_day, status=422)
        result = _book(request, form.cleaned_data)
    except Invalid as error:
        add_domain_errors(form, error, names=FIELD_NAMES)
        return _booking_page(request, form, request.POST, status=422)
    except (SlotUnavailable, WalkInsNotTaken) as error:
        return _booking_page(request, form, request.POST, refusal=error, status=409)
    return updated(request, result.appointment, booked_toast(result), close="modal", hint_done=True)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def visit_reschedule(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Give a visit another time, doctor or length."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    if request.method == "GET":
        return _reschedule_page(request, PlaceForm(), visit, _values_of_visit(request, visit))
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _reschedule_page(request, form, visit, request.POST, status=422)
    try:
        moved, toast = _reschedule(request, visit, form.cleaned_data)
    except Invalid as error:
        add_domain_errors(form, error, names=FIELD_NAMES)
        return _reschedule_page(request, form, visit, request.POST, status=422)
    except (SlotUnavailable, AlreadyMoved) as error:
        return _reschedule_page(request, form, visit, request.POST, refusal=error, status=409)
    left = visit if moved.pk != visit.pk else None  # a visit of another length does not free its slot
    return updated(request, moved, toast, close="modal sheet", doctors=(visit.doctor_id,), left=left)


@require_GET
@role_required("admin")
def visit_slots(request: ClinicRequest, pk: UUID | None = None) -> HttpResponse:
    """The free slots for the values of the form; `pk` is the visit to move, whose own time counts as free."""
    if pk is not None:
        Appointment.objects.visible_to(request.actor).fetch(pk)
    return render_page(request, "scheduling/_slots.html", _slots(request, request.GET, without=pk))


@require_GET
@role_required("admin", "doctor")
def visit_patients(request: ClinicRequest) -> HttpResponse:
    """Patients that match `?who=` by name, phone or birth date."""
    text = request.GET.get("who", "").strip()[:80]
    matching = Patient.objects.visible_to(request.actor).current().search(text).order_by("search_last", "pk")
    patients = list(matching[:CANDIDATES])
    record_access(request.actor, "patients", [patient.pk for patient in patients])
    context = {"patients": patients, "who": text, "pick": form_of_picker(request.GET)}
    return render_page(request, "scheduling/_patient_hits.html", context)


@require_GET
@role_required("admin", "doctor")
def visit_patient(request: ClinicRequest) -> HttpResponse:
    """The patient section of the booking form: the chosen `?patient=`, the fields of a `?new=` one, or the search.

    The event `patient:chosen` tells the page the patient's own doctor, whom it selects unless one is chosen already.
    """
    context = _patient_context(request, BookingForm(), request.GET)
    response = render_page(request, "scheduling/_patient_choice.html", context)
    chosen = context["chosen"]
    if chosen is not None and chosen.primary_doctor_id:
        trigger_client_event(response, "patient:chosen", {"doctor": str(chosen.primary_doctor_id)})
    return response


# ---------------------------------------------------------------- contexts of the dialogs
def _booking_page(
    request: ClinicRequest,
    form: BookingForm,
    values: QueryDict,
    *,
    refusal: DomainError | None = None,
    duplicates: list[Patient] | None = None,
    same_day: list[Appointment] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_patient_context(request, form, values),
        **_place_context(request, form, values),
        "refusal": refusal,
        "nearest": options_of_error(refusal.extras) if refusal else [],
        "look_alikes": duplicates or [],
        "same_day": same_day or [],
        "is_today": values.get("date") == clock.today(request.actor.timezone).isoformat(),
    }
    return render_page(request, "scheduling/visit_new.html", context, partial="form", status=status)


def _reschedule_page(
    request: ClinicRequest,
    form: PlaceForm,
    visit: Appointment,
    values: QueryDict,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    form.initial = values.dict()
    context = {
        **_place_context(request, form, values, without=visit.pk),
        "visit": visit,
        "refusal": refusal,
        "nearest": options_of_error(refusal.extras) if refusal else [],
    }
    return render_page(request, "scheduling/visit_reschedule.html", context, partial="form", status=status)


def _place_context(
    request: ClinicRequest, form: PlaceForm, values: QueryDict, *, without: UUID | None = None
) -> dict[str, Any]:
    doctors = list(Doctor.objects.visible_to(request.actor).active())
    offer_doctors(form, doctors, first=[] if without else _first_available(doctors))
    offer_lengths(form, values.get("duration", ""))
    slots = _slots(request, values, without=without)
    _show_time(form, slots["own_time"])
    return {"form": form, "values": values, "settings": request.clinic_settings, **slots}


def _first_available(doctors: list[Doctor]) -> list[tuple[str, str]]:
    """The choices above the doctors: the first available of all, or of one specialty."""
    word = _("First available")
    specialties = sorted({doctor.specialty for doctor in doctors if doctor.specialty})
    return [("", word), *((f"{SPECIALTY}{name}", f"{word} · {name}") for name in specialties)]


def _show_time(form: PlaceForm, own_time: str) -> None:
    """Let the time field show the time that would be booked by hand, which may be that of a chip that was taken."""
    form.initial["time"] = own_time
    if form.is_bound:
        shown = QueryDict(mutable=True)
        shown.update(form.data)
        shown["time"] = own_time
        form.data = shown


def _patient_context(request: ClinicRequest, form: BookingForm, values: QueryDict) -> dict[str, Any]:
    chosen = chosen_patient(request, values)
    adding = bool(values.get("new") or values.get("name") or form.has_error("last_name") or values.get("last_name"))
    first, _space, last = values.get("name", "").strip().partition(" ")
    names = {
        "first_name": values.get("first_name") or first.title(),
        "last_name": values.get("last_name") or last.title(),
    }
    form.initial = values.dict() | names
    return {
        "values": values,
        "form": form,
        "chosen": chosen,
        "pick": form_of_picker(request.GET),
        "adding": adding and chosen is None,
        "upcoming": upcoming_visits(request.actor, chosen.pk, clock.now()) if chosen else [],
    }


def _slots(request: ClinicRequest, values: QueryDict, *, without: UUID | None = None) -> dict[str, Any]:
    """The free slots of the chosen day, or if there are none, the next ones."""
    form = SlotSearchForm(values)
    if not form.is_valid():
        return {"slots": [], "later": [], "day": None, "chosen_slot": "", "own_time": values.get("time", "")}
    data = form.cleaned_data
    day = max(data["date"], clock.today(request.actor.timezone))
    search = SlotSearch(
        date_from=day,
        date_to=day,
        doctors=[data["doctor"]] if data["doctor"] else None,
        specialty=data["specialty"],
        duration=data["duration"],
        visit_type=data["visit_type"] or Appointment.VisitType.IN_CLINIC,
        limit=200,
        without=[without] if without else [],
    )
    slots = _distinct_times(free_slots(request.actor, search), data["doctor"])
    later = []
    if not slots:
        step = dt.timedelta(days=1)
        search = replace(search, date_from=day + step, date_to=day + LATER_DAYS * step, limit=60)
        later = _distinct_times(free_slots(request.actor, search), data["doctor"])[:MAX_LATER_SLOTS]
    at_time = [slot for slot in slots if data["time"] and slot.start_time == data["time"]]
    return {
        "slots": options_of(slots[:MAX_SLOTS] if not at_time else slots, with_doctor=not data["doctor"]),
        "later": options_of(later, with_doctor=not data["doctor"]),
        "day": day,
        "chosen_slot": values.get("slot") or next((slot.value for slot in at_time), ""),
        "own_time": "" if at_time else _own_time(request, data, slots + later),
    }


def _own_time(request: ClinicRequest, data: dict[str, Any], offered: list[Slot]) -> str:
    """The value of the time field: the entered time, or that of a chosen slot that has been taken meanwhile."""
    if data["slot"] and data["slot"][1] not in [slot.starts_at for slot in offered]:
        return f"{clock.local(data['slot'][1], request.actor.timezone):%H:%M}"
    return f"{data['time']:%H:%M}" if data["time"] and not data["slot"] else ""


def _distinct_times(slots: list[Slot], doctor: UUID | None) -> list[Slot]:
    """The slots, for the first available doctor each time once, with the doctor who has fewer visits that day."""
    if doctor:
        return slots
    first: dict[dt.datetime, Slot] = {}
    for slot in slots:
        first.setdefault(slot.starts_at, slot)
    return list(first.values())


# ---------------------------------------------------------------- between the form and the operations
def _initial_values(request: ClinicRequest) -> QueryDict:
    """The initial values: the query string, completed with today, the doctor's default length and in-clinic."""
    values = request.GET.copy()
    for name, value in _values_of_origin(request, values).items():
        values.setdefault(name, value)
    values.setdefault("date", clock.today(request.actor.timezone).isoformat())
    patient = chosen_patient(request, values)
    if patient is not None and patient.primary_doctor_id and "doctor" not in values:
        values["doctor"] = str(patient.primary_doctor_id)
    if not values.get("duration"):
        form = SlotSearchForm(values)
        form.is_valid()
        chosen = form.cleaned_data.get("doctor")
        doctor = Doctor.objects.visible_to(request.actor).filter(pk=chosen).first() if chosen else None
        values["duration"] = str(doctor.default_visit_length if doctor else DEFAULT_VISIT)
    values.setdefault("visit_type", Appointment.VisitType.IN_CLINIC)
    return values


def _values_of_origin(request: ClinicRequest, values: QueryDict) -> dict[str, str]:
    """The form values from the follow-up or waitlist entry to fulfil, empty without a visible one."""
    form = BookingForm(values)
    form.is_valid()
    today = clock.today(request.actor.timezone)
    initial: dict[str, Any] = {}
    if pk := form.cleaned_data.get("follow_up"):
        follow_up = FollowUp.objects.visible_to(request.actor).pending().filter(pk=pk).first()
        if follow_up:
            initial = {"patient": follow_up.patient_id, "doctor": follow_up.doctor_id}
            initial["date"] = max(today, follow_up.scheduled_date)
            initial["visit_category"] = Appointment.VisitCategory.FOLLOW_UP.value
    elif pk := form.cleaned_data.get("waitlist"):
        entry = WaitlistEntry.objects.visible_to(request.actor).waiting().filter(pk=pk).first()
        if entry:
            initial = {"patient": entry.patient_id, "doctor": entry.doctor_id or ""}
            initial |= {"date": max(today, entry.date_from), "duration": entry.duration, "visit_type": entry.visit_type}
    return {name: str(value) for name, value in initial.items()}


def _values_of_visit(request: ClinicRequest, visit: Appointment) -> QueryDict:
    """The initial values for rescheduling a visit."""
    values = request.GET.copy()
    values.setdefault("doctor", str(visit.doctor_id))
    values.setdefault("date", clock.local(visit.starts_at, request.actor.timezone).date().isoformat())
    values.setdefault("duration", str(visit.duration))
    values.setdefault("visit_type", visit.visit_type)
    return values


def _chosen_slot(request: ClinicRequest, data: dict[str, Any]) -> tuple[UUID | None, dt.datetime]:
    """The doctor, None for the first available one, and the instant; a chosen slot precedes an entered time."""
    if data["slot"]:
        slot: tuple[UUID, dt.datetime] = data["slot"]
        return slot
    return data["doctor"], instant_of(request, data["date"], data["time"])


def _reschedule(request: ClinicRequest, visit: Appointment, data: dict[str, Any]) -> tuple[Appointment, Toast]:
    """Move the visit, or if only its length differs, change that and keep it confirmed."""
    doctor_id, starts_at = _chosen_slot(request, data)
    changes: dict[str, Any] = {"duration": data["duration"], "override_reason": data["override_reason"]}
    if (doctor_id, starts_at) == (visit.doctor_id, visit.starts_at):
        stretched = appointments.stretch(request.actor, visit.pk, at=clock.now(), **changes).appointment
        return stretched, stretched_toast(stretched, before=visit.duration)
    moved = appointments.reschedule(
        request.actor, visit.pk, starts_at=starts_at, doctor_id=doctor_id, at=clock.now(), **changes
    ).appointment
    return moved, moved_toast(moved)


def _book(request: ClinicRequest, data: dict[str, Any]) -> appointments.BookingResult:
    """Book the visit of a valid BookingForm, and register its patient first if they are new."""
    booking = _booking_request(request, data)
    if booking.patient_id:
        return appointments.book(request.actor, booking, at=clock.now())
    patient = PatientData(
        first_name=data["first_name"],
        last_name=data["last_name"],
        date_of_birth=data["date_of_birth"],
        phone=str(data["phone"] or ""),
        email=data["email"],
        preferred_language=data["language"] or Patient.Language.ENGLISH,
        guardian=_guardian(data),
    )
    return appointments.register_and_book(request.actor, patient, booking, at=clock.now())


def _booking_request(request: ClinicRequest, data: dict[str, Any]) -> appointments.BookingRequest:
    walk_in = data["walk_in"]
    doctor_id, starts_at = (data["doctor"], clock.now()) if walk_in else _chosen_slot(request, data)
    is_video = data["visit_type"] == Appointment.VisitType.VIRTUAL
    return appointments.BookingRequest(
        patient_id=data["patient"],
        doctor_id=doctor_id,
        starts_at=starts_at,
        walk_in=walk_in,
        duration=data["duration"],
        visit_type=data["visit_type"],
        visit_category=data["visit_category"] or None,
        reason=data["reason"],
        meeting_link=data["meeting_link"] if is_video else "",
        specialty=data["specialty"],
        override_reason=data["override_reason"],
        follow_up_id=data["follow_up"],
        waitlist_entry_id=data["waitlist"],
    )


def _guardian(data: dict[str, Any]) -> dict[str, str]:
    guardian = {"name": data["guardian_name"], "phone": str(data["guardian_phone"] or "")}
    return guardian if any(guardian.values()) else {}


def _visits_that_day(request: ClinicRequest, data: dict[str, Any]) -> list[Appointment]:
    """The patient's other visits of the day of the new one, empty once the front desk has confirmed a second visit."""
    if not data["patient"] or data["second_visit"]:
        return []
    starts_at = clock.now() if data["walk_in"] else _chosen_slot(request, data)[1]
    return visits_of_day(request.actor, data["patient"], starts_at)


def _possible_duplicates(request: ClinicRequest, form: BookingForm) -> list[Patient]:
    """Existing patients who may be the new one, empty once the front desk has confirmed that they are not."""
    data = form.cleaned_data
    if data["patient"] or data["not_the_same"]:
        return []
    similar = (
        Patient.objects.visible_to(request.actor)
        .current()
        .looking_like(
            first_name=data["first_name"],
            last_name=data["last_name"],
            date_of_birth=data["date_of_birth"],
            phone=str(data["phone"] or ""),
        )
    )
    return list(similar.order_by("search_last", "pk")[:CANDIDATES])


def booked_toast(result: appointments.BookingResult) -> Toast:
    """The patient, time and doctor of a booking, its warnings, and the undo."""
    booked = result.appointment
    text = _("Booked %(name)s for %(day)s, %(time)s, %(doctor)s") % {
        "name": booked.patient.full_name,
        "day": write_date(booked.starts_at, "weekday"),
        "time": write_clock(booked.starts_at),
        "doctor": booked.doctor.name,
    }
    if "patient_overlap" in result.warnings:
        text += _(". They have another visit at that time.")
    return Toast(text=text, undo=reverse("visit_delete", args=[booked.pk]))
