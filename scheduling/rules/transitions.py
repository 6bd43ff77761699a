"""The life of an appointment, as data: who may do what from where, and under which rule.

`TABLE` is read by the operations, by `allowed_actions` and by the command that draws docs/appointments.md.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, IllegalTransition
from scheduling.models import Appointment

OPEN = frozenset({"unconfirmed", "confirmed"})
DESK = frozenset({Role.FRONT_DESK, Role.SYSTEM})
STAFF = DESK | {Role.DOCTOR}
DESK_OR_PATIENT = DESK | {Role.PATIENT}


@dataclass(frozen=True, kw_only=True)
class RuleContext:
    """What a rule may look at besides the appointment: the clinic's settings, the instant and the clinic's zone."""

    settings: ClinicSettings
    at: dt.datetime
    zone: str


Rule = Callable[[Appointment, RuleContext], str]


def _always(appointment: Appointment, moment: RuleContext) -> str:
    return ""


def _intake_done(appointment: Appointment, moment: RuleContext) -> str:
    settings = moment.settings
    locked = settings.intake_required and settings.lock_appointment_if_missing
    return "The intake form is not completed yet." if locked and appointment.intake_status != "completed" else ""


def _on_its_day(appointment: Appointment, moment: RuleContext) -> str:
    day = clock.local(appointment.starts_at, moment.zone).date()
    return "" if clock.local(moment.at, moment.zone).date() == day else "Patients arrive on the day of their visit."


def _started(appointment: Appointment, moment: RuleContext) -> str:
    return "The visit has not started yet." if moment.at < appointment.starts_at else ""


def _seen(appointment: Appointment, moment: RuleContext) -> str:
    if appointment.visit_type == "in-clinic" and not appointment.arrived:
        return "The patient has not arrived."
    return ""


def _not_arrived(appointment: Appointment, moment: RuleContext) -> str:
    return "The patient has arrived." if appointment.arrived else _started(appointment, moment)


def _not_moved(appointment: Appointment, moment: RuleContext) -> str:
    return "The visit was moved to another time." if appointment.rescheduled else ""


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row: an action, the statuses it starts from, the status it ends in (None keeps it), the roles, the rule.

    `rule` says why not, or nothing. `soft` is the part of it that staff may override with a reason.
    `holds` says that the appointment is already as the action would leave it: repeating is a success.
    """

    action: str
    sources: frozenset[str]
    target: str | None
    roles: frozenset[Role]
    says: str
    rule: Rule = _always
    soft: Rule = _always
    holds: Callable[[Appointment], bool] = field(default=lambda appointment: False)


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        action="confirm",
        sources=frozenset({"unconfirmed"}),
        target="confirmed",
        roles=DESK_OR_PATIENT,
        says="refused while intake locks it",
        soft=_intake_done,
        holds=lambda visit: visit.status == "confirmed",
    ),
    Transition(
        action="unconfirm",
        sources=frozenset({"confirmed"}),
        target="unconfirmed",
        roles=DESK,
        says="front desk only; not after arrival",
        rule=lambda visit, moment: "The patient has arrived." if visit.arrived else "",
        holds=lambda visit: visit.status == "unconfirmed",
    ),
    Transition(
        action="arrive",
        sources=OPEN,
        target="confirmed",
        roles=DESK,
        says="on its local day; also confirms",
        rule=_on_its_day,
        soft=_intake_done,
        holds=lambda visit: visit.arrived and visit.is_open,
    ),
    Transition(
        action="undo-arrive",
        sources=OPEN,
        target=None,
        roles=DESK,
        says="on its local day",
        rule=_on_its_day,
        holds=lambda visit: not visit.arrived and visit.is_open,
    ),
    Transition(
        action="complete",
        sources=OPEN,
        target="completed",
        roles=STAFF,
        says="not before it starts; in-clinic visits need an arrival",
        rule=_started,
        soft=_seen,
        holds=lambda visit: visit.status == "completed",
    ),
    Transition(
        action="no-show",
        sources=OPEN,
        target="no-show",
        roles=STAFF,
        says="not arrived, not before it starts; by hand or by the job",
        rule=_not_arrived,
        holds=lambda visit: visit.status == "no-show",
    ),
    Transition(
        action="reinstate",
        sources=frozenset({"no-show", "cancelled"}),
        target="confirmed",
        roles=DESK,
        says="front desk; the slot must still be free",
        rule=_not_moved,
    ),
    Transition(
        action="cancel",
        sources=OPEN,
        target="cancelled",
        roles=DESK_OR_PATIENT,
        says="needs a type, and a note where the clinic asks for one",
        holds=lambda visit: visit.status == "cancelled" and not visit.rescheduled,
    ),
    Transition(
        action="reschedule",
        sources=OPEN,
        target="cancelled",
        roles=DESK,
        says="makes a new appointment; confirmation starts over",
    ),
    Transition(
        action="delete",
        sources=OPEN | {"no-show", "cancelled"},
        target=None,
        roles=DESK,
        says="soft: hidden everywhere, kept for the audit",
    ),
)
ACTIONS = {row.action: row for row in TRANSITIONS}


