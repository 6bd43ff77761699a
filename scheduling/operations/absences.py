"""Save time off and closures together with the plan for the appointments in them, atomically."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core.errors import Invalid
from scheduling.models import Appointment, Cancellation, Closure, TimeOff
from scheduling.operations import bulk, change_notices, time_off


class PlanAction(StrEnum):
    """The action for the appointments in an absence."""

    LEAVE = "leave"
    MOVE = "move"  # each to the nearest free slot of its doctor that does not precede the absence
    HAND_OVER = "hand-over"  # to another doctor, at the same time if that doctor is free
    CANCEL = "cancel"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The action for `visits`, None for all in the absence.

    `doctor_id` is the doctor they are handed over to; `note` is the reason of the cancellations.
    """

    what: PlanAction
    visits: Collection[UUID] | None = None
    doctor_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Absence:
    """A time off of a doctor, or a closure of the clinic if `doctor_id` is None."""

    doctor_id: UUID | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanResult:
    """The outcome of a plan. `untold` are the ids of patients without a message, whom the front desk has to call."""

    row: TimeOff | Closure | None
    moved: Sequence[Appointment] = ()
    cancelled: Sequence[UUID] = ()
    stayed: Sequence[bulk.BulkResult] = ()
    untold: Sequence[UUID] = field(default_factory=list)


@transaction.atomic
def save(
    actor: Actor, absence: Absence, *, row_id: UUID | None = None, plan: Plan | None = None, at: dt.datetime
) -> PlanResult:
    """Create an absence, or update the one with `row_id`, and apply the plan to the appointments in it.

    Invalid by field, Forbidden, NotFound, as `time_off` and `bulk` raise.
    """
    row = _save_absence(actor, absence, row_id)
    return apply_plan(actor, row, plan, at=at) if plan else PlanResult(row=row)


def _save_absence(actor: Actor, absence: Absence, row_id: UUID | None) -> TimeOff | Closure:
    start, end, reason = absence.starts_at, absence.ends_at, absence.reason
    if absence.doctor_id is None:
        if row_id is None:
            return time_off.create_closure(actor, starts_at=start, ends_at=end, reason=reason)
        return time_off.update_closure(actor, row_id, starts_at=start, ends_at=end, reason=reason)
    if row_id is None:
        return time_off.create(actor, doctor_id=absence.doctor_id, starts_at=start, ends_at=end, reason=reason)
    return time_off.update(actor, row_id, starts_at=start, ends_at=end, reason=reason)


@transaction.atomic
def apply_plan(actor: Actor, row: TimeOff | Closure, plan: Plan, *, at: dt.datetime) -> PlanResult:
    """Move or cancel the appointments in an absence and notify each patient. One without a free slot is unchanged."""
    hit = time_off.visits_hit(actor, row).to_be_moved(at).values_list("pk", "starts_at")
    return apply_to_visits(actor, dict(hit), plan, at=at, row=row)


@transaction.atomic
def apply_to_visits(
    actor: Actor,
    times: Mapping[UUID, dt.datetime],
    plan: Plan,
    *,
    at: dt.datetime,
    row: TimeOff | Closure | None = None,
) -> PlanResult:
    """Apply a plan to appointments, given as their ids with their starts; Invalid if it fails for all."""
    if plan.what == PlanAction.LEAVE:
        return PlanResult(row=row)
    if plan.visits is not None:
        times = {pk: times[pk] for pk in plan.visits if pk in times}
    if plan.what == PlanAction.CANCEL:
        results = bulk.cancel_visits(
            actor, times, cancellation_type=Cancellation.Type.CLINIC, reason_note=plan.note, at=at
        )
    elif plan.what == PlanAction.HAND_OVER and plan.doctor_id is None:
        raise Invalid(fields={"to_doctor": ["Choose the doctor who takes the visits."]})
    else:
        doctor_id = plan.doctor_id if plan.what == PlanAction.HAND_OVER else None
        results = bulk.move_visits(actor, times, doctor_id=doctor_id, not_before=row.starts_at if row else None, at=at)
    for result in results:
        if isinstance(result.problem, Invalid):  # the plan is wrong for all of them, not one appointment's state
            raise result.problem
    return _notify(actor, row, results, times)


def _notify(
    actor: Actor, row: TimeOff | Closure | None, results: Sequence[bulk.BulkResult], times: Mapping[UUID, dt.datetime]
) -> PlanResult:
    """Queue a notice to each patient and collect the results."""
    moved = [result.new for result in results if result.new is not None]
    cancelled = [result.appointment_id for result in results if result.new is None and result.problem is None]
    untold = [
        result.new.patient_id
        for result in results
        if result.new is not None
        and change_notices.queue_notice(actor, result.new, instead_of=times[result.appointment_id]) is None
    ]
    for appointment in Appointment.objects.visible_to(actor).filter(pk__in=cancelled):
        if change_notices.queue_notice(actor, appointment) is None:
            untold.append(appointment.patient_id)
    stayed = [result for result in results if result.problem is not None]
    return PlanResult(row=row, moved=moved, cancelled=cancelled, stayed=stayed, untold=untold)
