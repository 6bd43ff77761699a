"""Asking patients whether they come: 72 and 24 hours ahead, once each, the way that they and the clinic allow.

Three days before by text, e-mail or call, in this order; the day before by call, text or e-mail. What counts is in
docs/messaging.md. Everything here may run twice at once: the visit's lock decides, and the conversation remembers.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from aiassist.models import Interaction
from aiassist.operations import calls, interactions
from aiassist.rules import conversation_log, patient_texts
from clinicflow.access.actor import Actor
from clinicflow.clinics.models import ClinicSettings, DoctorSettings
from clinicflow.core import clock
from clinicflow.core.errors import IllegalTransition
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment

Channel, Status = Interaction.Channel, Interaction.Status
LATEST = dt.timedelta(hours=1)  # nobody is asked later than this before the visit
PATIENCE = dt.timedelta(hours=4)  # a text or e-mail of the last step that is not answered by then is silence
BATCH = 50


@dataclass(frozen=True)
class Step:
    """One request: due when the visit is at most `lead` and more than `until` away; `order` says which way first."""

    key: str
    lead: dt.timedelta
    until: dt.timedelta
    order: tuple[str, ...]
    words: str
    earlier: tuple[str, ...]


FIRST = Step(
    "72h", dt.timedelta(hours=72), dt.timedelta(hours=24), (Channel.SMS, Channel.EMAIL, Channel.VOICE), "ask", ()
)
LAST = Step("24h", dt.timedelta(hours=24), LATEST, (Channel.VOICE, Channel.SMS, Channel.EMAIL), "ask_again", ("72h",))
STEPS = (FIRST, LAST)


@transaction.atomic
def run_due_steps(actor: Actor, *, at: dt.datetime) -> int:
    """All that is due in the clinic now: silence counted, calls tried again, visits asked about. Returns how many."""
    done = sum(_go_on(actor, pk, at=at) for pk in _waiting(actor, at))
    if not window_is_open(actor, at):
        return done
    for step in STEPS:
        visits = _due(actor, step, at).select_for_update(of=("self",), skip_locked=True)
        for pk in [visit.pk for visit in visits[:BATCH]]:
            done += _ask(actor, pk, step, at=at)
    return done


@transaction.atomic
def request_confirmation(actor: Actor, appointment_id: UUID, *, channel: str = "", at: dt.datetime) -> Interaction:
    """The front desk has ClinicFlow ask at once, whatever the hour; `channel` or the best one.

    IllegalTransition for a visit that is not unconfirmed and to come; NoWayToReach when the patient may not be
    reached this way.
    """
    visit = interactions.lock_visit(actor, appointment_id)
    if visit.status != Appointment.Status.UNCONFIRMED or visit.starts_at <= at:
        raise IllegalTransition("Only an unconfirmed visit that is still to come can be asked about.")
    step = LAST if visit.starts_at - at <= LAST.lead else FIRST
    ways = channels_for(actor, visit)
    chosen = channel or next((name for name in step.order if name in ways), "")
    if chosen not in ways:
        raise NoWayToReach()
    thread = interactions.get_or_create_conversation(actor, visit, chosen, direction=Interaction.Direction.OUTBOUND)
    if conversation_log.ringing_call(thread.content):
        return thread
    _send(actor, visit, thread, step, address=ways[chosen], at=at)
    return thread


def channels_for(actor: Actor, visit: Appointment) -> dict[str, str]:
    """Channel → address, of those that the patient wants and the clinic (for calls also the doctor) has on."""
    clinic = ClinicSettings.objects.visible_to(actor).get()
    patient = visit.patient
    addresses = {
        Channel.SMS: str(patient.phone) if clinic.sms_enabled else "",
        Channel.EMAIL: patient.email if clinic.email_enabled else "",
        Channel.VOICE: str(patient.phone) if clinic.voice_enabled and _calls_for(actor, visit) else "",
    }
    wanted = patient.contact_preferences
    return {str(name): to for name, to in addresses.items() if to and wanted.get(str(name), True)}


def window_is_open(actor: Actor, at: dt.datetime) -> bool:
    """Whether patients may be called and written to at this hour of the clinic's day."""
    clinic = ClinicSettings.objects.visible_to(actor).get()
    return bool(clinic.call_window_start <= clock.local(at, actor.timezone).time() < clinic.call_window_end)


def _calls_for(actor: Actor, visit: Appointment) -> bool:
    own = DoctorSettings.objects.visible_to(actor).filter(doctor_id=visit.doctor_id)
    return bool(visit.doctor.voice_ai_enabled and own.filter(voice_ai_enabled=True).exists())


def _due(actor: Actor, step: Step, at: dt.datetime) -> QuerySet[Appointment]:
    """Unconfirmed visits of this step that nobody was asked about yet; those that people look after are left out."""
    later = [other.key for other in STEPS if other.lead <= step.lead]
    had_it = Interaction.objects.visible_to(actor).filter(appointment=OuterRef("pk"), step__in=later)
    visits: QuerySet[Appointment] = Appointment.objects.visible_to(actor).filter(
        status=Appointment.Status.UNCONFIRMED,
        needs_attention=False,
        starts_at__gt=at + step.until,
        starts_at__lte=at + step.lead,
    )
    return visits.exclude(Exists(had_it)).order_by("starts_at", "id")


