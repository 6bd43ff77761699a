"""Writing to the audit log what row triggers cannot see: reads, refusals, sign-ins and reasons."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model

from clinicflow.audit.models import AuditLog


def record(
    actor: Any,
    action: str,
    obj: Model | None = None,
    *,
    resource_type: str = "",
    resource_id: UUID | str = "",
    patient_ids: Iterable[UUID] = (),
    outcome: str = "ok",
    reason: str = "",
    values: Mapping[str, Any] | None = None,
) -> None:
    """Write one row in the current transaction.

    `actor` has clinic_id, user_id, kind, role, request_id, ip_address and user_agent; `values` must hold no
    words about a patient. Row changes need no call: the triggers write them.
    """
    row = AuditLog(
        clinic_id=actor.clinic_id,
        user_id=actor.user_id,
        actor_kind=actor.kind,
        role=str(actor.role),
        action=action,
        resource_type=resource_type or (obj._meta.db_table if obj is not None else "clinic"),
        resource_id=str(resource_id or (obj.pk if obj is not None else "")),
        patient_ids=list(dict.fromkeys(patient_ids)),
        outcome=outcome,
        reason=reason[:300],
        new_values=dict(values) if values is not None else None,
        ip_address=actor.ip_address or None,
        user_agent=actor.user_agent[:300],
        request_id=actor.request_id,
    )
    # Not `save`: a row of no clinic may be written but not read back, and RETURNING reads it back.
    AuditLog.objects.bulk_create([row], ignore_conflicts=True)


def saw(actor: Any, resource_type: str, patient_ids: Iterable[UUID], *, resource_id: UUID | str = "") -> None:
    """Write that a response shows these patients: one row a response, none if it shows nobody."""
    patients = list(dict.fromkeys(patient_ids))
    if patients:
        record(actor, "read", resource_type=resource_type, resource_id=resource_id, patient_ids=patients)


def exported(actor: Any, resource_type: str, count: int) -> None:
    """Write that rows left as a file."""
    record(actor, "export", resource_type=resource_type, values={"rows": count})
