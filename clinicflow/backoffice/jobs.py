"""Jobs of the audit log: sealing new entries and verifying the chain."""

from uuid import UUID

from clinicflow.access.actor import system_actor
from clinicflow.audit import chain
from clinicflow.backoffice.operations import audit_verification
from clinicflow.jobs.registry import job, periodic


@periodic("audit.seal", every=30)
def seal_audit(*, clinic_id: UUID) -> None:
    """Append the new audit entries to the hash chain."""
    chain.seal(clinic_id)


@job("clinics.check_log")
def check_log(*, clinic_id: UUID) -> None:
    """Verify the audit log on request."""
    audit_verification.verify(system_actor(clinic_id))


@periodic("clinics.check_log_daily", every=86_400)
def check_log_daily(*, clinic_id: UUID) -> None:
    """Verify the audit log once a day."""
    audit_verification.verify(system_actor(clinic_id))
