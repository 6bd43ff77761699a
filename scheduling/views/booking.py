"""New visits and new times: the dialogs, their free times and the patients they find."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import DomainError, Invalid
from clinicflow.web.display import write_clock, write_date
from clinicflow.web.render import render_page
from clinicflow.web.toasts import Toast
from patients.models import Patient
from scheduling.errors import AlreadyMoved, SlotUnavailable, WalkInsNotTaken
from scheduling.forms import SPECIALTY, BookingForm, PlaceForm, SlotSearchForm, offer_doctors, offer_lengths
from scheduling.models import Appointment, FollowUp, WaitlistEntry
from scheduling.operations import appointments, front_desk
from scheduling.selectors.availability import Slot, free_slots
from scheduling.views.patient_picker import chosen_patient, picked_patient_id
from scheduling.views.responses import updated
from scheduling.views.slot_options import options_of, options_of_error
from scheduling.views.visit import add_errors, instant, moved_toast, stretched_toast

CANDIDATES = 6
CHIPS = 24
LATER_CHIPS = 6
LATER_DAYS = 30


@require_http_methods(["GET", "POST"])
@role_required("admin")
def visit_new(request: ClinicRequest) -> HttpResponse:
    """Book a visit; `?patient=`, `?doctor=`, `?date=` and `?time=` fill it in."""
    if request.method == "GET":
        return _booking_page(request, BookingForm(), _starting_with(request))
    form = BookingForm(request.POST)
    form.needs_doctor = request.clinic_settings.require_provider
    look_alikes = _look_alikes(request, form) if form.is_valid() else []
    if not form.is_valid() or look_alikes:
        return _booking_page(request, form, request.POST, look_alikes=look_alikes, status=422)
    try:
        booked = front_desk.take(request.actor, _request_of(request, form.cleaned_data), at=clock.now())
    except Invalid as error:
        add_errors(form, error)
        return _booking_page(request, form, request.POST, status=422)
    except (SlotUnavailable, WalkInsNotTaken) as error:
        return _booking_page(request, form, request.POST, refusal=error, status=409)
    return updated(request, booked, booked_toast(booked), close="modal", hint_done=True)


@require_http_methods(["GET", "POST"])
@role_required("admin")
def visit_reschedule(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Give a visit another time, doctor or length."""
    visit = Appointment.objects.visible_to(request.actor).for_cards().fetch(pk)
    if request.method == "GET":
        return _reschedule_page(request, PlaceForm(), visit, _place_of(request, visit))
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _reschedule_page(request, form, visit, request.POST, status=422)
    try:
        moved, toast = _give_another_time(request, visit, form.cleaned_data)
    except Invalid as error:
        add_errors(form, error)
        return _reschedule_page(request, form, visit, request.POST, status=422)
    except (SlotUnavailable, AlreadyMoved) as error:
        return _reschedule_page(request, form, visit, request.POST, refusal=error, status=409)
    left = visit if moved.pk != visit.pk else None  # a visit that only got longer frees no time
    return updated(request, moved, toast, close="modal sheet", doctors=(visit.doctor_id,), left=left)


@require_GET
@role_required("admin")
def visit_slots(request: ClinicRequest, pk: UUID | None = None) -> HttpResponse:
    """The free times for what the form says; `pk` is the visit that gives its own time up."""
    if pk is not None:
        Appointment.objects.visible_to(request.actor).fetch(pk)
    return render_page(request, "scheduling/_slots.html", _slots(request, request.GET, without=pk))


@require_GET
@role_required("admin", "doctor")
def visit_patients(request: ClinicRequest) -> HttpResponse:
    """Patients to choose from, as their name, phone or birth date is typed."""
    text = request.GET.get("who", "").strip()[:80]
    found = Patient.objects.visible_to(request.actor).current().search(text).order_by("search_last", "pk")
    patients = list(found[:CANDIDATES])
    record_access(request.actor, "patients", [patient.pk for patient in patients])
    context = {"patients": patients, "who": text, "pick": picked_patient_id(request.GET)}
    return render_page(request, "scheduling/_patient_hits.html", context)


@require_GET
@role_required("admin", "doctor")
def visit_patient(request: ClinicRequest) -> HttpResponse:
    """The patient's part of the booking form: `?patient=` chosen, `?new=` fields for one, or the search."""
    return render_page(
        request, "scheduling/_patient_choice.html", _patient_context(request, BookingForm(), request.GET)
    )


