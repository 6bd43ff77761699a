"""Writes of patient records. Dates are local dates of the clinic."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clinicflow.access.actor import Actor, publish_for
from clinicflow.access.roles import Role
from clinicflow.audit.recorder import record
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.models import reassign_foreign_keys
from patients.errors import CannotMerge, PatientEditConflict, PossibleDuplicate
from patients.events import PatientOptedOut, PatientRegistered, PatientsMerged, PatientUpdated
from patients.folding import search_fields
from patients.models import Patient
from patients.rules.details import PatientData, patient_data_of, validated, validated_preferences


@transaction.atomic
def register(actor: Actor, data: PatientData, *, unless_alike: bool = False) -> Patient:
    """Add a patient. Forbidden except for the front desk.

    The phone is in E.164 or a number of the clinic's country. Invalid with every field that breaks a rule (a minor
    needs a guardian). With `unless_alike`, PossibleDuplicate with the candidates; without it the caller has shown them.
    """
    actor.require_front_desk()
    values = validated(data, today=clock.today(actor.timezone))
    _check_doctor(actor, values["primary_doctor_id"])
    if unless_alike:
        _check_duplicates(actor, values)
    patient = Patient(clinic_id=actor.clinic_id, **values)
    fill_search_fields(patient)
    patient.save(force_insert=True)
    publish_for(actor, PatientRegistered, patient)
    return patient


@transaction.atomic
def update(actor: Actor, patient_id: UUID, *, changes: PatientData, seen_at: dt.datetime | None = None) -> Patient:
    """Update the given fields of a record. Publishes no event if nothing changed. Forbidden except for the front desk.

    PatientEditConflict if the record's `updated_at` is not `seen_at`, the value that the caller has read; None skips
    the check. Invalid by field; NotFound.
    """
    actor.require_front_desk()
    patient: Patient = Patient.objects.visible_to(actor).current().lock(patient_id)
    if seen_at is not None and patient.updated_at != seen_at:
        raise PatientEditConflict()
    merged: PatientData = {**patient_data_of(patient), **changes}
    values = validated(merged, today=clock.today(actor.timezone))
    changed = [name for name, value in values.items() if getattr(patient, name) != value]
    if not changed:
        return patient
    if "primary_doctor_id" in changed:
        _check_doctor(actor, values["primary_doctor_id"])
    for name in changed:
        setattr(patient, name, values[name])
    search_columns = fill_search_fields(patient)
    patient.save(update_fields=[*(name.removesuffix("_id") for name in changed), *search_columns, "updated_at"])
    publish_for(actor, PatientUpdated, patient)
    return patient


@transaction.atomic
def merge(actor: Actor, patient_id: UUID, *, into: UUID, keeping: PatientData | None = None) -> Patient:
    """Merge two records of one patient: every reference to `patient_id` is changed to `into`. Returns `into`.

    The merged record is kept and points to the other; the audit entry lists the rows that moved. Empty fields of `into`
    are filled from the other; where both have a value, `keeping` has the chosen ones. Idempotent. CannotMerge for a
    record with itself, or if one was merged before; Forbidden except for the front desk.
    """
    actor.require_front_desk()
    if patient_id == into:
        raise CannotMerge("A record cannot be merged into itself.")
    locked = {pk: Patient.objects.visible_to(actor).lock(pk) for pk in sorted((patient_id, into))}
    source: Patient = locked[patient_id]
    target: Patient = locked[into]
    if source.merged_into_id == target.pk:
        return target
    if source.merged_into_id or target.merged_into_id:
        raise CannotMerge("One of these records was merged before.")
    moved = reassign_foreign_keys(source, target)
    _fill_gaps(source, target)
    source.merged_into = target
    source.save(update_fields=["merged_into", "updated_at"])
    record(
        actor,
        "patient.merged",
        source,
        patient_ids=[source.pk, target.pk],
        values={"into": str(target.pk), "moved": moved},
    )
    publish_for(actor, PatientsMerged, source, into=target.pk)
    return update(actor, target.pk, changes=keeping) if keeping else target


@transaction.atomic
def set_contact_preferences(actor: Actor, patient_id: UUID, *, preferences: Mapping[str, Any]) -> Patient:
    """Update the channels that the patient accepts. Also for patients themselves; Forbidden for doctors."""
    patient: Patient = Patient.objects.visible_to(actor).current().lock(patient_id)
    if actor.role == Role.DOCTOR:
        raise Forbidden()
    updated = validated_preferences({**patient.contact_preferences, **preferences})
    if updated == patient.contact_preferences:
        return patient
    patient.contact_preferences = updated
    patient.save(update_fields=["contact_preferences", "updated_at"])
    publish_for(actor, PatientUpdated, patient)
    return patient


@transaction.atomic
def opt_out(actor: Actor, patient_id: UUID, *, channel: str) -> Patient:
    """Opt the patient out of `sms`, `email` or `voice`, effective immediately. Idempotent."""
    patient: Patient = Patient.objects.visible_to(actor).current().lock(patient_id)
    if not patient.contact_preferences.get(channel, True):
        return patient
    patient.contact_preferences = validated_preferences({**patient.contact_preferences, channel: False})
    patient.save(update_fields=["contact_preferences", "updated_at"])
    record(actor, "patient.opted_out", patient, patient_ids=[patient.pk], values={"channel": channel})
    publish_for(actor, PatientOptedOut, patient, channel=channel)
    return patient


def record_first_visit(actor: Actor, patient_id: UUID, *, on: dt.date) -> None:
    """Record the local date of a patient's first completed visit, unless an earlier one is recorded."""
    Patient.objects.visible_to(actor).filter(pk=patient_id).filter(
        Q(first_visit_date=None) | Q(first_visit_date__gt=on)
    ).update(first_visit_date=on, updated_at=clock.now())


