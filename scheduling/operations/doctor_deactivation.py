"""A doctor who leaves: their visits go to somebody else or are cancelled, then nobody can book them any more."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.audit.log import record
from clinicflow.clinics.events import SettingsChanged
from clinicflow.clinics.models import Doctor
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish
from scheduling.errors import DoctorHasVisits
from scheduling.models import Appointment
from scheduling.operations.absences import Plan, PlanAction, PlanResult, apply_to_visits
from scheduling.operations.appointments.slot_reservation import lock_doctors
from scheduling.rules.transitions import DESK


def visits_ahead(actor: Actor, doctor_id: UUID, *, at: dt.datetime) -> Any:
    """The doctor's open visits that are not over, with patients."""
    return Appointment.objects.visible_to(actor).with_doctors([doctor_id]).to_be_moved(at).for_cards()


@transaction.atomic
def deactivate(actor: Actor, doctor_id: UUID, plan: Plan, *, at: dt.datetime) -> PlanResult:
    """Hand the doctor's coming visits over, or cancel them; each patient is told. Invalid for anything else."""
    if plan.what not in {PlanAction.HAND_OVER, PlanAction.CANCEL} or plan.doctor_id == doctor_id:
        raise Invalid(fields={"what": ["Another doctor takes them, or they are cancelled."]})
    doctor: Doctor = Doctor.objects.visible_to(actor).fetch(doctor_id)
    times = dict(visits_ahead(actor, doctor.pk, at=at).values_list("pk", "starts_at"))
    return apply_to_visits(actor, times, plan, at=at)


@transaction.atomic
def deactivate_now(actor: Actor, doctor_id: UUID, *, at: dt.datetime) -> Doctor:
    """The doctor cannot be booked any more, and their calendar address ends; what was stays in the histories.

    DoctorHasVisits while any open visit lies ahead. Repeating is a success.
    """
    if actor.role not in DESK:
        raise Forbidden()
    lock_doctors(actor, [doctor_id])  # before the row, as a booking does: none slips in after the count
    doctor: Doctor = Doctor.objects.visible_to(actor).lock(doctor_id)
    ahead = visits_ahead(actor, doctor.pk, at=at).count()
    if ahead:
        raise DoctorHasVisits(visits=ahead)
    doctor.is_active, doctor.calendar_token_hash = False, None
    doctor.save(update_fields=["is_active", "calendar_token_hash", "updated_at"])
    record(actor, "doctor.retired", doctor)
    publish(SettingsChanged(clinic_id=actor.clinic_id, subject_id=doctor.pk, doctor_ids=(doctor.pk,), origin=actor.tab))
    return doctor
