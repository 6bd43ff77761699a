"""Conversations about visits: writing to them, escalating them to the front desk, and resolving them.

The visit is always locked before its conversations. Every write updates the visit's `needs_attention` and publishes
an event for open pages.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from aiassist.events import AttentionNeeded, InteractionCreated
from aiassist.models import Interaction
from aiassist.operations import dangers
from aiassist.rules import conversation_log, patient_texts
from aiassist.rules.conversation_log import Entry
from clinicflow.access.actor import Actor, publish_for
from clinicflow.audit.recorder import record
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.jobs.queue import enqueue
from scheduling.events import AppointmentUpdated
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment, Message
from scheduling.operations import messages

SEND = "aiassist.send_message"
NOTE_LENGTH, REPLY_LENGTH = dangers.NOTE_LENGTH, 1000
Status, Channel = Interaction.Status, Interaction.Channel


def lock_visit(actor: Actor, appointment_id: UUID) -> Appointment:
    """The visit with its patient and doctor, locked. Every write here starts with it; NotFound if it is not visible."""
    visit: Appointment = Appointment.objects.visible_to(actor).select_related("patient", "doctor").lock(appointment_id)
    return visit


def get_or_create_conversation(actor: Actor, visit: Appointment, channel: str, *, direction: str) -> Interaction:
    """The locked conversation about a locked visit on a channel; `direction` is that of a new one."""
    rows = Interaction.objects.visible_to(actor).select_for_update(of=("self",))
    conversation: Interaction | None = rows.filter(appointment_id=visit.pk, channel=channel).first()
    if conversation is not None:
        return conversation
    conversation = Interaction.objects.create(
        clinic_id=actor.clinic_id,
        appointment=visit,
        patient_id=visit.patient_id,
        doctor_id=visit.doctor_id,
        channel=channel,
        direction=direction,
    )
    publish_for(
        actor,
        InteractionCreated,
        conversation,
        doctor_ids=[visit.doctor_id],
        appointment_id=visit.pk,
        channel=channel,
    )
    return conversation


def store(
    actor: Actor, visit: Appointment, conversation: Interaction, *entries: Entry, at: dt.datetime, **fields: Any
) -> None:
    """Append entries to a locked conversation, set fields, save it and publish the change."""
    conversation.content = [*conversation.content, *entries]
    if any(entry["kind"] != "note" for entry in entries):
        conversation.last_message_at = at
    conversation.doctor_id = visit.doctor_id
    for name, value in fields.items():
        setattr(conversation, name, value)
    conversation.save()
    publish_for(
        actor,
        AppointmentUpdated,
        visit,
        doctor_ids=[visit.doctor_id],
        patient_id=visit.patient_id,
        action="conversation",
    )


def escalate(actor: Actor, visit: Appointment, conversation: Interaction, reason: str, *, at: dt.datetime) -> None:
    """Mark a conversation and its visit as waiting for a staff reply. Repeating it keeps the first reason."""
    if conversation.needs_attention:
        return
    note = conversation_log.note_entry("escalated", at, reason=reason)
    store(
        actor,
        visit,
        conversation,
        note,
        at=at,
        status=Status.ESCALATED,
        needs_attention=True,
        attention_reason=reason,
        next_attempt_at=None,
        resolved_at=None,
        resolved_by_id=None,
        resolution_note="",
    )
    dangers.mark_visit(actor, visit.pk)
    publish_for(
        actor,
        AttentionNeeded,
        conversation,
        doctor_ids=[visit.doctor_id],
        appointment_id=visit.pk,
        reason=reason,
    )


def is_handled_by_staff(actor: Actor, visit: Appointment) -> bool:
    """Whether a conversation about the visit waits for a staff reply, so that no reply acts automatically."""
    waiting = Interaction.objects.visible_to(actor).needing_a_reply()
    return bool(waiting.filter(appointment_id=visit.pk).exists())


def send_message(
    actor: Actor,
    visit: Appointment,
    text: str,
    *,
    way: tuple[str, str],
    kind: str = Message.Kind.CONFIRMATION,
    last_word: bool = False,
) -> Message:
    """Queue a message without a hold. `last_word` marks the confirmation of an opt-out, the only one sent after it."""
    message = messages.compose(actor, visit, kind=kind, body=text, at_once=True, way=way)
    enqueue(
        SEND,
        clinic_id=actor.clinic_id,
        key=str(message.pk),
        args={"message_id": str(message.pk), "last_word": last_word},
    )
    return message


@transaction.atomic
def reply(actor: Actor, interaction_id: UUID, *, body: str, at: dt.datetime) -> Interaction:
    """Answer a conversation as the front desk. A call is answered by text, or by email if that is not possible.

    Forbidden for other roles, Invalid for an empty or too long body, NoWayToReach when the patient has opted out of the
    channel or the clinic has turned it off.
    """
    actor.require_front_desk()
    body = body.strip()
    if not body or len(body) > REPLY_LENGTH:
        raise Invalid(fields={"body": ["Write a message." if not body else f"At most {REPLY_LENGTH} characters."]})
    visit, conversation = _lock(actor, interaction_id)
    way = _reply_channel(actor, visit, conversation.channel)
    message = send_message(actor, visit, body, way=way, kind=Message.Kind.REPLY)
    entry = conversation_log.message_entry("outbound", body, at, message_id=str(message.pk), by=actor.name)
    status = Status.ESCALATED if conversation.needs_attention else Status.IN_PROGRESS
    store(actor, visit, conversation, entry, at=at, status=status, needs_response=False)
    return conversation


@transaction.atomic
def resolve(actor: Actor, interaction_id: UUID, *, note: str, at: dt.datetime) -> Interaction:
    """Close a conversation as the front desk, with a note on what was done. A resolved one is left unchanged.

    Forbidden for other roles, Invalid for an empty or too long note.
    """
    actor.require_front_desk()
    note = note.strip()
    if not note or len(note) > NOTE_LENGTH:
        raise Invalid(fields={"note": ["Add a short note." if not note else f"At most {NOTE_LENGTH} characters."]})
    visit, conversation = _lock(actor, interaction_id)
    if conversation.resolved_at and not conversation.needs_attention:
        return conversation
    entry = conversation_log.note_entry("resolved", at, text=note, by=actor.name)
    store(
        actor,
        visit,
        conversation,
        entry,
        at=at,
        status=Status.COMPLETED,
        needs_attention=False,
        needs_response=False,
        next_attempt_at=None,
        resolved_at=at,
        resolved_by_id=actor.user_id,
        resolution_note=note,
    )
    dangers.mark_visit(actor, visit.pk)
    record(actor, "interaction.resolved", conversation, patient_ids=[conversation.patient_id])
    return conversation


@transaction.atomic
def prepare_delivery(actor: Actor, message_id: UUID, *, last_word: bool) -> tuple[Message, str] | None:
    """A queued message, locked, and its subject. None when it has been sent, or the patient has opted out since."""
    message = messages.claim(actor, message_id, last_word=last_word)
    if message is None or message.appointment is None:
        return None
    return message, patient_texts.subject(actor, message.appointment)


@transaction.atomic
def record_delivery(actor: Actor, message_id: UUID) -> None:
    """Mark the conversation of an undelivered message as failed."""
    message: Message = Message.objects.visible_to(actor).fetch(message_id)
    if message.status != Message.Status.FAILED or message.appointment_id is None:
        return
    visit = lock_visit(actor, message.appointment_id)
    conversation = get_or_create_conversation(actor, visit, message.channel, direction=Interaction.Direction.OUTBOUND)
    status = Status.ESCALATED if conversation.needs_attention else Status.FAILED
    store(actor, visit, conversation, at=clock.now(), status=status, next_attempt_at=None)


@transaction.atomic
def hand_to_staff(actor: Actor, appointment_id: UUID, *, channel: str, at: dt.datetime) -> None:
    """Escalate a visit whose patient could not be notified of a change on this channel."""
    visit = lock_visit(actor, appointment_id)
    conversation = get_or_create_conversation(actor, visit, channel, direction=Interaction.Direction.OUTBOUND)
    store(actor, visit, conversation, conversation_log.note_entry("untold", at), at=at)
    escalate(actor, visit, conversation, Interaction.Attention.PAUSED, at=at)


@transaction.atomic
def restart_outreach(actor: Actor, appointment_id: UUID) -> None:
    """Reset the outreach of conversations that were carried over to another visit, so that it is confirmed anew."""
    rows = Interaction.objects.visible_to(actor).filter(appointment_id=appointment_id)
    visit = Appointment.objects.visible_to(actor).fetch(appointment_id)
    rows.update(step="", attempts=0, next_attempt_at=None, doctor_id=visit.doctor_id, updated_at=clock.now())


@transaction.atomic
def stop_outreach(actor: Actor, appointment_id: UUID) -> None:
    """Stop the outreach of a confirmed or closed visit. Conversations that wait for a staff reply still do."""
    rows = Interaction.objects.visible_to(actor).filter(appointment_id=appointment_id)
    rows.filter(next_attempt_at__isnull=False).update(next_attempt_at=None, updated_at=clock.now())
    open_conversations = rows.filter(status__in=[Status.PENDING, Status.IN_PROGRESS], needs_attention=False)
    open_conversations.update(status=Status.COMPLETED, updated_at=clock.now())


def _lock(actor: Actor, interaction_id: UUID) -> tuple[Appointment, Interaction]:
    unlocked: Interaction = Interaction.objects.visible_to(actor).fetch(interaction_id)
    visit = lock_visit(actor, unlocked.appointment_id)
    conversation: Interaction = Interaction.objects.visible_to(actor).lock(interaction_id)
    return visit, conversation


def _reply_channel(actor: Actor, visit: Appointment, channel: str) -> tuple[str, str]:
    """Channel and address of a reply to a conversation on `channel`. NoWayToReach when there is none."""
    patient = visit.patient
    clinic = settings_of(actor)
    if channel == Channel.VOICE:
        way = messages.channel_for(actor, patient)
        if way is None:
            raise NoWayToReach()
        return way
    address = str(patient.phone) if channel == Channel.SMS else patient.email
    is_allowed = patient.contact_preferences.get(channel, True)
    if not address or not is_allowed or not getattr(clinic, f"{channel}_enabled"):
        raise NoWayToReach("This patient has opted out of this channel, or it is turned off. Call instead.")
    return channel, address