# ---------------------------------------------------------------- what the dialogs show
def _booking_page(
    request: ClinicRequest,
    form: BookingForm,
    values: QueryDict,
    *,
    refusal: DomainError | None = None,
    look_alikes: list[Patient] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_patient_context(request, form, values),
        **_place_context(request, form, values),
        "refusal": refusal,
        "nearest": options_of_error(refusal.extras) if refusal else [],
        "look_alikes": look_alikes or [],
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
        shown = form.data.copy()
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
        "pick": picked_patient_id(request.GET),
        "adding": adding and chosen is None,
    }


def _slots(request: ClinicRequest, values: QueryDict, *, without: UUID | None = None) -> dict[str, Any]:
    """Free times on the day asked for, or, where there are none, the next ones."""
    form = SlotSearchForm(values)
    if not form.is_valid():
        return {"slots": [], "later": [], "day": None, "chosen_slot": "", "own_time": values.get("time", "")}
    data = form.cleaned_data
    search: dict[str, Any] = {
        "doctors": [data["doctor"]] if data["doctor"] else None,
        "specialty": data["specialty"] or None,
        "duration": data["duration"],
        "visit_type": data["visit_type"] or Appointment.VisitType.IN_CLINIC,
        "without": [without] if without else [],
    }
    day = max(data["date"], clock.today(request.actor.timezone))
    slots = _one_each(free_slots(request.actor, date_from=day, date_to=day, limit=200, **search), data["doctor"])
    later = []
    if not slots:
        step = dt.timedelta(days=1)
        found = free_slots(request.actor, date_from=day + step, date_to=day + LATER_DAYS * step, limit=60, **search)
        later = _one_each(found, data["doctor"])[:LATER_CHIPS]
    at_time = [slot for slot in slots if data["time"] and slot.start_time == data["time"]]
    return {
        "slots": options_of(slots[:CHIPS] if not at_time else slots),
        "later": options_of(later),
        "day": day,
        "chosen_slot": values.get("slot") or next((chip.value for chip in options_of(at_time)), ""),
        "own_time": "" if at_time else _own_time(request, data, slots + later),
    }


def _own_time(request: ClinicRequest, data: dict[str, Any], offered: list[Slot]) -> str:
    """The time to go on with by hand: the one typed, or a chip that somebody else has taken meanwhile."""
    if data["slot"] and data["slot"][1] not in [slot.starts_at for slot in offered]:
        return f"{clock.local(data['slot'][1], request.actor.timezone):%H:%M}"
    return f"{data['time']:%H:%M}" if data["time"] and not data["slot"] else ""


def _one_each(slots: list[Slot], doctor: UUID | None) -> list[Slot]:
    """For the first available doctor: each time once, with the doctor who has fewer visits that day."""
    if doctor:
        return slots
    first: dict[dt.datetime, Slot] = {}
    for slot in slots:
        first.setdefault(slot.starts_at, slot)
    return list(first.values())


# ---------------------------------------------------------------- from the form to the operation
def _starting_with(request: ClinicRequest) -> QueryDict:
    """What the address says, with today, the doctor's usual length and the clinic's usual answers where it does not."""
    values = request.GET.copy()
    for name, value in _out_of(request, values).items():
        values.setdefault(name, value)
    values.setdefault("date", clock.today(request.actor.timezone).isoformat())
    if not values.get("duration"):
        known = SlotSearchForm(values)
        known.is_valid()
        chosen = known.cleaned_data.get("doctor")
        doctor = Doctor.objects.visible_to(request.actor).filter(pk=chosen).first() if chosen else None
        values["duration"] = str(doctor.default_visit_length if doctor else 30)
    values.setdefault("visit_type", Appointment.VisitType.IN_CLINIC)
    return values


def _out_of(request: ClinicRequest, values: QueryDict) -> dict[str, str]:
    """What the follow-up or the wish that the visit fulfils says about it; nothing for one that is not there."""
    form = BookingForm(values)
    form.is_valid()
    today = clock.today(request.actor.timezone)
    facts: dict[str, Any] = {}
    if pk := form.cleaned_data.get("follow_up"):
        due = FollowUp.objects.visible_to(request.actor).pending().filter(pk=pk).first()
        if due:
            facts = {"patient": due.patient_id, "doctor": due.doctor_id, "date": max(today, due.scheduled_date)}
            facts["visit_category"] = Appointment.VisitCategory.FOLLOW_UP.value
    elif pk := form.cleaned_data.get("waitlist"):
        wish = WaitlistEntry.objects.visible_to(request.actor).waiting().filter(pk=pk).first()
        if wish:
            facts = {"patient": wish.patient_id, "doctor": wish.doctor_id or "", "date": max(today, wish.date_from)}
            facts |= {"duration": wish.duration, "visit_type": wish.visit_type}
    return {name: str(value) for name, value in facts.items()}


