"""What a patient's answer does. Only a clear yes, a clear cancel and an opt-out act by themselves.

`decide` writes on the visit and says what is answered and whether a person is asked; `hear` is the way in for texts
and e-mails, operations/calls.py for calls. docs/messaging.md has the table.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from aiassist.engine.replies import Reply, ReplyKind, VisitFacts, classify
from aiassist.models import Interaction
from aiassist.operations import interactions
from aiassist.rules import conversation_log, patient_texts
from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.errors import IllegalTransition
from clinicflow.db import tenant
from patients.operations import patients
from scheduling.errors import InsideNotice
from scheduling.models import Appointment, Cancellation
from scheduling.operations import appointments, messages

Attention, Status = Interaction.Attention, Interaction.Status
TEXT_LENGTH = 1600  # ten joined texts; carriers send no longer ones
CHANNEL_WORDS = {"sms": "text", "email": "e-mail", "voice": "phone"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`did` is confirmed, cancelled, opted-out, asked-again, told-to-call, passed-on or kept; `answer` names
    sentences of wording.py; `reason` is why a person is asked, or empty."""

    did: str
    answer: tuple[str, ...] = ()
    reason: str = ""

    @property
    def acted(self) -> bool:
        return self.did in {"confirmed", "cancelled", "opted-out"}


@dataclass(frozen=True, kw_only=True)
class InterpretedReply:
    """What came, and what it stands in: over which channel, whether people have the conversation, whether the same
    patient was asked to say it again just now, whether it can be about no other visit."""

    verdict: Reply
    channel: str
    with_people: bool = False
    asked_again: bool = False
    sure: bool = True


@transaction.atomic
def interpret_and_apply(
    actor: Actor,
    appointment_id: UUID,
    *,
    channel: str,
    text: str,
    address: str,
    provider: str = "console",
    provider_id: str = "",
    sure: bool = True,
    at: dt.datetime,
) -> Interaction | None:
    """A patient wrote about a visit: keep it, act on it, answer it. None when it has been heard before.

    `sure` says that it can be about no other visit.
    """
    visit = interactions.lock_visit(actor, appointment_id)
    whole = text.replace("\x00", "").strip()  # understood whole: the cut may fall inside a quoted original
    text = whole[:TEXT_LENGTH]
    message = messages.receive(
        actor,
        patient_id=visit.patient_id,
        appointment=visit,
        channel=channel,
        address=address,
        body=text,
        provider=provider,
        provider_id=provider_id,
    )
    if message is None:
        return None
    thread = interactions.get_or_create_conversation(actor, visit, channel, direction=Interaction.Direction.INBOUND)
    before = conversation_log.last_inbound(thread.content)
    heard = InterpretedReply(
        verdict=classify(whole, visit_facts(actor, visit, at=at), channel),
        channel=channel,
        with_people=interactions.is_handled_by_staff(actor, visit),
        asked_again=before is not None and before.get("did") == "asked-again",
        sure=sure,
    )
    outcome = decide(actor, visit, heard, at=at)
    entry = conversation_log.message_entry(
        "inbound", text, at, message_id=str(message.pk), understood=str(heard.verdict.kind), did=outcome.did
    )
    interactions.store(actor, visit, thread, entry, at=at, **state_after(thread, outcome))
    _answer(actor, visit, thread, outcome, address=address, at=at)
    if outcome.reason:
        interactions.escalate(actor, visit, thread, outcome.reason, at=at)
    return thread


