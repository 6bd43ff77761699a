"""Creation of a clinic, with its settings and its first manager."""

from zoneinfo import available_timezones

from django.db import transaction

from clinicflow.access.actor import Actor, system_actor
from clinicflow.accounts.models import User
from clinicflow.audit.log import record
from clinicflow.clinics.models import Clinic, ClinicSettings, Membership
from clinicflow.core.errors import Invalid
from clinicflow.db import tenant
from clinicflow.staff.operations import members


@transaction.atomic
def create_clinic(*, name: str, timezone: str, manager_email: str, manager_name: str, password: str) -> Actor:
    """Create a clinic with default settings and a front desk member. Returns the clinic's system actor.

    `timezone` is an IANA name. A manager who already has an account keeps their password. Invalid by field.
    """
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise Invalid(fields={"name": ["Enter a name of at most 120 characters."]})
    if timezone not in available_timezones():
        raise Invalid(fields={"timezone": [f"Unknown time zone: {timezone}. Example: America/New_York."]})
    clinic = Clinic.objects.create(name=name, timezone=timezone)
    actor = system_actor(clinic.pk, timezone)
    with tenant(actor.scope()):
        ClinicSettings.objects.create(clinic=clinic)
        record(actor, "clinic.opened", clinic)
        members.add(actor, email=manager_email, name=manager_name, role=Membership.Role.FRONT_DESK, password=password)
    return actor


def has_account(email: str) -> bool:
    """Whether there is a user with this email address."""
    return User.objects.filter(email=User.objects.normalize_email(email)).exists()
