"""`Idempotency-Key`: the first response to a POST is stored and replayed for 24 hours.

The record is inserted before the handler runs and in its transaction: a second request with the same key waits for the
first one's commit and then finds the response, and a first request that fails leaves no record.
"""

import datetime as dt
import hashlib
import re
from typing import Any
from uuid import UUID

import orjson
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.errors import Malformed
from clinicflow.api.models import IdempotencyRecord
from clinicflow.api.renderers import as_json
from clinicflow.core.clock import now
from clinicflow.core.errors import DomainError

LIFETIME = dt.timedelta(hours=24)
VALID_KEY = re.compile(r"[\x21-\x7e]{1,255}")
STORED_HEADERS = ("ETag", "Location")


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for a different request"


def reserve(request: Request, *, clinic_id: UUID, user_id: UUID, role: str) -> IdempotencyRecord | None:
    """The record of this request's key: new (no status yet) or with the response to replay. None without a key.

    KeyReused if the key came with another method, path, role or body; Malformed if it is empty, long or not ASCII.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not VALID_KEY.fullmatch(key):
        raise Malformed("Idempotency-Key must be 1 to 255 visible ASCII characters.")
    request_line = f"{request.method} {request.get_full_path()} {role}\n".encode()
    fingerprint = hashlib.sha256(request_line + request._request.body).digest()
    rows = IdempotencyRecord.objects.filter(clinic_id=clinic_id, user_id=user_id, key=key)
    rows.filter(created_at__lt=now() - LIFETIME).delete()
    new = IdempotencyRecord(clinic_id=clinic_id, user_id=user_id, key=key, fingerprint=fingerprint)
    IdempotencyRecord.objects.bulk_create([new], ignore_conflicts=True)
    record = rows.get()
    if bytes(record.fingerprint) != fingerprint:
        raise KeyReused()
    return record


def store(record: IdempotencyRecord, response: Response, *, resource_type: str, patient_ids: list[UUID]) -> None:
    """Store a successful response under its key, in the transaction of the handler."""
    record.status = response.status_code
    record.body = None if response.data is None else as_json(response.data)
    record.headers = {name: response[name] for name in STORED_HEADERS if name in response}
    record.resource_type = resource_type
    record.patient_ids = [str(patient_id) for patient_id in patient_ids]
    record.save(update_fields=["status", "body", "headers", "resource_type", "patient_ids", "updated_at"])


def replay(record: IdempotencyRecord) -> Response:
    """The stored response, marked with `Idempotency-Replayed: true`."""
    body: Any = orjson.loads(bytes(record.body)) if record.body is not None else None
    return Response(body, status=record.status, headers={**record.headers, "Idempotency-Replayed": "true"})


def delete_expired(clinic_id: UUID) -> int:
    """Delete the clinic's records that are older than 24 hours; returns how many."""
    count, _ = IdempotencyRecord.objects.filter(clinic_id=clinic_id, created_at__lt=now() - LIFETIME).delete()
    return count
