"""Application of a patient's reply. Only a clear yes, a clear cancellation and an opt-out act automatically.

`decide` changes the visit and returns the answer and whether the front desk is asked to reply. Texts and emails come
in by `interpret_and_apply`, calls by operations/calls.py. docs/messaging.md has the table.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from aiassist.engine.replies import Reply, ReplyKind, VisitFacts, classify
from aiassist.models import Interaction
from aiassist.operations import dangers, interactions
from aiassist.rules import conversation_log, patient_texts
from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.models import ClinicSettings
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from clinicflow.core.errors import IllegalTransition
from clinicflow.db import tenant
from patients.operations import patients
from scheduling.errors import InsideNotice
from scheduling.messaging import InboundMessage
from scheduling.models import Appointment, Cancellation
from scheduling.operations import appointments, messages

Attention, Status = Interaction.Attention, Interaction.Status
ANSWER_PAUSE = dt.timedelta(hours=1)
UNCLEAR = frozenset({ReplyKind.AMBIGUOUS, ReplyKind.QUESTION, ReplyKind.HUMAN})
REASONS = {ReplyKind.QUESTION: Attention.COMPLEX, ReplyKind.HUMAN: Attention.HUMAN}
CHANNEL_WORDS = {"sms": "text", "email": "e-mail", "voice": "phone"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a reply led to.

    `action` is confirmed, cancelled, opted-out, asked-again, told-to-call, passed-on or kept. `answer` are keys of
    `patient_texts.compose_text`. `reason` is an Interaction.Attention when a staff member has to reply, else empty.
    """

    action: str
    answer: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_final(self) -> bool:
        """Whether the reply was carried out, so that the conversation is complete."""
        return self.action in {"confirmed", "cancelled", "opted-out"}


@dataclass(frozen=True, kw_only=True)
class InterpretedReply:
    """A classified reply with its context.

    `is_handled_by_staff`: a conversation about the visit waits for a staff reply. `was_asked_again`: the patient has
    been asked to rephrase, or cannot be, as on the phone. `is_certain`: no other visit can be meant.
    """

    verdict: Reply
    channel: str
    is_handled_by_staff: bool = False
    was_asked_again: bool = False
    is_certain: bool = True


@transaction.atomic
def interpret_and_apply(
    actor: Actor, appointment_id: UUID, inbound: InboundMessage, *, is_certain: bool = True
) -> Interaction | None:
    """Store a patient's message about a visit, apply it and answer it; returns the conversation.

    None when the provider has delivered the message before. `is_certain`: the message can be about no other visit.
    """
    visit = interactions.lock_visit(actor, appointment_id)
    message = messages.receive(actor, inbound, patient_id=visit.patient_id, appointment=visit)
    if message is None:
        return None
    at, channel, text = inbound.received_at, inbound.channel, inbound.body
    conversation = interactions.get_or_create_conversation(
        actor, visit, channel, direction=Interaction.Direction.INBOUND
    )
    previous = conversation_log.last_inbound(conversation.content)
    reply = InterpretedReply(
        verdict=classify(inbound.text, visit_facts(actor, visit, at=at), channel),
        channel=channel,
        is_handled_by_staff=interactions.is_handled_by_staff(actor, visit),
        was_asked_again=previous is not None and previous.get("did") == "asked-again",
        is_certain=is_certain,
    )
    outcome = decide(actor, visit, reply, at=at)
    entry = conversation_log.message_entry(
        "inbound", text, at, message_id=str(message.pk), understood=str(reply.verdict.kind), did=outcome.action
    )
    interactions.store(actor, visit, conversation, entry, at=at, **state_after(conversation, outcome))
    if reply.verdict.dangers:
        dangers.raise_from_message(actor, visit, conversation, reply.verdict.dangers, at=at)
    _answer(actor, visit, conversation, outcome, address=inbound.address, at=at)
    if outcome.reason:
        interactions.escalate(actor, visit, conversation, outcome.reason, at=at)
    return conversation


