"""Generation of a summary by the model: redact, reserve the cost, call, record the usage, restore, verify.

No transaction is open during the call.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from aiassist.engine.deadline import Result, TooSlow, within
from aiassist.engine.identity import Identity, age_band
from aiassist.engine.redactor import leaked, redact_form
from aiassist.engine.schema import Answer, Verified
from aiassist.engine.verifier import verify
from aiassist.model import client, prompt
from aiassist.model.client import ModelAnswer, ModelFailed
from aiassist.model.prices import cost_of, worst_cost
from aiassist.operations import usage_budget
from aiassist.rules.engine_answers import identity_of
from clinicflow.access.actor import Actor
from clinicflow.clinics.models import Clinic, Doctor
from clinicflow.core import clock
from clinicflow.db import tenant
from intake.models import IntakeRevision
from patients.models import Patient

ENGINE_TIMEOUT = 3.0  # seconds for each of redacting, checking the redacted text and verifying


@dataclass(frozen=True)
class ModelSummary:
    """A verified summary by a model; `facts` are IntakeSummary fields about the call."""

    verified: Verified
    facts: dict[str, Any]


def identity_of_revision(actor: Actor, revision: IntakeRevision) -> Identity:
    """The identity of a revision's patient, for redaction. The caller is in the clinic's scope."""
    patient = Patient.objects.visible_to(actor).get(pk=revision.patient_id)
    doctors = Doctor.objects.visible_to(actor)
    return identity_of(patient, Clinic.objects.get(pk=actor.clinic_id), doctors)


def summarize(actor: Actor, answers: Sequence[Answer], identity: Identity, *, seconds: float) -> ModelSummary:
    """Summarize answers by the model within `seconds`. ModelFailed with a code when the call is refused or fails."""
    form = _in_time(redact_form, list(answers), identity)
    text = prompt.message(form.answers, age_band=age_band(identity.date_of_birth, clock.today(actor.timezone)))
    if _in_time(leaked, text, identity):
        raise ModelFailed("identity_left")
    answer, cost = _ask(actor, text, seconds)
    verified = _in_time(verify, form.restore(answer.extraction), list(answers))
    return ModelSummary(
        verified,
        {
            "model_version": answer.model,
            "prompt_version": prompt.PROMPT_VERSION,
            "input_tokens": answer.input_tokens,
            "output_tokens": answer.output_tokens,
            "latency_ms": answer.latency_ms,
            "cost_usd": cost,
        },
    )


def _in_time(call: Callable[..., Result], *arguments: Any) -> Result:
    try:
        return within(ENGINE_TIMEOUT, call, *arguments)
    except TooSlow:
        raise ModelFailed("too_slow") from None


def _ask(actor: Actor, text: str, seconds: float) -> tuple[ModelAnswer, Decimal]:
    name = settings.OPENAI_MODEL
    reserved = worst_cost(name, len(text) + len(prompt.INSTRUCTIONS), client.MAX_OUTPUT_TOKENS)
    with transaction.atomic(), tenant(actor.scope()):
        refusal = usage_budget.reserve(actor, cost=reserved, at=clock.now())
    if refusal:
        raise ModelFailed(refusal)
    try:
        answer = client.ask(text, clinic_id=actor.clinic_id, seconds=seconds)
    except ModelFailed as failed:
        _record_usage(actor, reserved, name, failed.input_tokens, failed.output_tokens, failed.code)
        raise
    cost = _record_usage(actor, reserved, name, answer.input_tokens, answer.output_tokens, "")
    return answer, cost


def _record_usage(actor: Actor, reserved: Decimal, name: str, tokens_in: int, tokens_out: int, failure: str) -> Decimal:
    cost = cost_of(name, tokens_in, tokens_out)
    with transaction.atomic(), tenant(actor.scope()):
        usage_budget.record_usage(
            actor,
            reserved=reserved,
            cost=cost,
            input_tokens=tokens_in,
            output_tokens=tokens_out,
            failure=failure,
            at=clock.now(),
        )
    return cost


def try_connection(actor: Actor) -> dt.timedelta:
    """Call the model with one made-up answer; returns the duration. ModelFailed as for `summarize`."""
    sample = Answer(question_id="reason", topic="reason", label="Reason for the visit", text="A cough for a week.")
    started = clock.now()
    _ask(actor, prompt.message([sample], age_band="40-49"), 20.0)
    return clock.now() - started
