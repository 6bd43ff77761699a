"""Writing patients."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clinicflow.clinics.actors import Actor, Role
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish
from patients.events import PatientRegistered
from patients.models import Patient
from patients.querysets import search_fields

EARLIEST_BIRTH = dt.date(1900, 1, 1)


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
) -> Patient:
    """Add a patient; the front desk's right. Whoever calls has shown the look-alikes first.

    `phone` is E.164 or a number of the clinic's country. Invalid for a birth date before 1900 or after the clinic's
    today, or an empty name.
    """
    if actor.role not in {Role.ADMIN, Role.SYSTEM}:
        raise Forbidden()
    first_name, last_name = first_name.strip(), last_name.strip()
    if not first_name or not last_name:
        raise Invalid(fields={"last_name": ["Give a first and a last name."]})
    if not EARLIEST_BIRTH <= date_of_birth <= clock.today(actor.timezone):
        raise Invalid(fields={"date_of_birth": ["A birth date lies between 1900 and today."]})
    patient = Patient.objects.create(
        clinic_id=actor.clinic_id,
        first_name=first_name,
        last_name=last_name,
        date_of_birth=date_of_birth,
        phone=phone,
        email=email.strip().lower(),
        preferred_language=preferred_language,
        primary_doctor_id=primary_doctor_id,
        **search_fields(first_name, last_name, phone),
    )
    publish(PatientRegistered(clinic_id=actor.clinic_id, subject_id=patient.pk, origin=actor.tab))
    return patient


def record_first_visit(actor: Actor, patient_id: UUID, *, on: dt.date) -> None:
    """Remember the local day of a patient's first completed visit; later ones change nothing."""
    Patient.objects.visible_to(actor).filter(pk=patient_id).filter(
        Q(first_visit_date=None) | Q(first_visit_date__gt=on)
    ).update(first_visit_date=on, updated_at=clock.now())
