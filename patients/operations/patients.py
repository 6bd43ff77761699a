"""Every write of a patient's record. `at` is the instant of the act; dates are on the clinic's calendar."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.audit.log import record
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish
from clinicflow.core.models import reassign_foreign_keys
from patients.errors import CannotMerge, ChangedMeanwhile, LooksLikeAnother
from patients.events import PatientOptedOut, PatientRegistered, PatientsMerged, PatientUpdated
from patients.folding import search_fields
from patients.models import Patient
from patients.rules.details import PatientData, patient_data_of, validated, validated_preferences

DESK = frozenset({Role.FRONT_DESK, Role.SYSTEM})


@transaction.atomic
def register(
    actor: Actor,
    *,
    first_name: str,
    last_name: str,
    date_of_birth: dt.date,
    phone: str = "",
    email: str = "",
    preferred_language: str = Patient.Language.ENGLISH,
    primary_doctor_id: UUID | None = None,
    first_visit_date: dt.date | None = None,
    contact_preferences: Mapping[str, Any] | None = None,
    flags: Sequence[str] = (),
    guardian: Mapping[str, Any] | None = None,
    unless_alike: bool = False,
) -> Patient:
    """Add a patient; the front desk's right.

    `phone` is E.164 or a number of the clinic's country. Invalid names every field that breaks a rule (a minor needs a
    guardian). With `unless_alike` LooksLikeAnother, with the candidates; without it the caller has shown them first.
    """
    _require_desk(actor)
    details = PatientData(
        first_name=first_name,
        last_name=last_name,
        date_of_birth=date_of_birth,
        phone=phone,
        email=email,
        preferred_language=preferred_language,
        primary_doctor_id=primary_doctor_id,
        first_visit_date=first_visit_date,
        contact_preferences=contact_preferences or {},
        flags=list(flags),
        guardian=guardian or {},
    )
    values = validated(details, today=clock.today(actor.timezone))
    _check_doctor(actor, values["primary_doctor_id"])
    if unless_alike:
        _check_duplicates(actor, values)
    patient = Patient(clinic_id=actor.clinic_id, **values)
    fill_search_fields(patient)
    patient.save(force_insert=True)
    publish(PatientRegistered(clinic_id=actor.clinic_id, subject_id=patient.pk, origin=actor.tab))
    return patient


@transaction.atomic
def update(actor: Actor, patient_id: UUID, *, changes: PatientData, seen_at: dt.datetime | None = None) -> Patient:
    """Correct a record; what `changes` leaves out stays. Nothing changed is a success without an event.

    ChangedMeanwhile when it was saved after `seen_at`, the `updated_at` that the caller has read.
    """
    _require_desk(actor)
    patient: Patient = Patient.objects.visible_to(actor).current().lock(patient_id)
    if seen_at is not None and patient.updated_at != seen_at:
        raise ChangedMeanwhile()
    whole: PatientData = {**patient_data_of(patient), **changes}
    values = validated(whole, today=clock.today(actor.timezone))
    changed = [name for name, value in values.items() if getattr(patient, name) != value]
    if not changed:
        return patient
    if "primary_doctor_id" in changed:
        _check_doctor(actor, values["primary_doctor_id"])
    for name in changed:
        setattr(patient, name, values[name])
    keys = fill_search_fields(patient)
    patient.save(update_fields=[*(name.removesuffix("_id") for name in changed), *keys, "updated_at"])
    _announce(actor, patient)
    return patient


@transaction.atomic
def merge(actor: Actor, patient_id: UUID, *, into: UUID, keeping: PatientData | None = None) -> Patient:
    """Make two records of one person one: all that refers to `patient_id` refers to `into` from now on.

    The emptied record stays, pointing to the other, and the audit keeps what moved. Empty fields of `into` are filled
    from the other; where both say something, `keeping` has the values that a person chose. Returns `into`.
    CannotMerge for a record with itself or one merged already.
    """
    _require_desk(actor)
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
    publish(
        PatientsMerged(clinic_id=actor.clinic_id, subject_id=source.pk, into=target.pk, origin=actor.tab),
    )
    return update(actor, target.pk, changes=keeping) if keeping else target


@transaction.atomic
def set_contact_preferences(actor: Actor, patient_id: UUID, *, preferences: Mapping[str, Any]) -> Patient:
    """Change some of the channels that the patient may be reached by; also for the patient's own link."""
    patient: Patient = Patient.objects.visible_to(actor).current().lock(patient_id)
    if actor.role == Role.DOCTOR:
        raise Forbidden()
    wanted = validated_preferences({**patient.contact_preferences, **preferences})
    if wanted == patient.contact_preferences:
        return patient
    patient.contact_preferences = wanted
    patient.save(update_fields=["contact_preferences", "updated_at"])
    _announce(actor, patient)
    return patient