def _place_of(request: ClinicRequest, visit: Appointment) -> QueryDict:
    values = request.GET.copy()
    values.setdefault("doctor", str(visit.doctor_id))
    values.setdefault("date", clock.local(visit.starts_at, request.actor.timezone).date().isoformat())
    values.setdefault("duration", str(visit.duration))
    values.setdefault("visit_type", visit.visit_type)
    return values


def _wanted(request: ClinicRequest, data: dict[str, Any]) -> tuple[UUID | None, dt.datetime]:
    """The doctor, or None for the first available one, and the instant; a chip counts before a typed time."""
    if data["slot"]:
        slot: tuple[UUID, dt.datetime] = data["slot"]
        return slot
    return data["doctor"], instant(request, data["date"], data["time"])


def _give_another_time(request: ClinicRequest, visit: Appointment, data: dict[str, Any]) -> tuple[Appointment, Toast]:
    """Move the visit; where only its length is another, it stays the same visit, and confirmed."""
    doctor_id, starts_at = _wanted(request, data)
    asked: dict[str, Any] = {"duration": data["duration"], "override_reason": data["override_reason"]}
    if (doctor_id, starts_at) == (visit.doctor_id, visit.starts_at):
        stretched = appointments.stretch(request.actor, visit.pk, at=clock.now(), **asked)
        return stretched, stretched_toast(stretched, before=visit.duration)
    moved = appointments.reschedule(
        request.actor, visit.pk, starts_at=starts_at, doctor_id=doctor_id, at=clock.now(), **asked
    )
    return moved, moved_toast(moved)


def _request_of(request: ClinicRequest, data: dict[str, Any]) -> front_desk.VisitRequest:
    doctor_id, starts_at = (data["doctor"], None) if data["walk_in"] else _wanted(request, data)
    person = data["patient"] or front_desk.NewPatient(
        first_name=data["first_name"],
        last_name=data["last_name"],
        date_of_birth=data["date_of_birth"],
        phone=str(data["phone"] or ""),
        email=data["email"],
        preferred_language=data["language"] or Patient.Language.ENGLISH,
        guardian=_guardian(data),
    )
    return front_desk.VisitRequest(
        patient=person,
        doctor_id=doctor_id,
        starts_at=starts_at,
        duration=data["duration"],
        visit_type=data["visit_type"],
        visit_category=data["visit_category"] or None,
        reason=data["reason"],
        meeting_link=data["meeting_link"],
        specialty=data["specialty"],
        override_reason=data["override_reason"],
        follow_up_id=data["follow_up"],
        waitlist_entry_id=data["waitlist"],
    )


def _guardian(data: dict[str, Any]) -> dict[str, str]:
    facts = {"name": data["guardian_name"], "phone": str(data["guardian_phone"] or "")}
    return facts if any(facts.values()) else {}


def _look_alikes(request: ClinicRequest, form: BookingForm) -> list[Patient]:
    """Who may be the new patient already, unless the desk has said that they are somebody else."""
    data = form.cleaned_data
    if data["patient"] or data["not_the_same"]:
        return []
    found = (
        Patient.objects.visible_to(request.actor)
        .current()
        .looking_like(
            first_name=data["first_name"],
            last_name=data["last_name"],
            date_of_birth=data["date_of_birth"],
            phone=str(data["phone"] or ""),
        )
    )
    return list(found.order_by("search_last", "pk")[:CANDIDATES])


def booked_toast(booked: Appointment) -> Toast:
    """Who comes when, and the way back."""
    text = _("Booked %(name)s for %(day)s, %(time)s") % {
        "name": booked.patient.full_name,
        "day": write_date(booked.starts_at, "weekday"),
        "time": write_clock(booked.starts_at),
    }
    if "patient_overlap" in booked.warnings:
        text += _(" (they have another visit at that time)")
    return Toast(text=text, undo=reverse("visit_delete", args=[booked.pk]))
