"""Confirmation requests to patients: 72 and 24 hours before the visit, once each, on a channel that both sides allow.

Three days before by text, email or call, in this order; the day before by call, text or email. docs/messaging.md has
the rules. Concurrent runs are safe: the visit is locked, and the conversation records the step that was sent.
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
from clinicflow.clinics.models import DoctorSettings
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from clinicflow.core.errors import IllegalTransition
from scheduling.messaging import NoWayToReach, is_carried
from scheduling.models import Appointment

Channel, Status = Interaction.Channel, Interaction.Status
MIN_LEAD = dt.timedelta(hours=1)  # no request is sent closer to the visit
REPLY_TIMEOUT = dt.timedelta(hours=4)  # after which an unanswered last text or email counts as no answer
BATCH = 50


@dataclass(frozen=True)
class Step:
    """One request, due when the visit is at most `lead` and more than `until` away.

    `channels` are in order of preference, `text` is a key of `patient_texts.compose_text`, `earlier` the keys of the
    steps before.
    """

    key: str
    lead: dt.timedelta
    until: dt.timedelta
    channels: tuple[str, ...]
    text: str
    earlier: tuple[str, ...]


FIRST = Step(
    "72h", dt.timedelta(hours=72), dt.timedelta(hours=24), (Channel.SMS, Channel.EMAIL, Channel.VOICE), "ask", ()
)
LAST = Step("24h", dt.timedelta(hours=24), MIN_LEAD, (Channel.VOICE, Channel.SMS, Channel.EMAIL), "ask_again", ("72h",))
STEPS = (FIRST, LAST)


@transaction.atomic
def run_due_steps(actor: Actor, *, at: dt.datetime) -> int:
    """Run the clinic's due outreach: unanswered conversations, call retries and new requests. Returns how many."""
    done = sum(_continue(actor, pk, at=at) for pk in _due_conversations(actor, at))
    if not window_is_open(actor, at):
        return done
    for step in STEPS:
        visits = _due_visits(actor, step, at).select_for_update(of=("self",), skip_locked=True)
        for pk in [visit.pk for visit in visits[:BATCH]]:
            done += _request_step(actor, pk, step, at=at)
    return done


@transaction.atomic
def request_confirmation(actor: Actor, appointment_id: UUID, *, channel: str = "", at: dt.datetime) -> Interaction:
    """Request confirmation of a visit now, outside the contact window too, on `channel` or the preferred one.

    Returns the conversation. IllegalTransition unless the visit is unconfirmed and upcoming; NoWayToReach when the
    patient cannot be reached on the channel.
    """
    visit = interactions.lock_visit(actor, appointment_id)
    if visit.status != Appointment.Status.UNCONFIRMED or visit.starts_at <= at:
        raise IllegalTransition("Only an upcoming, unconfirmed visit can be confirmed by message.")
    step = LAST if visit.starts_at - at <= LAST.lead else FIRST
    addresses = channels_for(actor, visit)
    selected = channel or next((name for name in step.channels if name in addresses), "")
    if selected not in addresses:
        raise NoWayToReach()
    conversation = interactions.get_or_create_conversation(
        actor, visit, selected, direction=Interaction.Direction.OUTBOUND
    )
    if conversation_log.ringing_call(conversation.content):
        return conversation
    _send(actor, visit, conversation, step, address=addresses[selected], at=at)
    return conversation


def channels_for(actor: Actor, visit: Appointment) -> dict[str, str]:
    """Channel → address for the channels that the patient accepts, the clinic has on and the installation can use;
    calls also need the doctor's setting."""
    clinic = settings_of(actor)
    patient = visit.patient
    addresses = {
        Channel.SMS: str(patient.phone) if clinic.sms_enabled else "",
        Channel.EMAIL: patient.email if clinic.email_enabled else "",
        Channel.VOICE: str(patient.phone) if clinic.voice_enabled and _calls_enabled(actor, visit) else "",
    }
    preferences = patient.contact_preferences
    return {
        str(name): to
        for name, to in addresses.items()
        if to and preferences.get(str(name), True) and is_carried(str(name))
    }


def window_is_open(actor: Actor, at: dt.datetime) -> bool:
    """Whether an instant lies in the clinic's contact window, in its local time."""
    clinic = settings_of(actor)
    return bool(clinic.call_window_start <= clock.local(at, actor.timezone).time() < clinic.call_window_end)


def _calls_enabled(actor: Actor, visit: Appointment) -> bool:
    own = DoctorSettings.objects.visible_to(actor).filter(doctor_id=visit.doctor_id)
    return bool(visit.doctor.voice_ai_enabled and own.filter(voice_ai_enabled=True).exists())


def _due_visits(actor: Actor, step: Step, at: dt.datetime) -> QuerySet[Appointment]:
    """Unconfirmed visits that are due for a step and were not sent it; those handled by staff are left out."""
    later = [other.key for other in STEPS if other.lead <= step.lead]
    already_sent = Interaction.objects.visible_to(actor).filter(appointment=OuterRef("pk"), step__in=later)
    visits: QuerySet[Appointment] = Appointment.objects.visible_to(actor).filter(
        status=Appointment.Status.UNCONFIRMED,
        needs_attention=False,
        starts_at__gt=at + step.until,
        starts_at__lte=at + step.lead,
    )
    return visits.exclude(Exists(already_sent)).order_by("starts_at", "id")


