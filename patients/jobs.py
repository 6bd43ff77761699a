"""Jobs of patient imports."""

from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import system_actor
from clinicflow.clinics.models import Clinic
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs.registry import job, periodic
from patients.operations import imports


def mark_failed(*, clinic_id: UUID, import_id: str) -> None:
    """Mark the import as failed when its job is out of retries."""
    imports.mark_failed(system_actor(clinic_id), UUID(import_id))


@job("patients.read_file", atomic=False, on_death=mark_failed)
def read_file(*, clinic_id: UUID, import_id: str) -> None:
    """Import the file in chunks. Each is committed by itself, so progress is visible and a retry continues there."""
    zone = Clinic.objects.values_list("timezone", flat=True).get(pk=clinic_id)
    more = True
    while more:
        with transaction.atomic(), tenant(clinic_id):
            more = imports.import_next_chunk(system_actor(clinic_id, zone), UUID(import_id))


@periodic("patients.forget_files", every=3600)
def delete_abandoned(*, clinic_id: UUID) -> None:
    """Delete files that were checked but never imported."""
    imports.delete_abandoned(system_actor(clinic_id), at=clock.now())
