"""Writing to the audit log what row triggers cannot see: reads, refusals, sign-ins and reasons."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model
from psycopg.types.json import Jsonb

from clinicflow.core.ids import uuid7
from clinicflow.db.prepared import prepared_cursor

# Not the ORM: this runs in every request that shows a patient. And nothing is read back, since a row of no clinic may
# be written but not read.
INSERT = """
insert into audit_logs (
  event_id, clinic_id, user_id, actor_kind, role, action, resource_type, resource_id, patient_ids, old_values,
  new_values, outcome, reason, ip_address, user_agent, request_id
) values (
  %(event_id)s, %(clinic)s::uuid, %(user)s::uuid, %(actor_kind)s, %(role)s, %(action)s, %(resource_type)s,
  %(resource_id)s, %(patients)s::uuid[], %(before)s::jsonb, %(values)s::jsonb, %(outcome)s, %(reason)s,
  %(ip_address)s::inet, %(user_agent)s, %(request_id)s
)
"""


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
    before: Mapping[str, Any] | None = None,
) -> None:
    """Write one row in the current transaction.

    `actor` has clinic_id, user_id, kind, role, request_id, ip_address and user_agent; `values`, and the
    values `before` a change, must hold no words about a patient. Row changes need no call: the triggers write them.
    """
    row = {
        "event_id": uuid7(),
        "clinic": actor.clinic_id,
        "user": actor.user_id,
        "actor_kind": actor.kind,
        "role": str(actor.role),
        "action": action,
        "resource_type": resource_type or (obj._meta.db_table if obj is not None else "clinic"),
        "resource_id": str(resource_id or (obj.pk if obj is not None else "")),
        "patients": list(dict.fromkeys(patient_ids)),
        "outcome": outcome,
        "reason": reason[:300],
        "before": Jsonb(dict(before)) if before is not None else None,
        "values": Jsonb(dict(values)) if values is not None else None,
        "ip_address": actor.ip_address or None,
        "user_agent": actor.user_agent[:300],
        "request_id": actor.request_id,
    }
    with prepared_cursor() as cursor:
        cursor.execute(INSERT, row)


def record_access(actor: Any, resource_type: str, patient_ids: Iterable[UUID], *, resource_id: UUID | str = "") -> None:
    """Write that a response shows these patients: one row a response, none if it shows nobody."""
    patients = list(dict.fromkeys(patient_ids))
    if patients:
        record(actor, "read", resource_type=resource_type, resource_id=resource_id, patient_ids=patients)


def record_export(actor: Any, resource_type: str, count: int) -> None:
    """Write that rows left as a file."""
    record(actor, "export", resource_type=resource_type, values={"rows": count})
