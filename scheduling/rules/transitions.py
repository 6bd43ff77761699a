"""The appointment state machine as a table: which roles may take which action from which status, under which rule.

The operations, `allowed_actions` and the command that generates docs/appointments.md read `TRANSITIONS`.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from clinicflow.access.actor import FRONT_DESK, Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, IllegalTransition
from scheduling.models import Appointment

Status = Appointment.Status
OPEN = frozenset(Appointment.OPEN)
STAFF = FRONT_DESK | {Role.DOCTOR}
FRONT_DESK_OR_PATIENT = FRONT_DESK | {Role.PATIENT}


@dataclass(frozen=True, kw_only=True)
class RuleContext:
    """What a rule may read besides the appointment: the clinic's settings, the current instant, the clinic's zone."""

    settings: ClinicSettings
    at: dt.datetime
    zone: str


Rule = Callable[[Appointment, RuleContext], str]  # returns why the action is refused, or an empty string


def _unconditional(appointment: Appointment, context: RuleContext) -> str:
    return ""


def _intake_completed(appointment: Appointment, context: RuleContext) -> str:
    settings = context.settings
    required = settings.intake_required and settings.lock_appointment_if_missing
    missing = appointment.intake_status != Appointment.IntakeStatus.COMPLETED
    return "The intake form is not completed yet." if required and missing else ""


def _on_its_day(appointment: Appointment, context: RuleContext) -> str:
    day = clock.local(appointment.starts_at, context.zone).date()
    return "" if clock.local(context.at, context.zone).date() == day else "Patients arrive on the day of their visit."


def _started(appointment: Appointment, context: RuleContext) -> str:
    return "The visit has not started yet." if context.at < appointment.starts_at else ""


def _arrived(appointment: Appointment, context: RuleContext) -> str:
    if appointment.visit_type == Appointment.VisitType.IN_CLINIC and not appointment.arrived:
        return "The patient has not arrived."
    return ""


def _not_arrived(appointment: Appointment, context: RuleContext) -> str:
    return "The patient has arrived." if appointment.arrived else _started(appointment, context)


def _not_moved(appointment: Appointment, context: RuleContext) -> str:
    return "The visit was moved to another time." if appointment.rescheduled else ""


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row of the table: an action, its source statuses, its target status (None: unchanged) and its roles.

    `rule` and `overridable_rule` return why the action is refused, or an empty string; staff may override the latter
    by giving a reason. `already_applied` is whether the appointment is in the state that the action leads to, so that
    repeating the action succeeds without a change. `description` is the rule as the documentation states it.
    """

    action: str
    sources: frozenset[str]
    target: str | None
    roles: frozenset[Role]
    description: str
    rule: Rule = _unconditional
    overridable_rule: Rule = _unconditional
    already_applied: Callable[[Appointment], bool] = field(default=lambda appointment: False)


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        action="confirm",
        sources=frozenset({Status.UNCONFIRMED}),
        target=Status.CONFIRMED,
        roles=FRONT_DESK_OR_PATIENT,
        description="refused while intake locks it",
        overridable_rule=_intake_completed,
        already_applied=lambda visit: visit.status == Status.CONFIRMED,
    ),
    Transition(
        action="unconfirm",
        sources=frozenset({Status.CONFIRMED}),
        target=Status.UNCONFIRMED,
        roles=FRONT_DESK,
        description="front desk only; not after arrival",
        rule=lambda visit, context: "The patient has arrived." if visit.arrived else "",
        already_applied=lambda visit: visit.status == Status.UNCONFIRMED,
    ),
    Transition(
        action="arrive",
        sources=OPEN,
        target=Status.CONFIRMED,
        roles=FRONT_DESK,
        description="on its local day; also confirms",
        rule=_on_its_day,
        overridable_rule=_intake_completed,
        already_applied=lambda visit: visit.arrived and visit.is_open,
    ),
    Transition(
        action="undo-arrive",
        sources=OPEN,
        target=None,
        roles=FRONT_DESK,
        description="on its local day",
        rule=_on_its_day,
        already_applied=lambda visit: not visit.arrived and visit.is_open,
    ),
    Transition(
        action="complete",
        sources=OPEN,
        target=Status.COMPLETED,
        roles=STAFF,
        description="not before it starts; in-clinic visits need an arrival",
        rule=_started,
        overridable_rule=_arrived,
        already_applied=lambda visit: visit.status == Status.COMPLETED,
    ),
    Transition(
        action="no-show",
        sources=OPEN,
        target=Status.NO_SHOW,
        roles=STAFF,
        description="not arrived, not before it starts; by staff or by the job",
        rule=_not_arrived,
        already_applied=lambda visit: visit.status == Status.NO_SHOW,
    ),
    Transition(
        action="reinstate",
        sources=frozenset({Status.NO_SHOW, Status.CANCELLED}),
        target=Status.CONFIRMED,
        roles=FRONT_DESK,
        description="front desk; the slot must still be free",
        rule=_not_moved,
    ),
    Transition(
        action="cancel",
        sources=OPEN,
        target=Status.CANCELLED,
        roles=FRONT_DESK_OR_PATIENT,
        description="needs a type, and a note where the clinic asks for one",
        already_applied=lambda visit: visit.status == Status.CANCELLED and not visit.rescheduled,
    ),
    Transition(
        action="reschedule",
        sources=OPEN,
        target=Status.CANCELLED,
        roles=FRONT_DESK,
        description="makes a new appointment; confirmation starts over",
    ),
    Transition(
        action="delete",
        sources=OPEN | {Status.NO_SHOW, Status.CANCELLED},
        target=None,
        roles=FRONT_DESK,
        description="soft: hidden everywhere, kept for the audit",
    ),
)
ACTIONS = {row.action: row for row in TRANSITIONS}


