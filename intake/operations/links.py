"""Links that open a patient's pages without a sign-in.

The token is 32 random bytes, of which the database stores only the SHA-256. A link shows nothing until the patient's
birth date is entered; five wrong ones lock it permanently. The row has ids only and reveals nothing about the patient:
it is read before a clinic's database scope is open.
"""

import datetime as dt
import hashlib
import hmac
import secrets
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinicflow.access.actor import Actor
from clinicflow.audit.log import record
from clinicflow.core import clock
from clinicflow.core.errors import NotFound
from intake.models import PatientLink
from scheduling.models import Appointment

MAX_ATTEMPTS = 5
LIFETIME_AFTER_VISIT = dt.timedelta(hours=24)
KIOSK_LIFETIME = dt.timedelta(hours=1)
TOKEN_LENGTH = 43  # 32 bytes in base64url


@transaction.atomic
def create(actor: Actor, appointment: Appointment, purpose: str) -> tuple[PatientLink, str]:
    """Create a link for an appointment; returns it with its token, which is not stored.

    It expires 24 hours after the end of the appointment, or after an hour for a kiosk.
    """
    token = secrets.token_urlsafe(32)
    kiosk = purpose == PatientLink.Purpose.KIOSK
    link = PatientLink.objects.create(
        clinic_id=actor.clinic_id,
        token_hash=digest(token),
        purpose=purpose,
        appointment_id=appointment.pk,
        patient_id=appointment.patient_id,
        expires_at=clock.now() + KIOSK_LIFETIME if kiosk else appointment.ends_at + LIFETIME_AFTER_VISIT,
    )
    return link, token


def find(token: str) -> PatientLink:
    """The active link of a token. NotFound if it is unknown, expired, revoked or locked."""
    link = PatientLink.objects.filter(token_hash=digest(token)).first() if len(token) == TOKEN_LENGTH else None
    if link is None or link.revoked_at or link.locked_at or link.expires_at <= clock.now():
        raise NotFound()
    return link


@transaction.atomic
def try_birth_date(link_id: UUID, given: dt.date, actual: dt.date) -> bool:
    """Whether the birth date is correct. The fifth wrong one locks the link, then also for the correct date."""
    link = PatientLink.objects.select_for_update().get(pk=link_id)
    if link.locked_at or link.revoked_at:
        return False
    now = clock.now()
    is_correct = hmac.compare_digest(given.isoformat(), actual.isoformat())
    if is_correct:
        link.verified_at = link.verified_at or now
        link.failed_attempts = 0
    else:
        link.failed_attempts += 1
        link.locked_at = now if link.failed_attempts >= MAX_ATTEMPTS else None
    link.save(update_fields=["verified_at", "failed_attempts", "locked_at", "updated_at"])
    return is_correct


def attempts_left(link_id: UUID) -> int:
    """The number of remaining attempts; 0 if the link is locked."""
    link = PatientLink.objects.get(pk=link_id)
    return 0 if link.locked_at else MAX_ATTEMPTS - link.failed_attempts


@transaction.atomic
def revoke(actor: Actor, appointment_id: UUID, *, reason: str = "") -> int:
    """Revoke all active links of an appointment; returns their number."""
    appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    now = clock.now()
    count = _active_links(actor, appointment_id).update(revoked_at=now, updated_at=now)
    if count:
        record(actor, "link.revoked", appointment, patient_ids=[appointment.patient_id], reason=reason)
    return count


@transaction.atomic
def close(actor: Actor, link_id: UUID) -> None:
    """Revoke one link, when the patient has finished at a kiosk."""
    now = clock.now()
    PatientLink.objects.filter(pk=link_id, clinic_id=actor.clinic_id, revoked_at=None).update(
        revoked_at=now, updated_at=now
    )


@transaction.atomic
def carry_over(actor: Actor, old_id: UUID, new: Appointment) -> None:
    """Move the links of an appointment, except kiosk links, to the appointment that replaces it."""
    now = clock.now()
    _active_links(actor, old_id).exclude(purpose=PatientLink.Purpose.KIOSK).update(
        appointment_id=new.pk, expires_at=new.ends_at + LIFETIME_AFTER_VISIT, updated_at=now
    )


def digest(token: str) -> bytes:
    """The SHA-256 of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _active_links(actor: Actor, appointment_id: UUID) -> QuerySet[PatientLink]:
    return PatientLink.objects.filter(
        clinic_id=actor.clinic_id, appointment_id=appointment_id, revoked_at=None, expires_at__gt=clock.now()
    )
