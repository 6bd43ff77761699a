"""Calls that ask for a confirmation: placed, answered by voice or keypad, or not answered and tried again."""

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
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core.errors import Invalid
from clinicflow.jobs.queue import enqueue
from scheduling.models import Appointment

PLACE = "aiassist.place_call"
# What a key stands for; other keys are as unclear as other words.
KEYS = {"1": "C", "2": "R", "3": "X", "0": "operator", "9": "STOP"}
ENDS = ("answered", "hung-up", *conversation_log.UNANSWERED)
WORDS_LENGTH, LONGEST = 1000, 3600
Attention, Status = Interaction.Attention, Interaction.Status


def place_call(actor: Actor, visit: Appointment, thread: Interaction, *, step: str, at: dt.datetime) -> None:
    """Call about a locked visit. If nobody says how it ended within `retry_delay`, it counts as not answered."""
    clinic = ClinicSettings.objects.visible_to(actor).get()
    attempts = (thread.attempts if thread.step == step else 0) + 1
    entry = conversation_log.call_entry(at, attempt=attempts, step=step, visit=str(visit.pk))
    interactions.store(
        actor,
        visit,
        thread,
        entry,
        at=at,
        status=Status.ESCALATED if thread.needs_attention else Status.IN_PROGRESS,
        step=step,
        attempts=attempts,
        next_attempt_at=at + dt.timedelta(minutes=clinic.retry_delay),
    )
    if not interactions.is_simulated():
        args = {"interaction_id": str(thread.pk), "call_id": entry["id"]}
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
    """How a call ended: `how` is one of ENDS; an answered one has the patient's words or a key.

    A call that has ended already changes nothing: providers repeat themselves.
    """
    words = words.replace("\x00", "").strip()[:WORDS_LENGTH]
    if how not in ENDS or (how == "answered" and not words and not key):
        raise Invalid(fields={"how": [f"One of {', '.join(ENDS)}; answered with words or a key."]})
    found: Interaction = Interaction.objects.visible_to(actor).fetch(interaction_id)
    visit = interactions.lock_visit(actor, found.appointment_id)
    thread: Interaction = Interaction.objects.visible_to(actor).lock(interaction_id)
    call = conversation_log.find(thread.content, call_id)
    if call is None:
        return thread
    if call.get("outcome") != conversation_log.RINGING:
        _learn_length(actor, visit, thread, call, seconds, at)
        return thread
    call["duration"] = min(max(seconds, 0), LONGEST)
    if how == "answered":
        _answered(actor, visit, thread, call, KEYS.get(key, key) if key else words, key, at)
    elif how == "hung-up":
        _hung_up(actor, visit, thread, call, at)
    else:
        record_no_answer(actor, visit, thread, call, how, at=at)
    return thread


def record_no_answer(
    actor: Actor, visit: Appointment, thread: Interaction, call: Entry, how: str, *, at: dt.datetime
) -> bool:
    """Try again after `retry_delay`, unless that was the last attempt. Whether another one follows."""
    clinic = ClinicSettings.objects.visible_to(actor).get()
    call["outcome"] = how
    last = thread.attempts >= clinic.max_call_attempts
    again = None if last else at + dt.timedelta(minutes=clinic.retry_delay)
    interactions.store(
        actor, visit, thread, at=at, next_attempt_at=again, duration=conversation_log.length(call["duration"])
    )
    if last:
        mark_silent(actor, visit, thread, at=at)
    return not last


def number_to_ring(actor: Actor, interaction_id: UUID, call_id: str) -> str | None:
    """Whom to call; None when the call is over already, or the patient has opted out of calls meanwhile."""
    rows = Interaction.objects.visible_to(actor).select_related("patient")
    thread: Interaction = rows.fetch(interaction_id)
    call = conversation_log.find(thread.content, call_id)
    wanted = thread.patient.contact_preferences.get("voice", True)
    if call is None or call.get("outcome") != conversation_log.RINGING or not wanted:
        return None
    return str(thread.patient.phone) or None