def allowed_actions(actor: Actor, appointment: Appointment, *, settings: ClinicSettings, at: dt.datetime) -> list[str]:
    """The actions that the actor may take at the instant `at`, in the table's order.

    Excludes those that need an override, which `overridable_actions` returns.
    """
    context = RuleContext(settings=settings, at=at, zone=actor.timezone)
    return [
        row.action
        for row in TRANSITIONS
        if _reachable(row, actor, appointment, context) and not row.overridable_rule(appointment, context)
    ]


def overridable_actions(
    actor: Actor, appointment: Appointment, *, settings: ClinicSettings, at: dt.datetime
) -> list[str]:
    """The actions that staff may take at the instant `at` by giving a reason; none if the clinic forbids overrides."""
    if actor.role not in STAFF or not settings.allow_admin_override:
        return []
    context = RuleContext(settings=settings, at=at, zone=actor.timezone)
    return [
        row.action
        for row in TRANSITIONS
        if _reachable(row, actor, appointment, context) and row.overridable_rule(appointment, context)
    ]


def _reachable(row: Transition, actor: Actor, appointment: Appointment, context: RuleContext) -> bool:
    return (
        actor.role in row.roles
        and appointment.deleted_at is None
        and appointment.status in row.sources
        and not row.already_applied(appointment)
        and not row.rule(appointment, context)
    )


def require_role(action: str, actor: Actor) -> None:
    """Forbidden if the actor's role may never take the action."""
    if actor.role not in ACTIONS[action].roles:
        raise Forbidden()


def require(
    action: str,
    actor: Actor,
    appointment: Appointment,
    *,
    settings: ClinicSettings,
    at: dt.datetime,
    override: bool = False,
) -> str:
    """Check that the actor may take the action now. Returns the rule that was overridden, or an empty string.

    Forbidden for the role; IllegalTransition, with the allowed actions, for the status or a rule.
    """
    require_role(action, actor)
    row = ACTIONS[action]
    context = RuleContext(settings=settings, at=at, zone=actor.timezone)
    if appointment.status not in row.sources:
        raise illegal_transition(actor, appointment, action, settings=settings, at=at)
    broken = row.rule(appointment, context)
    if broken:
        raise illegal_transition(actor, appointment, action, settings=settings, at=at, detail=broken)
    overridden = row.overridable_rule(appointment, context)
    if overridden and not (override and settings.allow_admin_override and actor.role in STAFF):
        raise illegal_transition(actor, appointment, action, settings=settings, at=at, detail=overridden)
    return overridden


def illegal_transition(
    actor: Actor,
    appointment: Appointment,
    action: str,
    *,
    settings: ClinicSettings,
    at: dt.datetime,
    detail: str = "",
) -> IllegalTransition:
    """The error of a refused action, with the actions that are allowed instead."""
    can_override = action in overridable_actions(actor, appointment, settings=settings, at=at)
    status = appointment.get_status_display().lower()
    return IllegalTransition(
        detail or f"The visit is {status}: {action.replace('-', ' ')} is not possible.",
        current=appointment.status,
        action=action,
        allowed_actions=allowed_actions(actor, appointment, settings=settings, at=at),
        may_override=can_override,
    )
