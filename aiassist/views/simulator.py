"""The simulator of the `console` provider: the messages on patients' phones, and answering as a patient."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from aiassist.forms import CallEndForm, PatientSaysForm
from aiassist.models import Interaction
from aiassist.operations import calls, replies
from aiassist.selectors import inbox
from clinicflow.access.actor import Actor
from clinicflow.access.guards import role_required
from clinicflow.audit.recorder import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from clinicflow.web.render import render_page, wants_fragment
from patients.models import Patient
from scheduling import messaging
from scheduling.messaging import InboundMessage
from scheduling.models import Appointment

MAX_PHONES = 25
KEYS = (
    ("1", gettext_lazy("confirm")),
    ("2", gettext_lazy("reschedule")),
    ("3", gettext_lazy("cancel")),
    ("0", gettext_lazy("talk to someone")),
    ("9", gettext_lazy("no more calls")),
)
SHORT_ANSWERS = ("C", "R", "X", "STOP", "yes, where do I park?", "can I come later and is my test ok?")
CALL_SECONDS = 35


@require_GET
@role_required("admin")
def simulator(request: ClinicRequest, pk: UUID | None = None) -> HttpResponse:
    """The phones of patients with recent messages, or found by name; `pk` is the visit whose phone is open."""
    return _phone(request, pk)


@require_POST
@role_required("admin")
def simulator_say(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Send a text or an email as the patient of a visit."""
    visit = _visit(request.actor, pk)
    form = PatientSaysForm(request.POST)
    if not form.is_valid():
        return _phone(request, pk, form=form, status=422)
    channel = form.cleaned_data["channel"]
    address = visit.patient.email if channel == "email" else str(visit.patient.phone)
    message = InboundMessage(
        clinic_id=request.actor.clinic_id,
        channel=channel,
        address=address,
        text=form.cleaned_data["text"],
        received_at=clock.now(),
    )
    system = clinic_actor(message.clinic_id)
    with tenant(system.scope()):
        replies.interpret_and_apply(system, visit.pk, message)
    return _phone(request, pk) if wants_fragment(request) else redirect("simulator_phone", pk)


@require_POST
@role_required("admin")
def simulator_call(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Answer a ringing call as the patient, or end it unanswered; `pk` is the visit's."""
    visit = _visit(request.actor, pk)
    form = CallEndForm(request.POST)
    if not form.is_valid():
        return _phone(request, pk, status=422)
    data = form.cleaned_data
    system = clinic_actor(request.actor.clinic_id)
    call = Interaction.objects.visible_to(system).filter(appointment_id=visit.pk, channel="voice").first()
    answered = bool(data["key"] or data["words"].strip())
    how = "answered" if answered else data["how"]
    if call is not None and how and (answered or how != "answered"):
        with tenant(system.scope()):
            calls.end_call(
                system,
                call.pk,
                call_id=data["call"],
                how=how,
                words=data["words"],
                key=data["key"],
                seconds=CALL_SECONDS if answered or how == "hung-up" else 0,
                at=clock.now(),
            )
    return _phone(request, pk) if wants_fragment(request) else redirect("simulator_phone", pk)


def _visit(actor: Actor, pk: UUID) -> Appointment:
    if not messaging.is_simulated():
        raise Http404
    visit: Appointment = Appointment.objects.visible_to(actor).for_cards().fetch(pk)
    return visit


def _phone(
    request: ClinicRequest, pk: UUID | None, *, form: PatientSaysForm | None = None, status: int = 200
) -> HttpResponse:
    if not messaging.is_simulated():
        raise Http404
    actor = request.actor
    search = request.GET.get("q", "").strip()[:80]
    phones = _phones(actor, search)
    visit = _visit(actor, pk) if pk else (phones[0] if phones else None)
    lines = inbox.phone_messages(actor, visit) if visit else []
    shown = [phone.patient_id for phone in phones]
    record_access(actor, "messages", [*shown, visit.patient_id] if visit else shown)
    context = {
        "phones": phones,
        "search": search,
        "visit": visit,
        "lines": lines,
        "ringing": next((line for line in lines if line.ringing), None),
        "form": form or PatientSaysForm(),
        "keys": KEYS,
        "short_answers": SHORT_ANSWERS,
    }
    part = "phone" if request.headers.get("HX-Target", "").endswith("#phone") else "page"
    return render_page(request, "aiassist/simulator.html", context, partial=part, status=status)


def _phones(actor: Actor, search: str) -> list[Appointment]:
    """Upcoming visits of the patients found by `search`; without it, the visits with the latest messages."""
    visits = Appointment.objects.visible_to(actor).select_related("patient", "doctor")
    if search:
        matches = Patient.objects.visible_to(actor).search(search)
        rows = visits.filter(patient_id__in=matches.values("pk"), starts_at__gte=clock.now()).order_by(
            "starts_at", "id"
        )
    else:
        rows = visits.filter(messages__isnull=False, rescheduled=False).order_by("-messages__created_at", "id")
    by_visit = {visit.pk: visit for visit in rows[: MAX_PHONES * 4]}
    return list(by_visit.values())[:MAX_PHONES]
