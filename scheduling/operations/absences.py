"""Time off and closures together with what becomes of the visits in them: kept in one go, or not at all."""

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
    """What is to become of the visits."""

    LEAVE = "leave"
    MOVE = "move"  # each to the nearest free time of its doctor, not to one before the absence
    HAND_OVER = "hand-over"  # to another doctor, at its own time where that doctor is free
    CANCEL = "cancel"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What becomes of `visits` (None: all that are hit). `doctor_id` takes them over, `note` says why they are off."""

    what: PlanAction
    visits: Collection[UUID] | None = None
    doctor_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Absence:
    """A time in which nobody books: of a doctor, or of the clinic when `doctor_id` is None."""

    doctor_id: UUID | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanResult:
    """What became of the visits. `untold` are patients whom no message reaches: somebody calls them."""

    row: TimeOff | Closure | None
    moved: Sequence[Appointment] = ()
    cancelled: Sequence[UUID] = ()
    stayed: Sequence[bulk.BulkResult] = ()
    untold: Sequence[UUID] = field(default_factory=list)


@transaction.atomic
def save(
    actor: Actor, absence: Absence, *, row_id: UUID | None = None, plan: Plan | None = None, at: dt.datetime
) -> PlanResult:
    """Save a new absence, or change the one with `row_id`, and do with the visits in it as planned.

    Raises what time_off and bulk raise: Invalid by field, Forbidden, NotFound.
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
    """Move or cancel the visits in an absence; each patient is told. A visit that finds no time stays and says so."""
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
    """The same for any visits, given with their starts."""
    if plan.what == PlanAction.LEAVE:
        return PlanResult(row=row)
    if plan.visits is not None:
        times = {pk: times[pk] for pk in plan.visits if pk in times}
    if plan.what == PlanAction.CANCEL:
        outcomes = bulk.cancel_visits(
            actor, times, cancellation_type=Cancellation.Type.CLINIC, reason_note=plan.note, at=at
        )
    elif plan.what == PlanAction.HAND_OVER and plan.doctor_id is None:
        raise Invalid(fields={"to_doctor": ["Choose who takes the visits."]})
    else:
        taker = plan.doctor_id if plan.what == PlanAction.HAND_OVER else None
        outcomes = bulk.move_visits(actor, times, doctor_id=taker, not_before=row.starts_at if row else None, at=at)
    for outcome in outcomes:
        if isinstance(outcome.problem, Invalid):  # what was asked is wrong for all of them, not one visit's state
            raise outcome.problem
    return _told(actor, row, outcomes, times)


def _told(
    actor: Actor, row: TimeOff | Closure | None, outcomes: Sequence[bulk.BulkResult], times: Mapping[UUID, dt.datetime]
) -> PlanResult:
    moved = [outcome.new for outcome in outcomes if outcome.new is not None]
    off = [outcome.appointment_id for outcome in outcomes if outcome.new is None and outcome.problem is None]
    untold = [
        outcome.new.patient_id
        for outcome in outcomes
        if outcome.new is not None
        and change_notices.queue_notice(actor, outcome.new, instead_of=times[outcome.appointment_id]) is None
    ]
    for visit in Appointment.objects.visible_to(actor).filter(pk__in=off):
        if change_notices.queue_notice(actor, visit) is None:
            untold.append(visit.patient_id)
    stayed = [outcome for outcome in outcomes if outcome.problem is not None]
    return PlanResult(row=row, moved=moved, cancelled=off, stayed=stayed, untold=untold)
