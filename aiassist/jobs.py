"""Jobs of summaries: one per version, by the rules engine, or by a model where the clinic has agreed to it. And of
conversations: what is due by the clock, and what leaves by a provider.

Whatever the model does, a minute after the form came in there is a labelled summary: when the model fails for good or
the minute runs out, the rules make it, and the model's version follows later as one of its own. Where reading takes too
long as well, the answers are listed as they are.
"""

import datetime as dt
from uuid import UUID

import structlog
from django.db import transaction

from aiassist import writing
from aiassist.answers import engine_answers
from aiassist.engine.deadline import TooSlow, unread, within
from aiassist.engine.identity import Identity
from aiassist.engine.schema import Answer, Verified
from aiassist.engine.summarize import extract
from aiassist.engine.verifier import verify
from aiassist.model import client
from aiassist.model.client import RETRYABLE, ModelFailed
from aiassist.model.prompt import PROMPT_VERSION
from aiassist.models import IntakeSummary
from aiassist.operations import calls, interactions, model_use, outreach, summaries
from aiassist.writing import Written
from clinicflow.clinics.actors import Actor, system_actor
from clinicflow.clinics.operations.actors import clinic_itself
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs.queue import RetryLater, enqueue
from clinicflow.jobs.registry import job, periodic
from scheduling.messaging import TWILIO, Undeliverable
from scheduling.operations import messages

BUDGET = 60.0  # seconds from the opening of a version to a summary
CALL = 40.0  # seconds that one call may take in all
RULES = 8.0  # seconds that reading a form by rules may take
LEAST = 8.0  # seconds that are worth a call; also the shortest pause between two
FOLLOW_UPS = (2, 10, 60, 240, 720)  # minutes
# A second call would end the same way.
FINAL = frozenset({"refused", "filtered", "context_length", "identity_left", "over_cap", "interrupted", "too_slow"})
log = structlog.get_logger(__name__)


def give_up(*, clinic_id: UUID, summary_id: str) -> None:
    summaries.fail(system_actor(clinic_id), UUID(summary_id), reason="gave_up")


@job("aiassist.summarize", atomic=False, on_death=give_up)
def summarize(*, clinic_id: UUID, summary_id: str) -> None:
    """Read the answers, extract and verify outside any transaction, keep the result in one."""
    actor, pk = system_actor(clinic_id), UUID(summary_id)
    with transaction.atomic(), tenant(clinic_id):
        revision = summaries.answers_to_read(actor, pk)
        if revision is None:
            return
        wanted = model_use.is_wanted(actor)
        identity = writing.identity_behind(actor, revision) if wanted else None
        left = BUDGET - (clock.now() - summaries.opened_at(actor, pk)).total_seconds()
    answers = engine_answers(revision.form.questionnaire, revision)
    if identity is None:
        _keep_rules(actor, pk, answers, "")
        return
    try:
        written = _by_model(actor, pk, answers, identity, left)
    except ModelFailed as failed:
        _retry_in_time(actor, pk, failed, left)
        _keep_rules(actor, pk, answers, failed.code)
        return
    _keep(actor, pk, answers, written)


def _by_model(actor: Actor, pk: UUID, answers: list[Answer], identity: Identity, left: float) -> Written:
    with transaction.atomic(), tenant(actor.scope()):
        if not summaries.note_call(actor, pk, PROMPT_VERSION):
            raise ModelFailed("interrupted")
    if left < LEAST:
        raise ModelFailed("deadline")
    return writing.write(actor, answers, identity, seconds=min(CALL, left - 3))


def _retry_in_time(actor: Actor, pk: UUID, failed: ModelFailed, left: float) -> None:
    """RetryLater when the failure may pass and the minute has room for the pause and another call.

    Pauses double, so that a job's five attempts outlast the minute.
    """
    log.warning("model_failed", failure=failed.code, summary_id=str(pk))
    with transaction.atomic(), tenant(actor.scope()):
        summary_age = (clock.now() - summaries.opened_at(actor, pk)).total_seconds()
        pause = max(failed.retry_after or 0.0, LEAST, summary_age)
        again = failed.code in RETRYABLE and BUDGET - summary_age - pause >= LEAST
        if again:
            summaries.forget_call(actor, pk)
    if again:
        raise RetryLater(pause, failed.code)


def _keep_rules(actor: Actor, pk: UUID, answers: list[Answer], failure: str) -> None:
    try:
        verified = within(RULES, _read, answers)
    except TooSlow:
        log.warning("rules_too_slow", summary_id=str(pk))
        verified, failure = unread(answers), failure or "too_slow"
    with transaction.atomic(), tenant(actor.scope()):
        summaries.complete(
            actor,
            pk,
            answers=answers,
            verified=verified,
            engine=IntakeSummary.Engine.RULES,
            at=clock.now(),
            facts={"failure": failure, "prompt_version": ""},
        )
        if failure and failure not in FINAL:
            _follow_later(actor, pk, 0)


