"""Verification of the clinic's audit log, whose result is audited."""

import datetime as dt

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.audit import chain
from clinicflow.audit.log import record
from clinicflow.backoffice.events import AuditCheckAsked
from clinicflow.core.events import publish


@transaction.atomic
def request_verification(actor: Actor, *, at: dt.datetime) -> None:
    """Request a verification in the background. Several requests within a minute start one verification."""
    publish(
        AuditCheckAsked(clinic_id=actor.clinic_id, subject_id=actor.clinic_id, at=at.replace(second=0, microsecond=0))
    )


@transaction.atomic
def verify(actor: Actor) -> chain.Verdict:
    """Verify the whole hash chain now, and record the result in the log."""
    verdict = chain.verify(actor.clinic_id)
    record(
        actor,
        "audit.verified",
        resource_type="audit_seals",
        outcome="ok" if verdict.is_intact else "broken",
        reason="" if verdict.is_intact else f"Link {verdict.broken_at}: {verdict.problem}",
        values={"links": verdict.links, "head": verdict.head},
    )
    return verdict
