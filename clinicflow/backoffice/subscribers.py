"""Subscriber: enqueue a requested verification of the audit log."""

from clinicflow.backoffice.events import AuditCheckAsked
from clinicflow.core.events import subscribe
from clinicflow.jobs.queue import enqueue


@subscribe(AuditCheckAsked)
def check_log(event: AuditCheckAsked) -> None:
    enqueue("clinics.check_log", clinic_id=event.clinic_id, key=event.at.isoformat())
