"""The visit on its day: confirmed, arrived, done, or not come. Each function is one row of the transition table.

Repeating what already holds succeeds without a second event or audit row. All raise NotFound, Forbidden, or
IllegalTransition with the allowed actions.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from patients.operations.patients import record_first_visit
from scheduling.events import AppointmentConfirmed, AppointmentNoShow, AppointmentUpdated
from scheduling.models import Appointment, Cancellation, FollowUp
from scheduling.operations.appointments.cancelling import write_cancellation
from scheduling.operations.appointments.shared_steps import (
    follow_ups_of,
    lock,
    publish_change,
    record_override,
    reopen_follow_ups,
    save,
    settings_of,
)
from scheduling.operations.appointments.slot_reservation import (
    RequiredAvailability,
    SlotRequest,
    apply_overlap,
    reserve_slot,
    reserving,
)
from scheduling.rules import transitions
from scheduling.rules.transitions import ACTIONS


@transaction.atomic
def confirm(actor: Actor, appointment_id: UUID, *, override_reason: str = "", at: dt.datetime) -> Appointment:
    """Confirm a visit; `override_reason` confirms it although intake locks it."""
    visit = lock(actor, appointment_id, "confirm")
    if ACTIONS["confirm"].holds(visit):
        return visit
    rule = _require("confirm", actor, visit, at, override_reason)
    visit.status = Appointment.Status.CONFIRMED
    visit.confirmed_at, visit.confirmed_by = at, actor.kind
    save(visit, "status", "confirmed_at", "confirmed_by")
    if rule:
        record_override(actor, visit, action="confirm", rule=rule, reason=override_reason)
    publish_change(actor, AppointmentConfirmed, visit)
    return visit


@transaction.atomic
def unconfirm(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> Appointment:
    """Take a confirmation back."""
    visit = lock(actor, appointment_id, "unconfirm")
    if ACTIONS["unconfirm"].holds(visit):
        return visit
    _require("unconfirm", actor, visit, at)
    visit.status = Appointment.Status.UNCONFIRMED
    visit.confirmed_at, visit.confirmed_by = None, ""
    save(visit, "status", "confirmed_at", "confirmed_by")
    publish_change(actor, AppointmentUpdated, visit, action="unconfirm")
    return visit


@transaction.atomic
def arrive(actor: Actor, appointment_id: UUID, *, override_reason: str = "", at: dt.datetime) -> Appointment:
    """The patient is here, on the visit's local day; this confirms the visit too."""
    visit = lock(actor, appointment_id, "arrive")
    if ACTIONS["arrive"].holds(visit):
        return visit
    rule = _require("arrive", actor, visit, at, override_reason)
    visit.arrived, visit.arrived_at = True, at
    visit.status = Appointment.Status.CONFIRMED
    if visit.confirmed_at is None:
        visit.confirmed_at, visit.confirmed_by = at, actor.kind
    save(visit, "arrived", "arrived_at", "status", "confirmed_at", "confirmed_by")
    if rule:
        record_override(actor, visit, action="arrive", rule=rule, reason=override_reason)
    publish_change(actor, AppointmentUpdated, visit, action="arrive")
    return visit


@transaction.atomic
def undo_arrive(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> Appointment:
    """The patient is not here after all; the visit stays confirmed."""
    visit = lock(actor, appointment_id, "undo-arrive")
    if ACTIONS["undo-arrive"].holds(visit):
        return visit
    _require("undo-arrive", actor, visit, at)
    visit.arrived, visit.arrived_at = False, None
    save(visit, "arrived", "arrived_at")
    publish_change(actor, AppointmentUpdated, visit, action="undo-arrive")
    return visit


@transaction.atomic
def complete(actor: Actor, appointment_id: UUID, *, override_reason: str = "", at: dt.datetime) -> Appointment:
    """The visit took place. In the clinic it needs an arrival, or a reason; follow-ups booked into it are done."""
    visit = lock(actor, appointment_id, "complete")
    if ACTIONS["complete"].holds(visit):
        return visit
    rule = _require("complete", actor, visit, at, override_reason)
    visit.status = Appointment.Status.COMPLETED
    visit.completed_at = at
    save(visit, "status", "completed_at")
    follow_ups_of(visit, "scheduled").update(status=FollowUp.Status.COMPLETED, updated_at=at)
    record_first_visit(actor, visit.patient_id, on=clock.local(visit.starts_at, actor.timezone).date())
    if rule:
        record_override(actor, visit, action="complete", rule=rule, reason=override_reason)
    publish_change(actor, AppointmentUpdated, visit, action="complete")
    return visit


@transaction.atomic
def mark_no_show(actor: Actor, appointment_id: UUID, *, at: dt.datetime) -> Appointment:
    """The patient did not come; a cancellation of type no-show is written."""
    visit = lock(actor, appointment_id, "no-show")
    if ACTIONS["no-show"].holds(visit):
        return visit
    _require("no-show", actor, visit, at)
    visit.status = Appointment.Status.NO_SHOW
    save(visit, "status")
    write_cancellation(actor, visit, Cancellation.Type.NO_SHOW, "", late=False, at=at)
    reopen_follow_ups(visit, at)
    publish_change(actor, AppointmentNoShow, visit, action="no-show")
    return visit


def reinstate(actor: Actor, appointment_id: UUID, *, override_reason: str = "", at: dt.datetime) -> Appointment:
    """Bring a cancelled or missed visit back, confirmed, if its time is still free (or by override).

    SlotTaken with free slots if it is not.
    """
    transitions.require_role("reinstate", actor)

    def wanted_of(row: Appointment) -> SlotRequest:
        return SlotRequest(
            starts_at=row.starts_at,
            doctor_id=row.doctor_id,
            duration=row.duration,
            visit_type=row.visit_type,
            patient_id=row.patient_id,
            override_reason=override_reason.strip(),
            without=(row.pk,),
            needs=RequiredAvailability.FREE,
        )

    seen: Appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    with reserving(actor, wanted_of(seen), at=at):
        visit = lock(actor, appointment_id, "reinstate")
        wanted = wanted_of(visit)
        reverted = Cancellation.objects.filter(
            clinic_id=actor.clinic_id, appointment_id=visit.pk, reverted_at__isnull=False
        )
        if visit.status == Appointment.Status.CONFIRMED and reverted.exists():
            return visit
        _require("reinstate", actor, visit, at)
        place = reserve_slot(actor, wanted, at=at)
        visit.status = Appointment.Status.CONFIRMED
        visit.confirmed_at, visit.confirmed_by = at, actor.kind
        save(visit, "status", "confirmed_at", "confirmed_by", *apply_overlap(actor, visit, place))
        Cancellation.objects.filter(clinic_id=actor.clinic_id, appointment_id=visit.pk, reverted_at=None).update(
            reverted_at=at, updated_at=at
        )
        follow_ups_of(visit, "pending").update(status=FollowUp.Status.SCHEDULED, updated_at=at)
        if place.overridden:
            record_override(actor, visit, action="reinstate", rule=place.overridden, reason=wanted.override_reason)
        publish_change(actor, AppointmentUpdated, visit, action="reinstate")
    return visit


def _require(action: str, actor: Actor, visit: Appointment, at: dt.datetime, override_reason: str = "") -> str:
    """The soft rule that was overridden, if one was."""
    return transitions.require(
        action,
        actor,
        visit,
        settings=settings_of(actor),
        at=at,
        override=bool(override_reason.strip()),
    )
