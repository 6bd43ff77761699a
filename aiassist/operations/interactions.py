"""Conversations about visits: what is written into them, when a person is asked, and how a person ends that.

The visit is locked before its conversations, always. Every write keeps the visit's own mark (needs_attention) in step
and tells open screens.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from aiassist.events import AttentionNeeded, InteractionCreated
from aiassist.models import Interaction
from aiassist.operations import dangers
from aiassist.rules import conversation_log, patient_texts
from aiassist.rules.conversation_log import Entry
from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.audit.log import record
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish
from clinicflow.jobs.queue import enqueue
from scheduling.events import AppointmentUpdated
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment, Message
from scheduling.operations import messages

SEND = "aiassist.send_message"
NOTE_LENGTH, REPLY_LENGTH = 500, 1000
Status, Channel = Interaction.Status, Interaction.Channel
DESK = frozenset({Role.FRONT_DESK, Role.SYSTEM})


def is_simulated() -> bool:
    """Whether nothing leaves this machine, so that patients are played in the app's own simulator."""
    return bool(settings.MESSAGE_PROVIDER == "console")


def lock_visit(actor: Actor, appointment_id: UUID) -> Appointment:
    """The visit with its patient and doctor, locked; what every write here starts with."""
    visit: Appointment = Appointment.objects.visible_to(actor).select_related("patient", "doctor").lock(appointment_id)
    return visit


def get_or_create_conversation(actor: Actor, visit: Appointment, channel: str, *, direction: str) -> Interaction:
    """The visit's conversation over a channel, locked; begun by whoever speaks first. The visit is locked already."""
    rows = Interaction.objects.visible_to(actor).select_for_update(of=("self",))
    thread: Interaction | None = rows.filter(appointment_id=visit.pk, channel=channel).first()
    if thread is not None:
        return thread
    thread = Interaction.objects.create(
        clinic_id=actor.clinic_id,
        appointment=visit,
        patient_id=visit.patient_id,
        doctor_id=visit.doctor_id,
        channel=channel,
        direction=direction,
    )
    publish(
        InteractionCreated(
            clinic_id=actor.clinic_id,
            subject_id=thread.pk,
            doctor_ids=(visit.doctor_id,),
            origin=actor.tab,
            appointment_id=visit.pk,
            channel=channel,
        )
    )
    return thread


def store(
    actor: Actor, visit: Appointment, thread: Interaction, *entries: Entry, at: dt.datetime, **fields: Any
) -> None:
    """Add entries to a locked conversation, set fields, save, and tell open screens."""
    thread.content = [*thread.content, *entries]
    if any(entry["kind"] != "note" for entry in entries):
        thread.last_message_at = at
    thread.doctor_id = visit.doctor_id
    for name, value in fields.items():
        setattr(thread, name, value)
    thread.save()
    publish(
        AppointmentUpdated(
            clinic_id=actor.clinic_id,
            subject_id=visit.pk,
            doctor_ids=(visit.doctor_id,),
            origin=actor.tab,
            patient_id=visit.patient_id,
            action="conversation",
        )
    )


