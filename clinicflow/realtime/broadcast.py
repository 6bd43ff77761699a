"""Sending live events to clients; the only module that uses the channel layer.

Each stream (a clinic's front desk, one doctor, a clinic's owners) has its own gapless sequence from Redis INCR, so a
client detects missed events by a gap. Publishing is synchronous, in the format of `channels_redis.pubsub`, because
`async_to_sync(group_send)` costs 4 ms per request. A test pins the format.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypedDict
from uuid import UUID

import redis
import structlog
from channels.layers import get_channel_layer
from django.conf import settings

from clinicflow.core import clock
from clinicflow.core.events import Event

log = structlog.get_logger(__name__)
Message = Mapping[str, object]


class ObjectReference(TypedDict):
    """The object that an event is about."""

    type: str
    id: str


class LiveEvent(TypedDict):
    """The message of an event as a client receives it (docs/api.md)."""

    type: str
    id: str
    sequence: int
    at: str
    clinic_id: str
    object: ObjectReference
    doctor_id: str | None
    doctor_ids: list[str]
    by: str


class EventMessage(TypedDict):
    """An event in the channel layer; Channels calls `LiveConsumer.live_event`."""

    type: str
    event: LiveEvent


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
    """The sequence number of a stream's last event; 0 before the first, or while Redis is unreachable."""
    try:
        return int(_redis().get(_sequence_key(stream)) or 0)
    except redis.RedisError:
        return 0


def group_message(group: str, message: Message) -> tuple[str, bytes]:
    """The channel and payload that `RedisPubSubChannelLayer.group_send` would publish."""
    return f"{settings.REDIS_PREFIX}__group__{group}", get_channel_layer().serialize(message)


def send_to_group(group: str, message: Message) -> None:
    """Publish a message; while Redis is down it is lost, and clients refetch when they see the gap."""
    try:
        _redis().publish(*group_message(group, message))
    except redis.RedisError as error:
        log.warning("broadcast_failed", error=type(error).__name__)


def broadcast(event: Event) -> None:
    """Send an event to the front desk's stream, to its doctors', and as `metrics_changed` to the owners'."""
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
    increments = connection.pipeline(transaction=False)
    for stream, _ in streams:
        increments.incr(_sequence_key(stream))
    sequences = increments.execute()
    messages = connection.pipeline(transaction=False)
    for (stream, name), sequence in zip(streams, sequences, strict=True):
        messages.publish(*group_message(stream, {"type": "live.event", "event": as_message(event, name, sequence)}))
    messages.execute()


def as_message(event: Event, name: str, sequence: int) -> LiveEvent:
    """The message that a client receives (docs/api.md): ids and kinds, never a patient's name or answer."""
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
