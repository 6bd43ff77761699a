"""The periodic job that updates the owner's daily totals."""

from uuid import UUID

from clinicflow.core import clock
from clinicflow.jobs.registry import periodic
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from dashboards.figures import operations


@periodic("dashboards.roll_up", every=60)
def roll_up(*, clinic_id: UUID) -> None:
    """Count the days that are over or have changed; on the first run, all days."""
    operations.roll_up(clinic_actor(clinic_id), at=clock.now())