def webhook_address(interaction_id: str, call_id: str) -> str:
    """Where the provider asks what to say in a call, and tells how it ended."""
    return f"{settings.SITE_URL}/api/webhooks/voice?interaction={interaction_id}&call={call_id}"


def greeting(actor: Actor, interaction_id: UUID, call_id: str) -> str | None:
    """What is said when somebody answers; None for a call that is over, or that there never was."""
    thread: Interaction = Interaction.objects.visible_to(actor).fetch(interaction_id)
    call = conversation_log.find(thread.content, call_id)
    if call is None or call.get("outcome") != conversation_log.RINGING:
        return None
    visit = Appointment.objects.visible_to(actor).select_related("patient").fetch(thread.appointment_id)
    clinic = ClinicSettings.objects.visible_to(actor).get()
    return patient_texts.compose_text(actor, visit, clinic, "greeting", "keypad")


def mark_silent(actor: Actor, visit: Appointment, thread: Interaction, *, at: dt.datetime) -> None:
    """The last attempt went unanswered: a person is asked where the clinic wants that."""
    clinic = ClinicSettings.objects.visible_to(actor).get()
    note = conversation_log.note_entry("silent", at)
    interactions.store(actor, visit, thread, note, at=at, status=Status.NO_ANSWER, next_attempt_at=None)
    if clinic.escalate_on_no_response:
        interactions.escalate(actor, visit, thread, Attention.PAUSED, at=at)


def _learn_length(
    actor: Actor, visit: Appointment, thread: Interaction, call: Entry, seconds: int, at: dt.datetime
) -> None:
    """Providers tell what was said before they tell how long it took."""
    if seconds > 0 and not call["duration"]:
        call["duration"] = min(seconds, LONGEST)
        interactions.store(actor, visit, thread, at=at, duration=conversation_log.length(call["duration"]))


def _answered(
    actor: Actor, visit: Appointment, thread: Interaction, call: Entry, words: str, key: str, at: dt.datetime
) -> None:
    verdict = classify(words, replies.visit_facts(actor, visit, at=at), thread.channel)
    with_people = interactions.is_handled_by_staff(actor, visit)
    # Nobody is asked twice on the phone: what is unclear once is unclear.
    heard = InterpretedReply(verdict=verdict, channel=thread.channel, with_people=with_people, asked_again=True)
    outcome = replies.decide(actor, visit, heard, at=at)
    clinic = ClinicSettings.objects.visible_to(actor).get()
    spoken = f"[{key}]" if key else words
    call["transcript"] = [
        {"speaker": "clinic", "text": patient_texts.compose_text(actor, visit, clinic, "greeting", "keypad")},
        {"speaker": "patient", "text": spoken},
        {
            "speaker": "clinic",
            "text": patient_texts.compose_text(actor, visit, clinic, *(outcome.answer or ("goodbye",))),
        },
    ]
    call |= {"outcome": outcome.did, "understood": str(verdict.kind), "did": outcome.did}
    state = replies.state_after(thread, outcome)
    interactions.store(actor, visit, thread, at=at, duration=conversation_log.length(call["duration"]), **state)
    if outcome.reason:
        interactions.escalate(actor, visit, thread, outcome.reason, at=at)


def _hung_up(actor: Actor, visit: Appointment, thread: Interaction, call: Entry, at: dt.datetime) -> None:
    """Somebody answered and said nothing that could be used."""
    clinic = ClinicSettings.objects.visible_to(actor).get()
    call["outcome"] = "hung-up"
    call["transcript"] = [
        {"speaker": "clinic", "text": patient_texts.compose_text(actor, visit, clinic, "greeting", "keypad")},
    ]
    duration = conversation_log.length(call["duration"])
    if clinic.escalate_on_no_response:
        interactions.store(actor, visit, thread, at=at, next_attempt_at=None, duration=duration)
        interactions.escalate(actor, visit, thread, Attention.PAUSED, at=at)
    else:
        record_no_answer(actor, visit, thread, call, "hung-up", at=at)
