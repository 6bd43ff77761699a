"""`Idempotency-Key`: the first answer to a POST is replayed for 24 hours.

The key's row is inserted before the work and in its transaction: a second request with the same key waits for the
first one's commit and then finds the answer, and a refused first attempt leaves nothing behind.
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
from clinicflow.api.models import KeptAnswer
from clinicflow.api.renderers import as_json
from clinicflow.core.clock import now
from clinicflow.core.errors import DomainError

KEPT_FOR = dt.timedelta(hours=24)
WORD = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("ETag", "Location")


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    title = "This Idempotency-Key belongs to a different request"


def reserve(request: Request, *, clinic_id: UUID, user_id: UUID, role: str) -> KeptAnswer | None:
    """The row of this request's key: new (no status yet) or with the answer to replay. None without a key.

    KeyReused if the key came with another method, path, role or body; Malformed if it is empty, long or not ASCII.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not WORD.fullmatch(key):
        raise Malformed("Idempotency-Key must be 1 to 255 visible ASCII characters.")
    address = f"{request.method} {request.get_full_path()} {role}\n".encode()
    fingerprint = hashlib.sha256(address + request._request.body).digest()
    mine = KeptAnswer.objects.filter(clinic_id=clinic_id, user_id=user_id, key=key)
    mine.filter(created_at__lt=now() - KEPT_FOR).delete()
    row = KeptAnswer(clinic_id=clinic_id, user_id=user_id, key=key, fingerprint=fingerprint)
    KeptAnswer.objects.bulk_create([row], ignore_conflicts=True)
    kept: KeptAnswer = mine.get()
    if bytes(kept.fingerprint) != fingerprint:
        raise KeyReused()
    return kept


def store(row: KeptAnswer, response: Response, *, resource_type: str, patient_ids: list[UUID]) -> None:
    """Remember a success as the answer of its key, in the transaction that did the work."""
    row.status = response.status_code
    row.body = None if response.data is None else as_json(response.data)
    row.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    row.resource_type = resource_type
    row.patient_ids = [str(patient_id) for patient_id in patient_ids]
    row.save(update_fields=["status", "body", "headers", "resource_type", "patient_ids", "updated_at"])


def replay(row: KeptAnswer) -> Response:
    """The kept answer again, marked with `Idempotency-Replayed: true`."""
    body: Any = orjson.loads(bytes(row.body)) if row.body is not None else None
    return Response(body, status=row.status, headers={**row.headers, "Idempotency-Replayed": "true"})


def delete_expired(clinic_id: UUID) -> int:
    """Drop the answers of one clinic that are older than a day; how many there were."""
    count, _ = KeptAnswer.objects.filter(clinic_id=clinic_id, created_at__lt=now() - KEPT_FOR).delete()
    return count