def fill_search_fields(patient: Patient) -> list[str]:
    """Set the search columns from name and phone; returns the names of the columns."""
    fields = search_fields(patient.first_name, patient.last_name, patient.phone)
    for name, value in fields.items():
        setattr(patient, name, value)
    return list(fields)


def _check_doctor(actor: Actor, doctor_id: UUID | None) -> None:
    if doctor_id and not Doctor.objects.visible_to(actor).filter(pk=doctor_id).exists():
        raise Invalid(fields={"primary_doctor_id": ["Choose one of the clinic's doctors."]})


def _check_duplicates(actor: Actor, values: Mapping[str, Any]) -> None:
    candidates = Patient.objects.visible_to(actor).current()
    candidates = candidates.looking_like(
        first_name=values["first_name"],
        last_name=values["last_name"],
        date_of_birth=values["date_of_birth"],
        phone=values["phone"],
    )[:10]
    if candidates:
        raise PossibleDuplicate(candidates=[candidate_of(patient) for patient in candidates])


def candidate_of(patient: Patient) -> dict[str, str]:
    """A possible duplicate as JSON, for the error's extras."""
    return {
        "id": str(patient.pk),
        "name": patient.full_name,
        "date_of_birth": patient.date_of_birth.isoformat(),
        "phone": str(patient.phone),
    }


def _fill_gaps(source: Patient, target: Patient) -> None:
    """Fill empty fields of the target from the source, combine flags, keep an opt-out of either, and save."""
    names: Sequence[str] = ("email", "phone", "address", "guardian", "primary_doctor_id")
    for name in names:
        if not getattr(target, name):
            setattr(target, name, getattr(source, name))
    first_visits = [day for day in (source.first_visit_date, target.first_visit_date) if day]
    target.first_visit_date = min(first_visits) if first_visits else None
    target.flags = list(dict.fromkeys([*target.flags, *source.flags]))
    channels = {*source.contact_preferences, *target.contact_preferences}
    target.contact_preferences = {
        channel: bool(source.contact_preferences.get(channel, True) and target.contact_preferences.get(channel, True))
        for channel in sorted(channels)
    }
    fill_search_fields(target)
    target.save()
