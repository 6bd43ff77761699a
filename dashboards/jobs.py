"""The dashboards' work by the clock."""

from uuid import UUID

from clinicflow.clinics.actors import system_actor
from clinicflow.clinics.models import Clinic
from clinicflow.core import clock
from clinicflow.jobs.registry import periodic
from dashboards.operations import figures


@periodic("dashboards.roll_up", every=60)
def roll_up(*, clinic_id: UUID) -> None:
    """Store the owner's figures of days that are over or have changed; the first time, of all days."""
    zone = Clinic.objects.values_list("timezone", flat=True).get(pk=clinic_id)
    figures.roll_up(system_actor(clinic_id, zone), at=clock.now())
