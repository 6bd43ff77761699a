"""The job that keeps the owner's daily figures up to date."""

from uuid import UUID

from clinicflow.core import clock
from clinicflow.jobs.registry import periodic
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from dashboards.figures import operations


@periodic("dashboards.roll_up", every=60)
def roll_up(*, clinic_id: UUID) -> None:
    """Store the owner's figures of days that are over or have changed; on the first run, of all days."""
    operations.roll_up(clinic_actor(clinic_id), at=clock.now())