def _ask(actor: Actor, appointment_id: UUID, step: Step, *, at: dt.datetime) -> bool:
    """Ask about a visit unless it has been asked about; the visit is read again under its lock."""
    visit = interactions.lock_visit(actor, appointment_id)
    if visit.status != Appointment.Status.UNCONFIRMED or visit.needs_attention:
        return False
    talks = list(Interaction.objects.visible_to(actor).about(visit.pk).select_for_update(of=("self",)))
    had_it = [talk for talk in talks if conversation_log.was_asked(talk.content, str(visit.pk), step.key)]
    if had_it:
        _remember(had_it, step)
        return False
    ways = channels_for(actor, visit)
    channel = next((name for name in step.order if name in ways), "")
    if not channel:
        return _nobody_to_ask(actor, visit, talks, step, at=at)
    thread = interactions.get_or_create_conversation(actor, visit, channel, direction=Interaction.Direction.OUTBOUND)
    _send(actor, visit, thread, step, address=ways[channel], at=at)
    return True


def _send(actor: Actor, visit: Appointment, thread: Interaction, step: Step, *, address: str, at: dt.datetime) -> None:
    if thread.channel == Channel.VOICE:
        calls.place_call(actor, visit, thread, step=step.key, at=at)
        return
    clinic = ClinicSettings.objects.visible_to(actor).get()
    words = step.words if any(entry["kind"] == "message" for entry in thread.content) else FIRST.words
    text = patient_texts.compose_text(actor, visit, clinic, words)
    message = interactions.send_message(actor, visit, text, way=(thread.channel, address))
    entry = conversation_log.message_entry(
        "outbound", text, at, message_id=str(message.pk), step=step.key, visit=str(visit.pk)
    )
    patience = min(at + PATIENCE, max(visit.starts_at - LATEST / 2, at)) if step is LAST else None
    status = Status.ESCALATED if thread.needs_attention else Status.IN_PROGRESS
    interactions.store(actor, visit, thread, entry, at=at, status=status, step=step.key, next_attempt_at=patience)


def _nobody_to_ask(
    actor: Actor, visit: Appointment, talks: Iterable[Interaction], step: Step, *, at: dt.datetime
) -> bool:
    """No way is left for the last request: an earlier one that was never answered ends in silence."""
    unanswered = [talk for talk in talks if talk.step in step.earlier and talk.status == Status.IN_PROGRESS]
    for talk in unanswered:
        talk.step = step.key
        calls.mark_silent(actor, visit, talk, at=at)
    return bool(unanswered)


def _remember(talks: Iterable[Interaction], step: Step) -> None:
    """A visit that came back by an undo has been asked already."""
    for talk in talks:
        if talk.step != step.key:
            talk.step = step.key
            talk.save(update_fields=["step", "updated_at"])


def _waiting(actor: Actor, at: dt.datetime) -> list[UUID]:
    """Conversations whose next call is due, or whose silence counts now. What became pointless is let go."""
    due = Interaction.objects.visible_to(actor).filter(next_attempt_at__lte=at)
    pointless = ~Q(appointment__status=Appointment.Status.UNCONFIRMED) | Q(appointment__starts_at__lte=at)
    due.filter(pointless).update(next_attempt_at=None, updated_at=clock.now())
    return list(due.exclude(pointless).order_by("next_attempt_at", "id").values_list("pk", flat=True)[:BATCH])


def _go_on(actor: Actor, interaction_id: UUID, *, at: dt.datetime) -> bool:
    """The next call of a conversation, or the end of waiting; whether something was done."""
    found: Interaction = Interaction.objects.visible_to(actor).fetch(interaction_id)
    visit = interactions.lock_visit(actor, found.appointment_id)
    thread: Interaction = Interaction.objects.visible_to(actor).lock(interaction_id)
    if thread.next_attempt_at is None or thread.next_attempt_at > at or visit.status != "unconfirmed":
        return False
    if thread.channel != Channel.VOICE:
        calls.mark_silent(actor, visit, thread, at=at)
        return True
    ringing = conversation_log.ringing_call(thread.content)
    if ringing is not None and not calls.record_no_answer(actor, visit, thread, ringing, "no-answer", at=at):
        return True
    if visit.needs_attention:
        return False
    return _call_again(actor, visit, thread, at=at)


def _call_again(actor: Actor, visit: Appointment, thread: Interaction, *, at: dt.datetime) -> bool:
    """Outside the window the next call waits for it; when no call is possible any more, the silence counts."""
    clinic = ClinicSettings.objects.visible_to(actor).get()
    possible = Channel.VOICE in channels_for(actor, visit) and visit.starts_at - at >= LATEST
    if thread.attempts >= clinic.max_call_attempts or not possible:
        calls.mark_silent(actor, visit, thread, at=at)
        return True
    if not window_is_open(actor, at):
        thread.next_attempt_at = at + dt.timedelta(minutes=clinic.retry_delay)
        thread.save(update_fields=["next_attempt_at", "updated_at"])
        return False
    calls.place_call(actor, visit, thread, step=thread.step, at=at)
    return True