def decide(actor: Actor, visit: Appointment, reply: InterpretedReply, *, at: dt.datetime) -> Outcome:
    """Apply a reply to a locked visit where it may act automatically; otherwise decide who replies."""
    clinic = settings_of(actor)
    verdict = reply.verdict
    if verdict.opt_out:
        _opt_out(actor, visit, reply.channel)
    if verdict.kind is ReplyKind.URGENT:
        return Outcome(action="passed-on", answer=("emergency",), reason=Attention.COMPLEX)
    if verdict.opt_out:
        has_question = verdict.question and clinic.escalate_on_unrecognized
        answer = (f"no_more_{reply.channel}",)
        return Outcome(action="opted-out", answer=answer, reason=Attention.COMPLEX if has_question else "")
    if verdict.kind is ReplyKind.AUTO_REPLY:
        return Outcome(action="kept")
    if reply.is_handled_by_staff:
        return Outcome(action="passed-on")
    if not reply.is_certain and (verdict.automatic or verdict.kind in UNCLEAR):
        return Outcome(action="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    if verdict.kind is ReplyKind.CONFIRM:
        return _confirm(actor, visit, verdict, clinic, reply.channel, at)
    if verdict.kind is ReplyKind.CANCEL:
        return _cancel(actor, visit, reply.channel, at)
    return _refer_to_staff(reply, clinic)


def visit_facts(actor: Actor, visit: Appointment, *, at: dt.datetime) -> VisitFacts:
    """What a reply about a visit may name. The visit comes with its patient and doctor."""
    starts_at = clock.local(visit.starts_at, actor.timezone)
    return VisitFacts(
        date=starts_at.date(),
        time=starts_at.time(),
        doctor=visit.doctor.name,
        clinic=actor.clinic_name,
        patient=visit.patient.full_name,
        today=clock.local(at, actor.timezone).date(),
    )


def state_after(conversation: Interaction, outcome: Outcome) -> dict[str, object]:
    """The fields of a conversation after a reply with this outcome."""
    is_open_question = outcome.action in {"passed-on", "kept"}
    status = conversation.status
    if not conversation.needs_attention:
        status = Status.COMPLETED if outcome.is_final else Status.IN_PROGRESS
    continues = outcome.action in {"asked-again", "kept"}  # the next scheduled step still follows
    return {
        "status": status,
        "needs_response": conversation.needs_response or is_open_question or bool(outcome.reason),
        "next_attempt_at": conversation.next_attempt_at if continues else None,
    }


def _confirm(
    actor: Actor, visit: Appointment, verdict: Reply, clinic: ClinicSettings, channel: str, at: dt.datetime
) -> Outcome:
    """Confirm, or pass the reply on: the visit has begun, is closed, or needs its intake form first."""
    if visit.starts_at <= at:
        return Outcome(action="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    patient = _patient(actor, visit, channel)
    try:
        with tenant(patient.scope()):
            appointments.confirm(patient, visit.pk, at=at)
    except IllegalTransition:
        return Outcome(action="passed-on", answer=("passed_on",), reason=Attention.COMPLEX)
    if verdict.question and clinic.escalate_on_unrecognized:
        return Outcome(action="confirmed", answer=("confirmed", "passed_on"), reason=Attention.COMPLEX)
    return Outcome(action="confirmed", answer=("confirmed",))


def _cancel(actor: Actor, visit: Appointment, channel: str, at: dt.datetime) -> Outcome:
    if visit.starts_at <= at:
        return Outcome(action="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    patient = _patient(actor, visit, channel)
    try:
        with tenant(patient.scope()):
            appointments.cancel(patient, visit.pk, cancellation_type=Cancellation.Type.PATIENT, at=at)
    except InsideNotice:
        return Outcome(action="passed-on", answer=("too_late", "passed_on"), reason=Attention.HUMAN)
    except IllegalTransition:
        return Outcome(action="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    return Outcome(action="cancelled", answer=("cancelled",))


def _refer_to_staff(reply: InterpretedReply, clinic: ClinicSettings) -> Outcome:
    """The outcome of a reply that does not act automatically, by the clinic's escalation settings.

    A wrong number, which must not be written to again, R, which the request offers, and an unclear message of more
    than a few words need a staff reply whatever the settings are.
    """
    kind = reply.verdict.kind
    if reply.verdict.long and kind in UNCLEAR:
        return Outcome(action="passed-on", answer=("passed_on",), reason=REASONS.get(kind, Attention.AMBIGUOUS))
    if kind is ReplyKind.WRONG_NUMBER:
        return Outcome(action="passed-on", answer=("passed_on",), reason=Attention.COMPLEX)
    if kind is ReplyKind.RESCHEDULE:
        reason = Attention.COMPLEX if reply.verdict.question else Attention.HUMAN
        return Outcome(action="passed-on", answer=("passed_on",), reason=reason)
    if kind is ReplyKind.HUMAN:
        return _escalate_or_refer(clinic.escalate_on_human_request, Attention.HUMAN)
    if kind is ReplyKind.QUESTION:
        return _escalate_or_refer(clinic.escalate_on_unrecognized, Attention.COMPLEX)
    if clinic.escalate_on_ambiguous or (reply.was_asked_again and clinic.escalate_on_unrecognized):
        return Outcome(action="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    return Outcome(action="kept") if reply.was_asked_again else Outcome(action="asked-again", answer=("unclear",))


def _escalate_or_refer(enabled: bool, reason: str) -> Outcome:
    if enabled:
        return Outcome(action="passed-on", answer=("passed_on",), reason=reason)
    return Outcome(action="told-to-call", answer=("call_us",))


def _opt_out(actor: Actor, visit: Appointment, channel: str) -> None:
    patient = _patient(actor, visit, channel)
    with tenant(patient.scope()):
        patients.opt_out(patient, visit.patient_id, channel=channel)
    messages.cancel_queued_to(actor, visit.patient_id, channel=channel)


def _answer(
    actor: Actor, visit: Appointment, conversation: Interaction, outcome: Outcome, *, address: str, at: dt.datetime
) -> None:
    """Send the automatic answer: at most one per address, kind and hour, so that two machines cannot talk forever."""
    kind = "+".join(outcome.answer)
    if not kind or conversation_log.was_answered(conversation.content, kind, since=at - ANSWER_PAUSE):
        return
    clinic = settings_of(actor)
    text = patient_texts.compose_text(actor, visit, clinic, *outcome.answer)
    if messages.was_sent_to(actor, address, channel=conversation.channel, body=text, since=at - ANSWER_PAUSE):
        return
    is_opt_out = outcome.action == "opted-out"
    message = interactions.send_message(actor, visit, text, way=(conversation.channel, address), last_word=is_opt_out)
    interactions.store(
        actor,
        visit,
        conversation,
        conversation_log.message_entry("outbound", text, at, message_id=str(message.pk), answer=kind),
        at=at,
    )


def _patient(actor: Actor, visit: Appointment, channel: str) -> Actor:
    """The patient as the actor of a reply, so that history and audit log name the patient."""
    return Actor(
        clinic_id=actor.clinic_id,
        role=Role.PATIENT,
        timezone=actor.timezone,
        clinic_name=actor.clinic_name,
        name=f"{visit.patient.full_name} (by {CHANNEL_WORDS[channel]})",
        patient_id=visit.patient_id,
        request_id=actor.request_id,
    )
