"""Secret calendar URLs of doctors. Only the token's SHA-256 is stored; issuing a token revokes the previous one."""

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
    """Issue a token for the doctor's calendar URL and revoke the previous one. The token cannot be retrieved later."""
    doctor = _lock(actor, doctor_id)
    token = secrets.token_urlsafe(32)
    doctor.calendar_token_hash = digest(token)
    doctor.save(update_fields=["calendar_token_hash", "updated_at"])
    record(actor, "calendar_feed.issued", doctor)
    return token


@transaction.atomic
def revoke(actor: Actor, doctor_id: UUID) -> None:
    """Revoke the doctor's calendar URL. Repeating succeeds without a change."""
    doctor = _lock(actor, doctor_id)
    if doctor.calendar_token_hash is None:
        return
    doctor.calendar_token_hash = None
    doctor.save(update_fields=["calendar_token_hash", "updated_at"])
    record(actor, "calendar_feed.revoked", doctor)


def clinic_of(doctor_id: UUID, token: str) -> UUID | None:
    """The clinic of the doctor with this token, None if it does not match. Needs no tenant scope: it determines it."""
    with connection.cursor() as cursor:
        cursor.execute(FIND_CLINIC, [doctor_id, digest(token)])
        clinic_id: UUID | None = cursor.fetchone()[0]
    return clinic_id


def digest(token: str) -> bytes:
    """The hash of a token, as stored."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _lock(actor: Actor, doctor_id: UUID) -> Doctor:
    """The doctor, locked: any for the front desk, only themselves for a doctor. Forbidden otherwise."""
    if actor.role not in {Role.FRONT_DESK, Role.DOCTOR} or (actor.role == Role.DOCTOR and actor.doctor_id != doctor_id):
        raise Forbidden()
    doctor: Doctor = Doctor.objects.visible_to(actor).lock(doctor_id)
    return doctor
