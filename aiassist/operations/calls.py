"""Confirmation calls: placed, answered by voice or keypad, or unanswered and retried."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db import transaction

from aiassist.engine.replies import classify
from aiassist.models import Interaction
from aiassist.operations import interactions, replies
from aiassist.operations.replies import InterpretedReply
from aiassist.rules import conversation_log, patient_texts
from aiassist.rules.conversation_log import Entry
from clinicflow.access.actor import Actor
from clinicflow.clinics.selectors import settings_of
from clinicflow.core.errors import Invalid
from clinicflow.jobs.queue import enqueue
from scheduling import messaging
from scheduling.models import Appointment

PLACE = "aiassist.place_call"
# The reply that a key means; any other key is classified like spoken words.
KEYS = {"1": "C", "2": "R", "3": "X", "0": "operator", "9": "STOP"}
ENDS = ("answered", "hung-up", *conversation_log.UNANSWERED)
MAX_WORDS, MAX_SECONDS = 1000, 3600
Attention, Status = Interaction.Attention, Interaction.Status


def place_call(actor: Actor, visit: Appointment, conversation: Interaction, *, step: str, at: dt.datetime) -> None:
    """Start a call about a locked visit. It counts as not answered when no end is reported within `retry_delay`."""
    clinic = settings_of(actor)
    attempts = (conversation.attempts if conversation.step == step else 0) + 1
    entry = conversation_log.call_entry(at, attempt=attempts, step=step, visit=str(visit.pk))
    interactions.store(
        actor,
        visit,
        conversation,
        entry,
        at=at,
        status=Status.ESCALATED if conversation.needs_attention else Status.IN_PROGRESS,
        step=step,
        attempts=attempts,
        next_attempt_at=at + dt.timedelta(minutes=clinic.retry_delay),
    )
    if not messaging.is_simulated():
        args = {"interaction_id": str(conversation.pk), "call_id": entry["id"]}
        enqueue(PLACE, clinic_id=actor.clinic_id, key=str(entry["id"]), args=args)


@transaction.atomic
def end_call(
    actor: Actor,
    interaction_id: UUID,
    *,
    call_id: str,
    how: str,
    words: str = "",
    key: str = "",
    seconds: int = 0,
    at: dt.datetime,
) -> Interaction:
    """Record how a call ended and apply the patient's answer; returns the conversation.

    `how` is one of ENDS; an answered call has the patient's `words` or a pressed `key`, otherwise Invalid. `seconds` is
    its length. Repeating it for a call that has ended changes nothing but a missing length.
    """
    words = words.replace("\x00", "").strip()[:MAX_WORDS]
    if how not in ENDS or (how == "answered" and not words and not key):
        raise Invalid(fields={"how": [f"One of {', '.join(ENDS)}; answered with words or a key."]})
    unlocked: Interaction = Interaction.objects.visible_to(actor).fetch(interaction_id)
    visit = interactions.lock_visit(actor, unlocked.appointment_id)
    conversation: Interaction = Interaction.objects.visible_to(actor).lock(interaction_id)
    call = conversation_log.find(conversation.content, call_id)
    if call is None:
        return conversation
    if call.get("outcome") != conversation_log.RINGING:
        _record_length(actor, visit, conversation, call, seconds, at)
        return conversation
    call["duration"] = min(max(seconds, 0), MAX_SECONDS)
    if how == "answered":
        _answered(actor, visit, conversation, call, KEYS.get(key, key) if key else words, key, at)
    elif how == "hung-up":
        _hung_up(actor, visit, conversation, call, at)
    else:
        record_no_answer(actor, visit, conversation, call, how, at=at)
    return conversation


def record_no_answer(
    actor: Actor, visit: Appointment, conversation: Interaction, call: Entry, how: str, *, at: dt.datetime
) -> bool:
    """Schedule the next attempt after `retry_delay`, unless this was the last; returns whether another follows."""
    clinic = settings_of(actor)
    call["outcome"] = how
    is_last = conversation.attempts >= clinic.max_call_attempts
    next_attempt_at = None if is_last else at + dt.timedelta(minutes=clinic.retry_delay)
    interactions.store(
        actor,
        visit,
        conversation,
        at=at,
        next_attempt_at=next_attempt_at,
        duration=conversation_log.length(call["duration"]),
    )
    if is_last:
        mark_silent(actor, visit, conversation, at=at)
    return not is_last


def number_to_call(actor: Actor, interaction_id: UUID, call_id: str) -> str | None:
    """The number to call; None when the call has ended, or the patient has opted out of calls since."""
    rows = Interaction.objects.visible_to(actor).select_related("patient")
    conversation: Interaction = rows.fetch(interaction_id)
    call = conversation_log.find(conversation.content, call_id)
    may_call = conversation.patient.contact_preferences.get("voice", True)
    if call is None or call.get("outcome") != conversation_log.RINGING or not may_call:
        return None
    return str(conversation.patient.phone) or None


def webhook_url(interaction_id: str, call_id: str) -> str:
    """The URL from which the provider fetches the call script, and to which it reports the end of the call."""
    return f"{settings.SITE_URL}/api/webhooks/voice?interaction={interaction_id}&call={call_id}"


def greeting(actor: Actor, interaction_id: UUID, call_id: str) -> str | None:
    """The text spoken when the call is answered; None when the call has ended or does not exist."""
    conversation: Interaction = Interaction.objects.visible_to(actor).fetch(interaction_id)
    call = conversation_log.find(conversation.content, call_id)
    if call is None or call.get("outcome") != conversation_log.RINGING:
        return None
    visit = Appointment.objects.visible_to(actor).select_related("patient").fetch(conversation.appointment_id)
    clinic = settings_of(actor)
    return patient_texts.compose_text(actor, visit, clinic, "greeting", "keypad")


def mark_silent(actor: Actor, visit: Appointment, conversation: Interaction, *, at: dt.datetime) -> None:
    """End outreach after the last unanswered attempt; escalate it where the clinic's settings say so."""
    clinic = settings_of(actor)
    note = conversation_log.note_entry("silent", at)
    interactions.store(actor, visit, conversation, note, at=at, status=Status.NO_ANSWER, next_attempt_at=None)
    if clinic.escalate_on_no_response:
        interactions.escalate(actor, visit, conversation, Attention.PAUSED, at=at)


