"""Entity tags: an object's version, so that nobody overwrites what they have not seen."""

import base64
import hashlib
from typing import Any

from rest_framework.request import Request

from clinicflow.api.errors import PreconditionFailed


def etag_of(obj: Any) -> str:
    """A strong tag that changes whenever the row is saved."""
    stamp = f"{obj.pk}:{obj.updated_at.isoformat()}".encode()
    return f'"{base64.b32encode(hashlib.sha256(stamp).digest()[:10]).decode().lower()}"'


def check_precondition(request: Request, obj: Any) -> None:
    """PreconditionFailed (412) unless `If-Match` is absent, `*`, or names the object's present tag.

    Call it with the row locked: a check without the lock would let two writers through.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    if etag_of(obj) not in {tag.strip() for tag in wanted.split(",")}:
        raise PreconditionFailed()