def allowed_actions(actor: Actor, appointment: Appointment, *, settings: ClinicSettings, at: dt.datetime) -> list[str]:
    """The actions of the table that this actor may take at the instant `at`, in the table's order.

    Those that need an override are left out; `overridable_actions` names them.
    """
    moment = RuleContext(settings=settings, at=at, zone=actor.timezone)
    return [
        row.action
        for row in TRANSITIONS
        if _reachable(row, actor, appointment, moment) and not row.soft(appointment, moment)
    ]


def overridable_actions(
    actor: Actor, appointment: Appointment, *, settings: ClinicSettings, at: dt.datetime
) -> list[str]:
    """The actions that staff may take at the instant `at` by giving a reason, where the clinic allows overrides."""
    if actor.role not in STAFF or not settings.allow_admin_override:
        return []
    moment = RuleContext(settings=settings, at=at, zone=actor.timezone)
    return [
        row.action
        for row in TRANSITIONS
        if _reachable(row, actor, appointment, moment) and row.soft(appointment, moment)
    ]


def _reachable(row: Transition, actor: Actor, appointment: Appointment, moment: RuleContext) -> bool:
    return (
        actor.role in row.roles
        and appointment.deleted_at is None
        and appointment.status in row.sources
        and not row.holds(appointment)
        and not row.rule(appointment, moment)
    )


def require_role(action: str, actor: Actor) -> None:
    """Forbidden when the actor's role may never take the action."""
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
    """Check one row of the table. Returns the soft rule that `override` went past, or an empty string.

    Forbidden for the role; IllegalTransition, with the allowed actions, for the state or a rule.
    """
    require_role(action, actor)
    row = ACTIONS[action]
    moment = RuleContext(settings=settings, at=at, zone=actor.timezone)
    if appointment.status not in row.sources:
        raise refusal(actor, appointment, action, settings=settings, at=at)
    hard = row.rule(appointment, moment)
    if hard:
        raise refusal(actor, appointment, action, settings=settings, at=at, detail=hard)
    soft = row.soft(appointment, moment)
    if soft and not (override and settings.allow_admin_override and actor.role in STAFF):
        raise refusal(actor, appointment, action, settings=settings, at=at, detail=soft)
    return soft


def refusal(
    actor: Actor,
    appointment: Appointment,
    action: str,
    *,
    settings: ClinicSettings,
    at: dt.datetime,
    detail: str = "",
) -> IllegalTransition:
    """The refusal of an action, saying what is possible instead."""
    can_override = action in overridable_actions(actor, appointment, settings=settings, at=at)
    word = appointment.get_status_display().lower()
    return IllegalTransition(
        detail or f"The visit is {word}: {action.replace('-', ' ')} is not possible.",
        current=appointment.status,
        action=action,
        allowed_actions=allowed_actions(actor, appointment, settings=settings, at=at),
        may_override=can_override,
    )