@transaction.atomic
def opt_out(actor: Actor, patient_id: UUID, *, channel: str) -> Patient:
    """Stop writing to the patient over `sms`, `email` or `voice`, at once. Repeating is a success."""
    patient: Patient = Patient.objects.visible_to(actor).current().lock(patient_id)
    if not patient.contact_preferences.get(channel, True):
        return patient
    patient.contact_preferences = validated_preferences({**patient.contact_preferences, channel: False})
    patient.save(update_fields=["contact_preferences", "updated_at"])
    record(actor, "patient.opted_out", patient, patient_ids=[patient.pk], values={"channel": channel})
    publish(
        PatientOptedOut(clinic_id=actor.clinic_id, subject_id=patient.pk, channel=channel, origin=actor.tab),
    )
    return patient


def record_first_visit(actor: Actor, patient_id: UUID, *, on: dt.date) -> None:
    """Remember the local day of a patient's first completed visit; later ones change nothing."""
    Patient.objects.visible_to(actor).filter(pk=patient_id).filter(
        Q(first_visit_date=None) | Q(first_visit_date__gt=on)
    ).update(first_visit_date=on, updated_at=clock.now())


def fill_search_fields(patient: Patient) -> list[str]:
    """Bring the folded columns in line with the name and phone; returns their names."""
    fields = search_fields(patient.first_name, patient.last_name, patient.phone)
    for name, value in fields.items():
        setattr(patient, name, value)
    return list(fields)


def _require_desk(actor: Actor) -> None:
    if actor.role not in DESK:
        raise Forbidden()


def _check_doctor(actor: Actor, doctor_id: UUID | None) -> None:
    if doctor_id and not Doctor.objects.visible_to(actor).filter(pk=doctor_id).exists():
        raise Invalid(fields={"primary_doctor_id": ["There is no such doctor."]})


def _check_duplicates(actor: Actor, values: Mapping[str, Any]) -> None:
    alike = Patient.objects.visible_to(actor).current()
    alike = alike.looking_like(
        first_name=values["first_name"],
        last_name=values["last_name"],
        date_of_birth=values["date_of_birth"],
        phone=values["phone"],
    )[:10]
    if alike:
        raise LooksLikeAnother(candidates=[candidate_of(patient) for patient in alike])


def candidate_of(patient: Patient) -> dict[str, str]:
    """What is shown of a possible duplicate."""
    return {
        "id": str(patient.pk),
        "name": patient.full_name,
        "date_of_birth": patient.date_of_birth.isoformat(),
        "phone": str(patient.phone),
    }


def _fill_gaps(source: Patient, target: Patient) -> None:
    """Keep what only the emptied record knew: contact, first visit, guardian, flags; an opt-out of either holds."""
    names: Sequence[str] = ("email", "phone", "guardian", "primary_doctor_id")
    for name in names:
        if not getattr(target, name):
            setattr(target, name, getattr(source, name))
    firsts = [day for day in (source.first_visit_date, target.first_visit_date) if day]
    target.first_visit_date = min(firsts) if firsts else None
    target.flags = list(dict.fromkeys([*target.flags, *source.flags]))
    channels = {*source.contact_preferences, *target.contact_preferences}
    target.contact_preferences = {
        channel: bool(source.contact_preferences.get(channel, True) and target.contact_preferences.get(channel, True))
        for channel in sorted(channels)
    }
    fill_search_fields(target)
    target.save()


def _announce(actor: Actor, patient: Patient) -> None:
    publish(PatientUpdated(clinic_id=actor.clinic_id, subject_id=patient.pk, origin=actor.tab))
