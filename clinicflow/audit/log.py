"""Audit entries that row triggers cannot write: reads, rejections, sign-ins and reasons."""

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from django.db.models import Model
from psycopg.types.json import Jsonb

from clinicflow.core.ids import uuid7
from clinicflow.db.prepared import prepared_cursor

# SQL instead of the ORM: this runs in every request that shows a patient. Nothing is returned, since a row without a
# clinic may be written but not read.
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


class Identity(Protocol):
    """The fields of an actor that the log stores; a failed sign-in of an unknown user has no clinic."""

    @property
    def clinic_id(self) -> UUID | None: ...
    @property
    def user_id(self) -> UUID | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def request_id(self) -> str: ...
    @property
    def ip_address(self) -> str: ...
    @property
    def user_agent(self) -> str: ...


def record(
    actor: Identity,
    action: str,
    obj: Model | None = None,
    *,
    resource_type: str = "",
    resource_id: UUID | str = "",
    patient_ids: Iterable[UUID] = (),
    outcome: str = "ok",
    reason: str = "",
    values: Mapping[str, object] | None = None,
    before: Mapping[str, object] | None = None,
) -> None:
    """Write one audit entry in the current transaction.

    `values`, and the values `before` a change, must not contain free text about a patient. Changes of rows need no
    call: the triggers write them.
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


def record_access(
    actor: Identity, resource_type: str, patient_ids: Iterable[UUID], *, resource_id: UUID | str = ""
) -> None:
    """Write that a response shows these patients: one entry per response, none without patients."""
    patients = list(dict.fromkeys(patient_ids))
    if patients:
        record(actor, "read", resource_type=resource_type, resource_id=resource_id, patient_ids=patients)


def record_export(actor: Identity, resource_type: str, count: int) -> None:
    """Write that rows were exported to a file."""
    record(actor, "export", resource_type=resource_type, values={"rows": count})
