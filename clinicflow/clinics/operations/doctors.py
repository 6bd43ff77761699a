"""Doctors as the front desk keeps them."""

from typing import TypedDict
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinics.events import SettingsChanged
from clinicflow.clinics.models import VISIT_MINUTES, Doctor, DoctorSettings
from clinicflow.clinics.rules.working_hours import validate_week
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish


class DoctorProfile(TypedDict):
    """What is known of a doctor; `working_hours` as the model keeps them."""

    name: str
    initials: str
    specialty: str
    room: str
    default_visit_length: int
    color: str
    working_hours: dict[str, list[list[str]]]


@transaction.atomic
def create(actor: Actor, profile: DoctorProfile) -> Doctor:
    """A new doctor, with settings of their own; nobody signs in as them yet. Invalid by field."""
    _check(actor, profile, None)
    doctor = Doctor.objects.create(clinic_id=actor.clinic_id, **profile)
    DoctorSettings.objects.create(clinic_id=actor.clinic_id, doctor=doctor)
    _announce(actor, doctor)
    return doctor


@transaction.atomic
def update(actor: Actor, doctor_id: UUID, profile: DoctorProfile) -> Doctor:
    """Change what is known of a doctor; visits that are booked stay. Invalid by field, NotFound."""
    doctor: Doctor = Doctor.objects.visible_to(actor).lock(doctor_id)
    _check(actor, profile, doctor)
    for name, value in profile.items():
        setattr(doctor, name, value)
    doctor.save(update_fields=[*profile, "updated_at"])
    _announce(actor, doctor)
    return doctor


@transaction.atomic
def reactivate(actor: Actor, doctor_id: UUID) -> Doctor:
    """A doctor who had left can be booked again. Repeating is a success."""
    _require_desk(actor)
    doctor: Doctor = Doctor.objects.visible_to(actor).lock(doctor_id)
    doctor.is_active = True
    doctor.save(update_fields=["is_active", "updated_at"])
    _announce(actor, doctor)
    return doctor


def _check(actor: Actor, profile: DoctorProfile, doctor: Doctor | None) -> None:
    _require_desk(actor)
    errors: dict[str, list[str]] = {}
    problem = validate_week(profile["working_hours"])
    if problem:
        errors["working_hours"] = [problem]
    same = Doctor.objects.visible_to(actor).filter(name__iexact=profile["name"])
    if (same.exclude(pk=doctor.pk) if doctor else same).exists():
        errors["name"] = ["There is a doctor of that name already."]
    if profile["default_visit_length"] not in VISIT_MINUTES:
        errors["default_visit_length"] = [f"Enter {VISIT_MINUTES[0]} to {VISIT_MINUTES[-1]} minutes."]
    if errors:
        raise Invalid(fields=errors)


def _require_desk(actor: Actor) -> None:
    if actor.role not in {Role.FRONT_DESK, Role.SYSTEM}:
        raise Forbidden()


def _announce(actor: Actor, doctor: Doctor) -> None:
    publish(SettingsChanged(clinic_id=actor.clinic_id, subject_id=doctor.pk, doctor_ids=(doctor.pk,), origin=actor.tab))
