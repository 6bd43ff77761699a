"""Whether the model may be asked, and what it cost: agreement, monthly cap, circuit breaker, one row a clinic."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from aiassist.events import ModelTrialWanted
from aiassist.model import client
from aiassist.models import ModelUse
from clinicflow.audit.log import record
from clinicflow.clinics.actors import Actor
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core.events import publish

FAILURES_TO_OPEN = 5
WINDOW = dt.timedelta(seconds=60)
PAUSE = dt.timedelta(seconds=60)
LONG_PAUSE = dt.timedelta(minutes=10)  # for what a person must put right
FOR_A_PERSON = frozenset({"auth", "quota", "not_found_model", "no_interface"})
# The answer's own faults say nothing against the way to the server.
NOT_COUNTED = frozenset({"refused", "filtered", "truncated", "context_length", "not_json", "wrong_schema"})
MAY_HAVE_COST = frozenset({"timeout", "connection", "empty", "unexpected"})


def is_wanted(actor: Actor) -> bool:
    """Whether this clinic's summaries are written by a model: there is a key, and a manager has confirmed."""
    if not client.is_configured():
        return False
    return bool(ClinicSettings.objects.visible_to(actor).filter(ai_agreement_confirmed=True).exists())


@transaction.atomic
def reserve(actor: Actor, *, cost: Decimal, at: dt.datetime) -> str:
    """Count a call at its worst cost. The reason as a code when it may not be made, or "" when it may."""
    use = _lock(actor, at)
    cap: Decimal = ClinicSettings.objects.visible_to(actor).get().ai_monthly_cap_usd
    if use.open_until is not None and use.open_until > at:
        return "breaker_open"
    if use.spent_usd + cost > cap:
        return "over_cap"
    use.spent_usd += cost
    use.calls += 1
    use.save()
    return ""


@transaction.atomic
def settle(
    actor: Actor,
    *,
    reserved: Decimal,
    cost: Decimal,
    input_tokens: int = 0,
    output_tokens: int = 0,
    failure: str = "",
    at: dt.datetime,
) -> None:
    """Correct a counted call to what it cost, and let its outcome move the breaker.

    A call that may have been charged without an answer stays counted at its worst.
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
    if failure in FOR_A_PERSON:
        use.open_until = at + LONG_PAUSE
    elif use.failures >= FAILURES_TO_OPEN:
        use.open_until = at + PAUSE


@transaction.atomic
def close_breaker(actor: Actor, *, at: dt.datetime) -> None:
    """Let the next call through, as after a manager has put something right."""
    use = _lock(actor, at)
    use.failures, use.failing_since, use.open_until = 0, None, None
    use.save()
    record(actor, "ai.breaker_closed", use)


def _lock(actor: Actor, at: dt.datetime) -> ModelUse:
    """The clinic's row, locked, and turned to a new month when one has begun."""
    month = at.astimezone(dt.UTC).date().replace(day=1)
    ModelUse.objects.bulk_create([ModelUse(clinic_id=actor.clinic_id, month=month)], ignore_conflicts=True)
    use: ModelUse = ModelUse.objects.of_clinic(actor).select_for_update(of=("self",)).get()
    if use.month != month:
        use.month, use.calls = month, 0
        use.spent_usd = Decimal(0)
        use.input_tokens = use.output_tokens = 0
    return use


@transaction.atomic
def want_trial(actor: Actor, *, at: dt.datetime) -> None:
    """Have one call with an invented answer made, also where the breaker is open."""
    close_breaker(actor, at=at)
    publish(ModelTrialWanted(clinic_id=actor.clinic_id, subject_id=actor.clinic_id, at=at))
