"""Work that every clinic gets by the clock."""

from uuid import UUID

from clinicflow.audit import chain
from clinicflow.jobs.registry import periodic


@periodic("audit.seal", every=30)
def seal_audit(*, clinic_id: UUID) -> None:
    """Chain the audit rows that have come in."""
    chain.seal(clinic_id)
