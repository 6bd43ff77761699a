"""Periodic jobs."""

from uuid import UUID

from clinicflow.access.actor import system_actor
from clinicflow.core import clock
from clinicflow.jobs.registry import periodic
from clinicflow.notifications.operations import notifications


@periodic("notifications.forget_old", every=24 * 3600)
def delete_old(*, clinic_id: UUID) -> None:
    """Delete old notifications of the clinic."""
    notifications.delete_old(system_actor(clinic_id), at=clock.now())