def decide(actor: Actor, visit: Appointment, heard: InterpretedReply, *, at: dt.datetime) -> Outcome:
    """Act on the visit where that is allowed; otherwise say who or what comes next. The visit is locked."""
    clinic = ClinicSettings.objects.visible_to(actor).get()
    verdict = heard.verdict
    if verdict.opt_out:
        _opt_out(actor, visit, heard.channel)
    if verdict.kind is ReplyKind.URGENT:
        return Outcome(did="passed-on", answer=("emergency",), reason=Attention.COMPLEX)
    if verdict.opt_out:
        wants_more = verdict.question and clinic.escalate_on_unrecognized
        answer = (f"no_more_{heard.channel}",)
        return Outcome(did="opted-out", answer=answer, reason=Attention.COMPLEX if wants_more else "")
    if verdict.kind is ReplyKind.AUTO_REPLY:
        return Outcome(did="kept")
    if heard.with_people:
        return Outcome(did="passed-on")
    if not heard.sure and verdict.automatic:
        return Outcome(did="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    if verdict.kind is ReplyKind.CONFIRM:
        return _confirm(actor, visit, verdict, clinic, heard.channel, at)
    if verdict.kind is ReplyKind.CANCEL:
        return _cancel(actor, visit, heard.channel, at)
    return _for_a_person(heard, clinic)


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


def state_after(thread: Interaction, outcome: Outcome) -> dict[str, object]:
    """Fields of the conversation once its answer is known."""
    open_question = outcome.did in {"passed-on", "kept"}
    status = thread.status
    if not thread.needs_attention:
        status = Status.COMPLETED if outcome.acted else Status.IN_PROGRESS
    waits = outcome.did in {"asked-again", "kept"}  # what was to come next still comes
    return {
        "status": status,
        "needs_response": thread.needs_response or open_question or bool(outcome.reason),
        "next_attempt_at": thread.next_attempt_at if waits else None,
    }


def _confirm(
    actor: Actor, visit: Appointment, verdict: Reply, clinic: ClinicSettings, channel: str, at: dt.datetime
) -> Outcome:
    """A locked intake, a visit that is over or off: a person is asked instead."""
    if visit.starts_at <= at:
        return Outcome(did="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    patient = _patient(actor, visit, channel)
    try:
        with tenant(patient.scope()):
            appointments.confirm(patient, visit.pk, at=at)
    except IllegalTransition:
        return Outcome(did="passed-on", answer=("passed_on",), reason=Attention.COMPLEX)
    if verdict.question and clinic.escalate_on_unrecognized:
        return Outcome(did="confirmed", answer=("confirmed", "passed_on"), reason=Attention.COMPLEX)
    return Outcome(did="confirmed", answer=("confirmed",))


def _cancel(actor: Actor, visit: Appointment, channel: str, at: dt.datetime) -> Outcome:
    if visit.starts_at <= at:
        return Outcome(did="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    patient = _patient(actor, visit, channel)
    try:
        with tenant(patient.scope()):
            appointments.cancel(patient, visit.pk, cancellation_type=Cancellation.Type.PATIENT, at=at)
    except InsideNotice:
        return Outcome(did="passed-on", answer=("too_late", "passed_on"), reason=Attention.HUMAN)
    except IllegalTransition:
        return Outcome(did="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    return Outcome(did="cancelled", answer=("cancelled",))


def _for_a_person(heard: InterpretedReply, clinic: ClinicSettings) -> Outcome:
    """The clinic's triggers decide whether somebody is asked. R is offered in our own words, and a wrong number must
    not be written to again, so these two always are."""
    kind = heard.verdict.kind
    if kind is ReplyKind.WRONG_NUMBER:
        return Outcome(did="passed-on", answer=("passed_on",), reason=Attention.COMPLEX)
    if kind is ReplyKind.RESCHEDULE:
        reason = Attention.COMPLEX if heard.verdict.question else Attention.HUMAN
        return Outcome(did="passed-on", answer=("passed_on",), reason=reason)
    if kind is ReplyKind.HUMAN:
        return _ask_or_refer(clinic.escalate_on_human_request, Attention.HUMAN)
    if kind is ReplyKind.QUESTION:
        return _ask_or_refer(clinic.escalate_on_unrecognized, Attention.COMPLEX)
    if clinic.escalate_on_ambiguous or (heard.asked_again and clinic.escalate_on_unrecognized):
        return Outcome(did="passed-on", answer=("passed_on",), reason=Attention.AMBIGUOUS)
    return Outcome(did="kept") if heard.asked_again else Outcome(did="asked-again", answer=("unclear",))


def _ask_or_refer(trigger: bool, reason: str) -> Outcome:
    if trigger:
        return Outcome(did="passed-on", answer=("passed_on",), reason=reason)
    return Outcome(did="told-to-call", answer=("call_us",))


def _opt_out(actor: Actor, visit: Appointment, channel: str) -> None:
    patient = _patient(actor, visit, channel)
    with tenant(patient.scope()):
        patients.opt_out(patient, visit.patient_id, channel=channel)
    messages.cancel_queued_to(actor, visit.patient_id, channel=channel)


def _answer(
    actor: Actor, visit: Appointment, thread: Interaction, outcome: Outcome, *, address: str, at: dt.datetime
) -> None:
    if not outcome.answer:
        return
    clinic = ClinicSettings.objects.visible_to(actor).get()
    text = patient_texts.compose_text(actor, visit, clinic, *outcome.answer)
    last_word = outcome.did == "opted-out"
    message = interactions.send_message(actor, visit, text, way=(thread.channel, address), last_word=last_word)
    interactions.store(
        actor, visit, thread, conversation_log.message_entry("outbound", text, at, message_id=str(message.pk)), at=at
    )


def _patient(actor: Actor, visit: Appointment, channel: str) -> Actor:
    """The patient, acting by an answer: what follows is theirs in the history and in the audit."""
    return Actor(
        clinic_id=actor.clinic_id,
        role=Role.PATIENT,
        timezone=actor.timezone,
        clinic_name=actor.clinic_name,
        name=f"{visit.patient.full_name} (by {CHANNEL_WORDS[channel]})",
        patient_id=visit.patient_id,
        request_id=actor.request_id,
    )