def _request_step(actor: Actor, appointment_id: UUID, step: Step, *, at: dt.datetime) -> bool:
    """Send a step for a visit, reread under its lock, unless it was sent already; returns whether anything was done."""
    visit = interactions.lock_visit(actor, appointment_id)
    if visit.status != Appointment.Status.UNCONFIRMED or visit.needs_attention:
        return False
    conversations = list(Interaction.objects.visible_to(actor).about(visit.pk).select_for_update(of=("self",)))
    already_sent = [
        one for one in conversations if conversation_log.was_requested(one.content, str(visit.pk), step.key)
    ]
    if already_sent:
        _record_step(already_sent, step)
        return False
    addresses = channels_for(actor, visit)
    channel = next((name for name in step.channels if name in addresses), "")
    if not channel:
        return _end_without_channel(actor, visit, conversations, step, at=at)
    conversation = interactions.get_or_create_conversation(
        actor, visit, channel, direction=Interaction.Direction.OUTBOUND
    )
    _send(actor, visit, conversation, step, address=addresses[channel], at=at)
    return True


def _send(
    actor: Actor, visit: Appointment, conversation: Interaction, step: Step, *, address: str, at: dt.datetime
) -> None:
    if conversation.channel == Channel.VOICE:
        calls.place_call(actor, visit, conversation, step=step.key, at=at)
        return
    clinic = settings_of(actor)
    key = step.text if any(entry["kind"] == "message" for entry in conversation.content) else FIRST.text
    text = patient_texts.compose_text(actor, visit, clinic, key)
    message = interactions.send_message(actor, visit, text, way=(conversation.channel, address))
    entry = conversation_log.message_entry(
        "outbound", text, at, message_id=str(message.pk), step=step.key, visit=str(visit.pk)
    )
    expires_at = min(at + REPLY_TIMEOUT, max(visit.starts_at - MIN_LEAD / 2, at)) if step is LAST else None
    status = Status.ESCALATED if conversation.needs_attention else Status.IN_PROGRESS
    interactions.store(
        actor, visit, conversation, entry, at=at, status=status, step=step.key, next_attempt_at=expires_at
    )


def _end_without_channel(
    actor: Actor, visit: Appointment, conversations: Iterable[Interaction], step: Step, *, at: dt.datetime
) -> bool:
    """Without a channel for the last step, end the earlier requests that were never answered."""
    unanswered = [one for one in conversations if one.step in step.earlier and one.status == Status.IN_PROGRESS]
    for conversation in unanswered:
        conversation.step = step.key
        calls.mark_silent(actor, visit, conversation, at=at)
    return bool(unanswered)


def _record_step(conversations: Iterable[Interaction], step: Step) -> None:
    """Restore the step of a visit that was reinstated after its request had been sent."""
    for conversation in conversations:
        if conversation.step != step.key:
            conversation.step = step.key
            conversation.save(update_fields=["step", "updated_at"])


def _due_conversations(actor: Actor, at: dt.datetime) -> list[UUID]:
    """Conversations whose next call or timeout is due. Those about confirmed or past visits are unscheduled."""
    due = Interaction.objects.visible_to(actor).filter(next_attempt_at__lte=at)
    obsolete = ~Q(appointment__status=Appointment.Status.UNCONFIRMED) | Q(appointment__starts_at__lte=at)
    due.filter(obsolete).update(next_attempt_at=None, updated_at=clock.now())
    return list(due.exclude(obsolete).order_by("next_attempt_at", "id").values_list("pk", flat=True)[:BATCH])


def _continue(actor: Actor, interaction_id: UUID, *, at: dt.datetime) -> bool:
    """Place the next call of a conversation, or time it out; returns whether anything was done."""
    unlocked: Interaction = Interaction.objects.visible_to(actor).fetch(interaction_id)
    visit = interactions.lock_visit(actor, unlocked.appointment_id)
    conversation: Interaction = Interaction.objects.visible_to(actor).lock(interaction_id)
    if conversation.next_attempt_at is None or conversation.next_attempt_at > at or visit.status != "unconfirmed":
        return False
    if conversation.channel != Channel.VOICE:
        calls.mark_silent(actor, visit, conversation, at=at)
        return True
    ringing = conversation_log.ringing_call(conversation.content)
    if ringing is not None and not calls.record_no_answer(actor, visit, conversation, ringing, "no-answer", at=at):
        return True
    if visit.needs_attention:
        return False
    return _call_again(actor, visit, conversation, at=at)


def _call_again(actor: Actor, visit: Appointment, conversation: Interaction, *, at: dt.datetime) -> bool:
    """Retry a call, or postpone it to the contact window. Times out when no further call is possible."""
    clinic = settings_of(actor)
    is_possible = Channel.VOICE in channels_for(actor, visit) and visit.starts_at - at >= MIN_LEAD
    if conversation.attempts >= clinic.max_call_attempts or not is_possible:
        calls.mark_silent(actor, visit, conversation, at=at)
        return True
    if not window_is_open(actor, at):
        conversation.next_attempt_at = at + dt.timedelta(minutes=clinic.retry_delay)
        conversation.save(update_fields=["next_attempt_at", "updated_at"])
        return False
    calls.place_call(actor, visit, conversation, step=conversation.step, at=at)
    return True
