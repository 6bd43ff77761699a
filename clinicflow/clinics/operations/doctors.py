"""Writes of doctors by the front desk."""

from typing import TypedDict
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor, publish_for
from clinicflow.clinics.events import SettingsChanged
from clinicflow.clinics.models import VISIT_MINUTES, Doctor, DoctorSettings
from clinicflow.clinics.rules.working_hours import validate_week
from clinicflow.core.errors import Invalid


class DoctorProfile(TypedDict):
    """The fields of a doctor that the front desk edits; `working_hours` in the format of the model."""

    name: str
    initials: str
    specialty: str
    room: str
    default_visit_length: int
    color: str
    working_hours: dict[str, list[list[str]]]


@transaction.atomic
def create(actor: Actor, profile: DoctorProfile) -> Doctor:
    """Create a doctor with default settings and no user. Invalid by field; Forbidden except for the front desk."""
    _validate(actor, profile, None)
    doctor = Doctor.objects.create(clinic_id=actor.clinic_id, **profile)
    DoctorSettings.objects.create(clinic_id=actor.clinic_id, doctor=doctor)
    publish_for(actor, SettingsChanged, doctor, doctor_ids=[doctor.pk])
    return doctor


@transaction.atomic
def update(actor: Actor, doctor_id: UUID, profile: DoctorProfile) -> Doctor:
    """Update a doctor's profile; booked appointments stay. Invalid by field; NotFound; Forbidden as for `create`."""
    doctor: Doctor = Doctor.objects.visible_to(actor).lock(doctor_id)
    _validate(actor, profile, doctor)
    for name, value in profile.items():
        setattr(doctor, name, value)
    doctor.save(update_fields=[*profile, "updated_at"])
    publish_for(actor, SettingsChanged, doctor, doctor_ids=[doctor.pk])
    return doctor


@transaction.atomic
def reactivate(actor: Actor, doctor_id: UUID) -> Doctor:
    """Make a deactivated doctor bookable again. Idempotent. NotFound; Forbidden as for `create`."""
    actor.require_front_desk()
    doctor: Doctor = Doctor.objects.visible_to(actor).lock(doctor_id)
    doctor.is_active = True
    doctor.save(update_fields=["is_active", "updated_at"])
    publish_for(actor, SettingsChanged, doctor, doctor_ids=[doctor.pk])
    return doctor


def _validate(actor: Actor, profile: DoctorProfile, doctor: Doctor | None) -> None:
    actor.require_front_desk()
    errors: dict[str, list[str]] = {}
    problem = validate_week(profile["working_hours"])
    if problem:
        errors["working_hours"] = [problem]
    namesakes = Doctor.objects.visible_to(actor).filter(name__iexact=profile["name"])
    if (namesakes.exclude(pk=doctor.pk) if doctor else namesakes).exists():
        errors["name"] = ["Another doctor already has this name."]
    if profile["default_visit_length"] not in VISIT_MINUTES:
        errors["default_visit_length"] = [f"Enter {VISIT_MINUTES[0]} to {VISIT_MINUTES[-1]} minutes."]
    if errors:
        raise Invalid(fields=errors)
