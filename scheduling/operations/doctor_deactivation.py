"""Deactivate a doctor who leaves, after their appointments are handed over or cancelled."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor, publish_for
from clinicflow.audit.log import record
from clinicflow.clinics.events import SettingsChanged
from clinicflow.clinics.models import Doctor
from clinicflow.core.errors import Invalid
from scheduling.errors import DoctorHasVisits
from scheduling.models import Appointment
from scheduling.operations.absences import Plan, PlanAction, PlanResult, apply_to_visits
from scheduling.operations.appointments.slot_reservation import lock_doctors
from scheduling.querysets import AppointmentQuerySet


def visits_ahead(actor: Actor, doctor_id: UUID, *, at: dt.datetime) -> AppointmentQuerySet:
    """The doctor's open appointments that have not ended, with patient and doctor selected."""
    return Appointment.objects.visible_to(actor).with_doctors([doctor_id]).to_be_moved(at).for_cards()


@transaction.atomic
def deactivate(actor: Actor, doctor_id: UUID, plan: Plan, *, at: dt.datetime) -> PlanResult:
    """Hand over or cancel the doctor's upcoming appointments and notify each patient. Invalid for another plan."""
    if plan.what not in {PlanAction.HAND_OVER, PlanAction.CANCEL} or plan.doctor_id == doctor_id:
        raise Invalid(fields={"what": ["Hand the visits over to another doctor, or cancel them."]})
    doctor: Doctor = Doctor.objects.visible_to(actor).fetch(doctor_id)
    times = dict(visits_ahead(actor, doctor.pk, at=at).values_list("pk", "starts_at"))
    return apply_to_visits(actor, times, plan, at=at)


@transaction.atomic
def deactivate_now(actor: Actor, doctor_id: UUID, *, at: dt.datetime) -> Doctor:
    """Make the doctor unbookable and revoke the calendar URL. Past appointments are unchanged.

    Forbidden for all but the front desk; DoctorHasVisits if the doctor has upcoming appointments. Repeating succeeds.
    """
    actor.require_front_desk()
    lock_doctors(actor, [doctor_id])  # before the row, as a booking does, so that none is added after the count
    doctor: Doctor = Doctor.objects.visible_to(actor).lock(doctor_id)
    ahead = visits_ahead(actor, doctor.pk, at=at).count()
    if ahead:
        raise DoctorHasVisits(visits=ahead)
    doctor.is_active, doctor.calendar_token_hash = False, None
    doctor.save(update_fields=["is_active", "calendar_token_hash", "updated_at"])
    record(actor, "doctor.retired", doctor)
    publish_for(actor, SettingsChanged, doctor, doctor_ids=[doctor.pk])
    return doctor
