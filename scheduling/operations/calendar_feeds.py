"""A doctor's calendar as a secret address. Only the token's SHA-256 is kept; a new one ends the old one."""

import hashlib
import secrets
from uuid import UUID

from django.db import connection, transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.audit.log import record
from clinicflow.clinics.models import Doctor
from clinicflow.core.errors import Forbidden

FIND_CLINIC = "select calendar_feed_clinic(%s, %s)"


@transaction.atomic
def issue(actor: Actor, doctor_id: UUID) -> str:
    """A new secret for the doctor's calendar address; the one before stops working. Shown once, never again."""
    doctor = _lock(actor, doctor_id)
    token = secrets.token_urlsafe(32)
    doctor.calendar_token_hash = digest(token)
    doctor.save(update_fields=["calendar_token_hash", "updated_at"])
    record(actor, "calendar_feed.issued", doctor)
    return token


@transaction.atomic
def revoke(actor: Actor, doctor_id: UUID) -> None:
    """The doctor's calendar address stops working. Repeating is a success."""
    doctor = _lock(actor, doctor_id)
    if doctor.calendar_token_hash is None:
        return
    doctor.calendar_token_hash = None
    doctor.save(update_fields=["calendar_token_hash", "updated_at"])
    record(actor, "calendar_feed.revoked", doctor)


def clinic_of(doctor_id: UUID, token: str) -> UUID | None:
    """The clinic whose doctor has this secret, or None. Works with no scope open: it is where the scope comes from."""
    with connection.cursor() as cursor:
        cursor.execute(FIND_CLINIC, [doctor_id, digest(token)])
        found: UUID | None = cursor.fetchone()[0]
    return found


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _lock(actor: Actor, doctor_id: UUID) -> Doctor:
    """The doctor's row; their own for a doctor, any for the front desk."""
    if actor.role not in {Role.FRONT_DESK, Role.DOCTOR} or (actor.role == Role.DOCTOR and actor.doctor_id != doctor_id):
        raise Forbidden()
    doctor: Doctor = Doctor.objects.visible_to(actor).lock(doctor_id)
    return doctor
