"""Jobs that generate summaries, by the rules engine or a model, and jobs that send messages and place calls.

A summary is ready within a minute after the form was submitted: when the model fails or the minute runs out, the rules
engine generates it, and the model's version follows later as a version of its own. When the rules engine takes too long
as well, the summary lists the answers as not read.
"""

import datetime as dt
from uuid import UUID

import structlog
from django.db import transaction

from aiassist import summarize_with_model
from aiassist.engine.deadline import TooSlow, unread, within
from aiassist.engine.identity import Identity
from aiassist.engine.schema import Answer, Verified
from aiassist.engine.summarize import extract
from aiassist.engine.verifier import verify
from aiassist.model import client
from aiassist.model.client import RETRYABLE, ModelFailed
from aiassist.model.prompt import PROMPT_VERSION
from aiassist.models import IntakeSummary
from aiassist.operations import calls, interactions, outreach, summaries, usage_budget
from aiassist.rules.engine_answers import engine_answers
from aiassist.summarize_with_model import ModelSummary
from clinicflow.access.actor import Actor, system_actor
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs.queue import RetryLater, enqueue
from clinicflow.jobs.registry import job, periodic
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from scheduling.messaging import TWILIO, Undeliverable
from scheduling.operations import messages

TIME_LIMIT = 60.0  # seconds from the creation of a version to its summary
CALL_TIMEOUT = 40.0  # seconds
RULES_TIMEOUT = 8.0  # seconds
MIN_SECONDS = 8.0  # the least time for which a call is started, and the least pause between two
FOLLOW_UPS = (2, 10, 60, 240, 720)  # minutes
# Failures that a second call would repeat.
FINAL = frozenset({"refused", "filtered", "context_length", "identity_left", "over_cap", "interrupted", "too_slow"})
log = structlog.get_logger(__name__)


def on_summary_failed(*, clinic_id: UUID, summary_id: str) -> None:
    """Mark a summary as failed once its job has used up its attempts."""
    summaries.fail(system_actor(clinic_id), UUID(summary_id), reason="gave_up")


@job("aiassist.summarize", atomic=False, on_death=on_summary_failed)
def summarize(*, clinic_id: UUID, summary_id: str) -> None:
    """Generate a summary. The engine or model runs outside any transaction; the result is stored in one."""
    actor, pk = system_actor(clinic_id), UUID(summary_id)
    with transaction.atomic(), tenant(clinic_id):
        revision = summaries.revision_to_summarize(actor, pk)
        if revision is None:
            return
        use_model = usage_budget.is_enabled(actor)
        identity = summarize_with_model.identity_of_revision(actor, revision) if use_model else None
        seconds_left = TIME_LIMIT - (clock.now() - summaries.created_at(actor, pk)).total_seconds()
    answers = engine_answers(revision.form.questionnaire, revision)
    if identity is None:
        _generate_by_rules(actor, pk, answers, "")
        return
    try:
        result = _generate_by_model(actor, pk, answers, identity, seconds_left)
    except ModelFailed as failed:
        _retry_in_time(actor, pk, failed)
        _generate_by_rules(actor, pk, answers, failed.code)
        return
    _store(actor, pk, answers, result)


def _generate_by_model(
    actor: Actor, pk: UUID, answers: list[Answer], identity: Identity, seconds_left: float
) -> ModelSummary:
    with transaction.atomic(), tenant(actor.scope()):
        if not summaries.record_call(actor, pk, PROMPT_VERSION):
            raise ModelFailed("interrupted")
    if seconds_left < MIN_SECONDS:
        raise ModelFailed("deadline")
    return summarize_with_model.summarize(actor, answers, identity, seconds=min(CALL_TIMEOUT, seconds_left - 3))


def _retry_in_time(actor: Actor, pk: UUID, failed: ModelFailed) -> None:
    """RetryLater when the failure is temporary and the time limit allows the pause and another call.

    Pauses double, so that a job's five attempts cover the time limit.
    """
    log.warning("model_failed", failure=failed.code, summary_id=str(pk))
    with transaction.atomic(), tenant(actor.scope()):
        summary_age = (clock.now() - summaries.created_at(actor, pk)).total_seconds()
        pause = max(failed.retry_after or 0.0, MIN_SECONDS, summary_age)
        may_retry = failed.code in RETRYABLE and TIME_LIMIT - summary_age - pause >= MIN_SECONDS
        if may_retry:
            summaries.clear_call(actor, pk)
    if may_retry:
        raise RetryLater(pause, failed.code)


