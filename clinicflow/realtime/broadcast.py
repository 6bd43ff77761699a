"""Sending events to open screens; the only module that knows the channel layer.

Each stream (a clinic's front desk, one doctor, a clinic's owners) has its own gapless numbering from Redis INCR,
so a client that sees a gap knows that it missed something. The publish is a plain synchronous one in the format of
`channels_redis.pubsub`; `async_to_sync(group_send)` would cost each request 4 ms. A test pins the format.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

import redis
import structlog
from channels.layers import get_channel_layer
from django.conf import settings

from clinicflow.core import clock
from clinicflow.core.events import Event

log = structlog.get_logger(__name__)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def desk_stream(clinic_id: UUID) -> str:
    return f"clinic.{clinic_id}.desk"


def doctor_stream(clinic_id: UUID, doctor_id: UUID) -> str:
    return f"clinic.{clinic_id}.doctor.{doctor_id}"


def owner_stream(clinic_id: UUID) -> str:
    return f"clinic.{clinic_id}.owner"


def session_group(session_id: UUID) -> str:
    return f"session.{session_id}"


def _sequence_key(stream: str) -> str:
    return f"{settings.REDIS_PREFIX}:sequence:{stream}"


def sequence_of(stream: str) -> int:
    """The number of the last event of a stream; 0 before the first, or while Redis is away."""
    try:
        return int(_redis().get(_sequence_key(stream)) or 0)
    except redis.RedisError:
        return 0


def group_message(group: str, message: dict[str, Any]) -> tuple[str, bytes]:
    """Channel and bytes as `RedisPubSubChannelLayer.group_send` would publish them."""
    return f"{settings.REDIS_PREFIX}__group__{group}", get_channel_layer().serialize(message)


def send_to_group(group: str, message: dict[str, Any]) -> None:
    """Publish now; a Redis that is down loses a message, which clients notice and repair by refetching."""
    try:
        _redis().publish(*group_message(group, message))
    except redis.RedisError as error:
        log.warning("broadcast_failed", error=type(error).__name__)


def broadcast(event: Event) -> None:
    """Send an event to the streams of its clinic: front desk, the doctors concerned, owners coarsely."""
    name = event.live
    if name is None:
        return
    streams = [(desk_stream(event.clinic_id), name)]
    streams += [(doctor_stream(event.clinic_id, doctor), name) for doctor in event.doctor_ids]
    if event.for_owners:
        streams.append((owner_stream(event.clinic_id), "metrics_changed"))
    try:
        _send(event, streams)
    except redis.RedisError as error:
        log.warning("broadcast_failed", error=type(error).__name__)


def _send(event: Event, streams: Iterable[tuple[str, str]]) -> None:
    streams = list(streams)
    connection = _redis()
    numbering = connection.pipeline(transaction=False)
    for stream, _ in streams:
        numbering.incr(_sequence_key(stream))
    sequences = numbering.execute()
    sending = connection.pipeline(transaction=False)
    for (stream, name), sequence in zip(streams, sequences, strict=True):
        sending.publish(*group_message(stream, {"type": "live.event", "event": as_message(event, name, sequence)}))
    sending.execute()


def as_message(event: Event, name: str, sequence: int) -> dict[str, Any]:
    """What a client gets (api.md, Live events): ids and kinds, never a name or an answer."""
    coarse = name == "metrics_changed"
    return {
        "type": name,
        "id": str(event.id),
        "sequence": sequence,
        "at": clock.now().isoformat(),
        "clinic_id": str(event.clinic_id),
        "object": {"type": "clinic", "id": str(event.clinic_id)}
        if coarse
        else {"type": event.object_type, "id": str(event.subject_id)},
        "doctor_id": None if coarse or not event.doctor_ids else str(event.doctor_ids[0]),
        "doctor_ids": [] if coarse else [str(doctor) for doctor in event.doctor_ids],
        "by": "" if coarse else event.origin,
    }
