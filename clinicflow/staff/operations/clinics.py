"""Opening a clinic: what exists before anybody can sign in."""

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
    """A new clinic with the settings that every clinic starts with, and its manager; returns the clinic's own actor.

    `timezone` is an IANA name. A manager who has an account already keeps its password. Invalid by field.
    """
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise Invalid(fields={"name": ["A name of 1 to 120 characters."]})
    if timezone not in available_timezones():
        raise Invalid(fields={"timezone": [f"No such time zone: {timezone}. An example: America/New_York."]})
    clinic = Clinic.objects.create(name=name, timezone=timezone)
    actor = system_actor(clinic.pk, timezone)
    with tenant(actor.scope()):
        ClinicSettings.objects.create(clinic=clinic)
        record(actor, "clinic.opened", clinic)
        members.add(actor, email=manager_email, name=manager_name, role=Membership.Role.FRONT_DESK, password=password)
    return actor


def has_account(email: str) -> bool:
    """Whether somebody signs in with this address already."""
    return User.objects.filter(email=User.objects.normalize_email(email)).exists()