def _generate_by_rules(actor: Actor, pk: UUID, answers: list[Answer], failure: str) -> None:
    try:
        verified = within(RULES_TIMEOUT, _extract_and_verify, answers)
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
            _queue_follow_up(actor, pk, 0)


def _extract_and_verify(answers: list[Answer]) -> Verified:
    return verify(extract(answers), answers)


def _store(actor: Actor, pk: UUID, answers: list[Answer], result: ModelSummary) -> None:
    with transaction.atomic(), tenant(actor.scope()):
        summaries.complete(
            actor,
            pk,
            answers=answers,
            verified=result.verified,
            engine=IntakeSummary.Engine.MODEL,
            at=clock.now(),
            facts=result.facts,
        )


def _queue_follow_up(actor: Actor, pk: UUID, attempt: int) -> None:
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
    """Retry the model for a summary that the rules engine generated, and add the result as a version.

    Does nothing once a doctor has edited, decided on or reviewed it.
    """
    actor, pk = system_actor(clinic_id), UUID(summary_id)
    with transaction.atomic(), tenant(clinic_id):
        revision = summaries.awaits_model(actor, pk)
        if revision is None or not usage_budget.is_enabled(actor):
            return
        identity = summarize_with_model.identity_of_revision(actor, revision)
    answers = engine_answers(revision.form.questionnaire, revision)
    try:
        result = summarize_with_model.summarize(actor, answers, identity, seconds=CALL_TIMEOUT)
    except ModelFailed as failed:
        log.warning("model_failed", failure=failed.code, summary_id=summary_id)
        if failed.code not in FINAL:
            with transaction.atomic(), tenant(clinic_id):
                _queue_follow_up(actor, pk, attempt + 1)
        return
    with transaction.atomic(), tenant(clinic_id):
        summaries.add_model_version(
            actor, pk, answers=answers, verified=result.verified, at=clock.now(), facts=result.facts
        )


@job("aiassist.try_model", atomic=False)
def try_model(*, clinic_id: UUID) -> None:
    """Make a test call with a made-up answer; the clinic's ModelUse records its outcome."""
    if not client.is_configured():
        return
    try:
        summarize_with_model.try_connection(system_actor(clinic_id))
    except ModelFailed as failed:
        log.warning("model_failed", failure=failed.code)


@periodic("aiassist.outreach", every=60)
def run_outreach(*, clinic_id: UUID) -> None:
    """Run the outreach that is due: confirmation requests, call retries and timeouts."""
    outreach.run_due_steps(clinic_actor(clinic_id), at=clock.now())


def on_message_failed(*, clinic_id: UUID, message_id: str, last_word: bool) -> None:
    """Mark a message as failed once its job has used up its attempts."""
    actor = clinic_actor(clinic_id)
    messages.mark_failed(actor, UUID(message_id), error="not-sent")
    interactions.record_delivery(actor, UUID(message_id))


@job(interactions.SEND, atomic=False, on_death=on_message_failed)
def send_message(*, clinic_id: UUID, message_id: str, last_word: bool) -> None:
    """Send one message of a conversation by its provider and store the outcome, in short transactions."""
    actor, pk = clinic_actor(clinic_id), UUID(message_id)
    with tenant(actor.scope()):
        prepared = interactions.prepare_delivery(actor, pk, last_word=last_word)
        if prepared is None:
            return
        message, subject = prepared
        messages.deliver(actor, message, subject=subject, text=message.body)
        interactions.record_delivery(actor, pk)


def on_call_failed(*, clinic_id: UUID, interaction_id: str, call_id: str) -> None:
    """End a call that could not be placed."""
    calls.end_call(clinic_actor(clinic_id), UUID(interaction_id), call_id=call_id, how="failed", at=clock.now())


@job(calls.PLACE, atomic=False, on_death=on_call_failed)
def place_call(*, clinic_id: UUID, interaction_id: str, call_id: str) -> None:
    """Start a call by the provider, which reports its end by webhook."""
    actor = clinic_actor(clinic_id)
    with tenant(actor.scope()):
        with transaction.atomic():
            number = calls.number_to_call(actor, UUID(interaction_id), call_id)
            sender = messages.sender_of(actor, "voice")
        if number is None:
            return
        try:
            TWILIO.call(address=number, sender=sender, url=calls.webhook_url(interaction_id, call_id))
        except Undeliverable:
            with transaction.atomic():
                on_call_failed(clinic_id=clinic_id, interaction_id=interaction_id, call_id=call_id)