def _read(answers: list[Answer]) -> Verified:
    return verify(extract(answers), answers)


def _keep(actor: Actor, pk: UUID, answers: list[Answer], written: Written) -> None:
    with transaction.atomic(), tenant(actor.scope()):
        summaries.complete(
            actor,
            pk,
            answers=answers,
            verified=written.verified,
            engine=IntakeSummary.Engine.MODEL,
            at=clock.now(),
            facts=written.facts,
        )


def _follow_later(actor: Actor, pk: UUID, attempt: int) -> None:
    if attempt < len(FOLLOW_UPS):
        enqueue(
            "aiassist.follow_up",
            clinic_id=actor.clinic_id,
            key=f"{pk}:{attempt}",
            args={"summary_id": str(pk), "attempt": attempt},
            run_after=clock.now() + dt.timedelta(minutes=FOLLOW_UPS[attempt]),
        )


@job("aiassist.follow_up", atomic=False)
def follow_up(*, clinic_id: UUID, summary_id: str, attempt: int) -> None:
    """Try the model once more for a summary that the rules made in its place; its version goes on top.

    Never on top of what a doctor has edited, decided or reviewed.
    """
    actor, pk = system_actor(clinic_id), UUID(summary_id)
    with transaction.atomic(), tenant(clinic_id):
        revision = summaries.awaits_model(actor, pk)
        if revision is None or not model_use.is_wanted(actor):
            return
        identity = writing.identity_behind(actor, revision)
    answers = engine_answers(revision.form.questionnaire, revision)
    try:
        written = writing.write(actor, answers, identity, seconds=CALL)
    except ModelFailed as failed:
        log.warning("model_failed", failure=failed.code, summary_id=summary_id)
        if failed.code not in FINAL:
            with transaction.atomic(), tenant(clinic_id):
                _follow_later(actor, pk, attempt + 1)
        return
    with transaction.atomic(), tenant(clinic_id):
        summaries.follow(actor, pk, answers=answers, verified=written.verified, at=clock.now(), facts=written.facts)


@job("aiassist.try_model", atomic=False)
def try_model(*, clinic_id: UUID) -> None:
    """One call with an invented answer; how it went stands in the clinic's ModelUse."""
    if not client.is_configured():
        return
    try:
        writing.try_connection(system_actor(clinic_id))
    except ModelFailed as failed:
        log.warning("model_failed", failure=failed.code)


@periodic("aiassist.outreach", every=60)
def reach_out(*, clinic_id: UUID) -> None:
    """Requests to confirm, calls to try again and silences that are due now."""
    outreach.run(clinic_itself(clinic_id), at=clock.now())


def stop_sending(*, clinic_id: UUID, message_id: str, last_word: bool) -> None:
    actor = clinic_itself(clinic_id)
    messages.fail(actor, UUID(message_id), error="not-sent")
    interactions.note_delivery(actor, UUID(message_id))


@job(interactions.SEND, atomic=False, on_death=stop_sending)
def send_message(*, clinic_id: UUID, message_id: str, last_word: bool) -> None:
    """Hand one message of a conversation to its provider and note what became of it, in short transactions."""
    actor, pk = clinic_itself(clinic_id), UUID(message_id)
    with tenant(actor.scope()):
        found = interactions.ready(actor, pk, last_word=last_word)
        if found is None:
            return
        message, subject = found
        messages.deliver(actor, message, subject=subject, text=message.body)
        interactions.note_delivery(actor, pk)


def hang_up(*, clinic_id: UUID, interaction_id: str, call_id: str) -> None:
    calls.end(clinic_itself(clinic_id), UUID(interaction_id), call_id=call_id, how="failed", at=clock.now())


@job(calls.PLACE, atomic=False, on_death=hang_up)
def place_call(*, clinic_id: UUID, interaction_id: str, call_id: str) -> None:
    """Have the provider ring; how it ends comes back by webhook, or not at all."""
    actor = clinic_itself(clinic_id)
    with tenant(actor.scope()):
        with transaction.atomic():
            number = calls.number_to_ring(actor, UUID(interaction_id), call_id)
            sender = messages.sender_of(actor, "voice")
        if number is None:
            return
        try:
            TWILIO.call(address=number, sender=sender, url=calls.webhook_address(interaction_id, call_id))
        except Undeliverable:
            with transaction.atomic():
                hang_up(clinic_id=clinic_id, interaction_id=interaction_id, call_id=call_id)
