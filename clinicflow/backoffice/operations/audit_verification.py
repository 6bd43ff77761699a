"""Checking that the clinic's audit log is whole, and writing down what came of it."""

import datetime as dt

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.audit import chain
from clinicflow.audit.log import record
from clinicflow.backoffice.events import AuditCheckAsked
from clinicflow.core.events import publish


@transaction.atomic
def request_verification(actor: Actor, *, at: dt.datetime) -> None:
    """Have the log checked in the background; asking again within the same minute is one check."""
    publish(
        AuditCheckAsked(clinic_id=actor.clinic_id, subject_id=actor.clinic_id, at=at.replace(second=0, microsecond=0))
    )


@transaction.atomic
def verify(actor: Actor) -> chain.Verdict:
    """Check the whole chain now; the result is an entry of the log itself."""
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
