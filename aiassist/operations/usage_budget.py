"""Limits of the model's use: agreement, monthly cap and circuit breaker, in one ModelUse row per clinic."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from aiassist.events import ModelTrialRequested
from aiassist.model import client
from aiassist.models import ModelUse
from clinicflow.access.actor import Actor
from clinicflow.audit.log import record
from clinicflow.clinics.selectors import settings_of
from clinicflow.core.events import publish

FAILURES_TO_OPEN = 5
WINDOW = dt.timedelta(seconds=60)
PAUSE = dt.timedelta(seconds=60)
LONG_PAUSE = dt.timedelta(minutes=10)  # after failures that need a change of configuration
CONFIGURATION_FAILURES = frozenset({"auth", "quota", "not_found_model", "no_interface"})
# Faults of one answer, which say nothing about the connection.
NOT_COUNTED = frozenset({"refused", "filtered", "truncated", "context_length", "not_json", "wrong_schema"})
MAY_HAVE_COST = frozenset({"timeout", "connection", "empty", "unexpected"})


def is_enabled(actor: Actor) -> bool:
    """Whether a model writes this clinic's summaries: a key is set, and the agreement is confirmed."""
    if not client.is_configured():
        return False
    return settings_of(actor).ai_agreement_confirmed


@transaction.atomic
def reserve(actor: Actor, *, cost: Decimal, at: dt.datetime) -> str:
    """Reserve the maximum cost of a call. Returns "", or why it may not be made: `breaker_open` or `over_cap`."""
    use = _lock(actor, at)
    cap = settings_of(actor).ai_monthly_cap_usd
    if use.open_until is not None and use.open_until > at:
        return "breaker_open"
    if use.spent_usd + cost > cap:
        return "over_cap"
    use.spent_usd += cost
    use.calls += 1
    use.save()
    return ""


@transaction.atomic
def record_usage(
    actor: Actor,
    *,
    reserved: Decimal,
    cost: Decimal,
    input_tokens: int = 0,
    output_tokens: int = 0,
    failure: str = "",
    at: dt.datetime,
) -> None:
    """Replace the reserved cost of a call by its actual one (US dollars), and update the circuit breaker.

    A failed call that may have been charged keeps its reserved cost.
    """
    use = _lock(actor, at)
    if failure not in MAY_HAVE_COST:
        use.spent_usd = max(Decimal(0), use.spent_usd - reserved + cost)
    use.input_tokens += input_tokens
    use.output_tokens += output_tokens
    if failure:
        _count_failure(use, failure, at)
    else:
        use.failures, use.failing_since, use.open_until = 0, None, None
        use.last_success_at = at
    use.save()


def _count_failure(use: ModelUse, failure: str, at: dt.datetime) -> None:
    use.last_failure, use.last_failure_at = failure, at
    if failure in NOT_COUNTED:
        return
    if use.failing_since is None or at - use.failing_since > WINDOW:
        use.failures, use.failing_since = 0, at
    use.failures += 1
    if failure in CONFIGURATION_FAILURES:
        use.open_until = at + LONG_PAUSE
    elif use.failures >= FAILURES_TO_OPEN:
        use.open_until = at + PAUSE


@transaction.atomic
def close_breaker(actor: Actor, *, at: dt.datetime) -> None:
    """Close the circuit breaker, so that the next call is made."""
    use = _lock(actor, at)
    use.failures, use.failing_since, use.open_until = 0, None, None
    use.save()
    record(actor, "ai.breaker_closed", use)


def _lock(actor: Actor, at: dt.datetime) -> ModelUse:
    """The clinic's row, locked; its counters are reset when a new month has begun."""
    month = at.astimezone(dt.UTC).date().replace(day=1)
    ModelUse.objects.bulk_create([ModelUse(clinic_id=actor.clinic_id, month=month)], ignore_conflicts=True)
    use: ModelUse = ModelUse.objects.of_clinic(actor).select_for_update(of=("self",)).get()
    if use.month != month:
        use.month, use.calls = month, 0
        use.spent_usd = Decimal(0)
        use.input_tokens = use.output_tokens = 0
    return use


@transaction.atomic
def request_trial(actor: Actor, *, at: dt.datetime) -> None:
    """Queue a test call with a made-up answer, and close the circuit breaker for it."""
    close_breaker(actor, at=at)
    publish(ModelTrialRequested(clinic_id=actor.clinic_id, subject_id=actor.clinic_id, at=at))