def escalate(actor: Actor, visit: Appointment, thread: Interaction, reason: str, *, at: dt.datetime) -> None:
    """From now on the conversation waits for a person; repeating keeps the first reason. The visit says so too."""
    if thread.needs_attention:
        return
    note = conversation_log.note_entry("escalated", at, reason=reason)
    store(
        actor,
        visit,
        thread,
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
    publish(
        AttentionNeeded(
            clinic_id=actor.clinic_id,
            subject_id=thread.pk,
            doctor_ids=(visit.doctor_id,),
            origin=actor.tab,
            appointment_id=visit.pk,
            reason=reason,
        )
    )


def is_handled_by_staff(actor: Actor, visit: Appointment) -> bool:
    """Whether some conversation about the visit waits for a person, so that nothing acts by itself."""
    waiting = Interaction.objects.visible_to(actor).waiting_for_a_person()
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
    """Put a message on its way at once; `last_word` is the one that may still reach somebody who has opted out."""
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
    """A person of the front desk answers. A call is answered in writing, by text before e-mail.

    Invalid without words; NoWayToReach when the patient has opted out of the channel, or the clinic has it off.
    """
    _require_desk(actor)
    body = body.strip()
    if not body or len(body) > REPLY_LENGTH:
        raise Invalid(fields={"body": ["Write something." if not body else f"At most {REPLY_LENGTH} characters."]})
    visit, thread = _lock(actor, interaction_id)
    way = _way_back(actor, visit, thread.channel)
    message = send_message(actor, visit, body, way=way, kind=Message.Kind.REPLY)
    entry = conversation_log.message_entry("outbound", body, at, message_id=str(message.pk), by=actor.name)
    status = Status.ESCALATED if thread.needs_attention else Status.IN_PROGRESS
    store(actor, visit, thread, entry, at=at, status=status, needs_response=False)
    return thread


@transaction.atomic
def resolve(actor: Actor, interaction_id: UUID, *, note: str, at: dt.datetime) -> Interaction:
    """Somebody has taken care of it; the note says how. Repeating is a success that changes nothing."""
    _require_desk(actor)
    note = note.strip()
    if not note or len(note) > NOTE_LENGTH:
        raise Invalid(fields={"note": ["Say what was done." if not note else f"At most {NOTE_LENGTH} characters."]})
    visit, thread = _lock(actor, interaction_id)
    if thread.resolved_at and not thread.needs_attention:
        return thread
    entry = conversation_log.note_entry("resolved", at, text=note, by=actor.name)
    store(
        actor,
        visit,
        thread,
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
    record(actor, "interaction.resolved", thread, patient_ids=[thread.patient_id])
    return thread


@transaction.atomic
def prepare_delivery(actor: Actor, message_id: UUID, *, last_word: bool) -> tuple[Message, str] | None:
    """A waiting message and its subject. None when it has left, or the patient has opted out meanwhile."""
    message = messages.claim(actor, message_id, last_word=last_word)
    if message is None or message.appointment is None:
        return None
    return message, patient_texts.subject(actor, message.appointment)


@transaction.atomic
def record_delivery(actor: Actor, message_id: UUID) -> None:
    """A message that could not be delivered fails its conversation."""
    message: Message = Message.objects.visible_to(actor).fetch(message_id)
    if message.status != Message.Status.FAILED or message.appointment_id is None:
        return
    visit = lock_visit(actor, message.appointment_id)
    thread = get_or_create_conversation(actor, visit, message.channel, direction=Interaction.Direction.OUTBOUND)
    status = Status.ESCALATED if thread.needs_attention else Status.FAILED
    store(actor, visit, thread, at=clock.now(), status=status, next_attempt_at=None)


@transaction.atomic
def hand_to_staff(actor: Actor, appointment_id: UUID, *, channel: str, at: dt.datetime) -> None:
    """The patient has to hear of a change from a person, since no message over this channel reached them."""
    visit = lock_visit(actor, appointment_id)
    thread = get_or_create_conversation(actor, visit, channel, direction=Interaction.Direction.OUTBOUND)
    store(actor, visit, thread, conversation_log.note_entry("untold", at), at=at)
    escalate(actor, visit, thread, Interaction.Attention.PAUSED, at=at)


@transaction.atomic
def restart_outreach(actor: Actor, appointment_id: UUID) -> None:
    """The conversations came to another visit, whose confirmation starts over: it may be asked about again."""
    rows = Interaction.objects.visible_to(actor).filter(appointment_id=appointment_id)
    visit = Appointment.objects.visible_to(actor).fetch(appointment_id)
    rows.update(step="", attempts=0, next_attempt_at=None, doctor_id=visit.doctor_id, updated_at=clock.now())


@transaction.atomic
def stop_outreach(actor: Actor, appointment_id: UUID) -> None:
    """The visit is confirmed or does not take place: nothing more is asked. What waits for a person still does."""
    rows = Interaction.objects.visible_to(actor).filter(appointment_id=appointment_id)
    rows.filter(next_attempt_at__isnull=False).update(next_attempt_at=None, updated_at=clock.now())
    open_ones = rows.filter(status__in=[Status.PENDING, Status.IN_PROGRESS], needs_attention=False)
    open_ones.update(status=Status.COMPLETED, updated_at=clock.now())


def _lock(actor: Actor, interaction_id: UUID) -> tuple[Appointment, Interaction]:
    found: Interaction = Interaction.objects.visible_to(actor).fetch(interaction_id)
    visit = lock_visit(actor, found.appointment_id)
    thread: Interaction = Interaction.objects.visible_to(actor).lock(interaction_id)
    return visit, thread


def _way_back(actor: Actor, visit: Appointment, channel: str) -> tuple[str, str]:
    patient = visit.patient
    clinic = ClinicSettings.objects.visible_to(actor).get()
    if channel == Channel.VOICE:
        way = messages.channel_for(actor, patient)
        if way is None:
            raise NoWayToReach()
        return way
    address = str(patient.phone) if channel == Channel.SMS else patient.email
    wanted = patient.contact_preferences.get(channel, True)
    if not address or not wanted or not getattr(clinic, f"{channel}_enabled"):
        raise NoWayToReach("This patient may not be written to this way. Call them instead.")
    return channel, address


def _require_desk(actor: Actor) -> None:
    if actor.role not in DESK:
        raise Forbidden()
