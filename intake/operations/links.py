"""Links that open a patient's page without a sign-in.

The token is 32 random bytes; the database keeps its SHA-256 only. A link opens nothing until the patient's birth date
is given; five wrong ones lock it for good. Finding a link says nothing about anybody: it is read before a clinic's
scope is open, and holds ids alone.
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

TRIES = 5
OPEN_AFTER_VISIT = dt.timedelta(hours=24)
KIOSK_LIFETIME = dt.timedelta(hours=1)
TOKEN_LENGTH = 43  # 32 bytes in base64url


@transaction.atomic
def create(actor: Actor, appointment: Appointment, purpose: str) -> tuple[PatientLink, str]:
    """A new link for a visit and its token, which is told once and kept nowhere.

    It expires 24 hours after the visit ends; one for the tablet at the desk, after an hour.
    """
    token = secrets.token_urlsafe(32)
    kiosk = purpose == PatientLink.Purpose.KIOSK
    link = PatientLink.objects.create(
        clinic_id=actor.clinic_id,
        token_hash=digest(token),
        purpose=purpose,
        appointment_id=appointment.pk,
        patient_id=appointment.patient_id,
        expires_at=clock.now() + KIOSK_LIFETIME if kiosk else appointment.ends_at + OPEN_AFTER_VISIT,
    )
    return link, token


def find(token: str) -> PatientLink:
    """The live link of a token. NotFound for made-up, expired, revoked and locked ones alike."""
    link = PatientLink.objects.filter(token_hash=digest(token)).first() if len(token) == TOKEN_LENGTH else None
    if link is None or link.revoked_at or link.locked_at or link.expires_at <= clock.now():
        raise NotFound()
    return link


@transaction.atomic
def try_birth_date(link_id: UUID, given: dt.date, actual: dt.date) -> bool:
    """Whether the birth date is right. A wrong one counts; the fifth locks the link, for right ones too."""
    link = PatientLink.objects.select_for_update().get(pk=link_id)
    if link.locked_at or link.revoked_at:
        return False
    now = clock.now()
    right = hmac.compare_digest(given.isoformat(), actual.isoformat())
    if right:
        link.verified_at = link.verified_at or now
        link.failed_attempts = 0
    else:
        link.failed_attempts += 1
        link.locked_at = now if link.failed_attempts >= TRIES else None
    link.save(update_fields=["verified_at", "failed_attempts", "locked_at", "updated_at"])
    return right


def attempts_left(link_id: UUID) -> int:
    """How many birth dates may still be tried; 0 once the link is locked."""
    link = PatientLink.objects.get(pk=link_id)
    return 0 if link.locked_at else TRIES - link.failed_attempts


@transaction.atomic
def revoke(actor: Actor, appointment_id: UUID, *, reason: str = "") -> int:
    """Close every live link of a visit; returns how many there were."""
    appointment = Appointment.objects.visible_to(actor).fetch(appointment_id)
    now = clock.now()
    count = _live(actor, appointment_id).update(revoked_at=now, updated_at=now)
    if count:
        record(actor, "link.revoked", appointment, patient_ids=[appointment.patient_id], reason=reason)
    return count


@transaction.atomic
def close(actor: Actor, link_id: UUID) -> None:
    """Close one link: the tablet was handed back."""
    now = clock.now()
    PatientLink.objects.filter(pk=link_id, clinic_id=actor.clinic_id, revoked_at=None).update(
        revoked_at=now, updated_at=now
    )


@transaction.atomic
def carry_over(actor: Actor, old_id: UUID, new: Appointment) -> None:
    """The links of a visit open the visit that replaces it."""
    now = clock.now()
    _live(actor, old_id).exclude(purpose=PatientLink.Purpose.KIOSK).update(
        appointment_id=new.pk, expires_at=new.ends_at + OPEN_AFTER_VISIT, updated_at=now
    )


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _live(actor: Actor, appointment_id: UUID) -> QuerySet[PatientLink]:
    return PatientLink.objects.filter(
        clinic_id=actor.clinic_id, appointment_id=appointment_id, revoked_at=None, expires_at__gt=clock.now()
    )
