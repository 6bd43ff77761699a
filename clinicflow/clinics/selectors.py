"""Reads of a clinic's own rows that many apps need."""

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import ClinicSettings


def settings_of(actor: Actor) -> ClinicSettings:
    """The settings of the actor's clinic. One query."""
    settings: ClinicSettings = ClinicSettings.objects.visible_to(actor).get()
    return settings
