"""The text form of a slot, as forms and links submit it: `<doctor id> <ISO 8601 instant>`."""

import datetime as dt
from uuid import UUID


def encode_slot(doctor_id: UUID | str, starts_at: dt.datetime) -> str:
    """The value that `decode_slot` parses."""
    return f"{doctor_id} {starts_at.isoformat()}"


def decode_slot(value: str) -> tuple[UUID, dt.datetime]:
    """The doctor and the aware instant of a value. ValueError if it is malformed or has no UTC offset."""
    doctor_id, instant = value.split(" ", 1)
    starts_at = dt.datetime.fromisoformat(instant)
    if starts_at.tzinfo is None:
        raise ValueError("no UTC offset")
    return UUID(doctor_id), starts_at
