"""The schedule's work by the clock."""

from uuid import UUID

from clinicflow.clinics.actors import system_actor
from clinicflow.clinics.models import Clinic
from clinicflow.core import clock
from clinicflow.jobs.registry import periodic
from scheduling.operations import no_shows


@periodic("scheduling.no_shows", every=60)
def mark_no_shows(*, clinic_id: UUID) -> None:
    zone = Clinic.objects.values_list("timezone", flat=True).get(pk=clinic_id)
    no_shows.mark_overdue(system_actor(clinic_id, zone), at=clock.now())
