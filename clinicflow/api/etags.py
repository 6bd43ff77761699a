"""Entity tags: an object's version, so that a client cannot overwrite changes that it has not read."""

import base64
import datetime as dt
import hashlib
from typing import Protocol
from uuid import UUID

from rest_framework.request import Request

from clinicflow.api.errors import PreconditionFailed


class Versioned(Protocol):
    """A saved row with the instant of its last change."""

    @property
    def pk(self) -> UUID: ...
    @property
    def updated_at(self) -> dt.datetime: ...


def etag_of(obj: Versioned) -> str:
    """A strong entity tag that changes whenever the row is saved."""
    stamp = f"{obj.pk}:{obj.updated_at.isoformat()}".encode()
    return f'"{base64.b32encode(hashlib.sha256(stamp).digest()[:10]).decode().lower()}"'


def check_precondition(request: Request, obj: Versioned) -> None:
    """PreconditionFailed (412) unless `If-Match` is absent, `*`, or names the object's current tag.

    Call it with the row locked: without the lock, two writers could both pass.
    """
    tags = request.headers.get("If-Match")
    if tags is None or tags.strip() == "*":
        return
    if etag_of(obj) not in {tag.strip() for tag in tags.split(",")}:
        raise PreconditionFailed()