def _record_length(
    actor: Actor, visit: Appointment, conversation: Interaction, call: Entry, seconds: int, at: dt.datetime
) -> None:
    """Store the length of an ended call, which providers report after what was said."""
    if seconds > 0 and not call["duration"]:
        call["duration"] = min(seconds, MAX_SECONDS)
        interactions.store(actor, visit, conversation, at=at, duration=conversation_log.length(call["duration"]))


def _answered(
    actor: Actor, visit: Appointment, conversation: Interaction, call: Entry, words: str, key: str, at: dt.datetime
) -> None:
    verdict = classify(words, replies.visit_facts(actor, visit, at=at), conversation.channel)
    reply = InterpretedReply(
        verdict=verdict,
        channel=conversation.channel,
        is_handled_by_staff=interactions.is_handled_by_staff(actor, visit),
        was_asked_again=True,  # no retry by phone: an unclear answer is final
    )
    outcome = replies.decide(actor, visit, reply, at=at)
    clinic = settings_of(actor)
    spoken = f"[{key}]" if key else words
    call["transcript"] = [
        {"speaker": "clinic", "text": patient_texts.compose_text(actor, visit, clinic, "greeting", "keypad")},
        {"speaker": "patient", "text": spoken},
        {
            "speaker": "clinic",
            "text": patient_texts.compose_text(actor, visit, clinic, *(outcome.answer or ("goodbye",))),
        },
    ]
    call |= {"outcome": outcome.action, "understood": str(verdict.kind), "did": outcome.action}
    state = replies.state_after(conversation, outcome)
    interactions.store(actor, visit, conversation, at=at, duration=conversation_log.length(call["duration"]), **state)
    if outcome.reason:
        interactions.escalate(actor, visit, conversation, outcome.reason, at=at)


def _hung_up(actor: Actor, visit: Appointment, conversation: Interaction, call: Entry, at: dt.datetime) -> None:
    """The call was answered and ended without a usable reply."""
    clinic = settings_of(actor)
    call["outcome"] = "hung-up"
    call["transcript"] = [
        {"speaker": "clinic", "text": patient_texts.compose_text(actor, visit, clinic, "greeting", "keypad")},
    ]
    duration = conversation_log.length(call["duration"])
    if clinic.escalate_on_no_response:
        interactions.store(actor, visit, conversation, at=at, next_attempt_at=None, duration=duration)
        interactions.escalate(actor, visit, conversation, Attention.PAUSED, at=at)
    else:
        record_no_answer(actor, visit, conversation, call, "hung-up", at=at)
