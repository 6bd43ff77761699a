"""The WebSocket consumer of live events."""

import asyncio
import json
import time
from uuid import UUID

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import close_old_connections

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.accounts.operations import sessions, tokens
from clinicflow.realtime import broadcast
from clinicflow.realtime.broadcast import EventMessage, Message
from clinicflow.staff.selectors.actor_resolution import RequestOrigin, actor_of

AUTHENTICATION_TIMEOUT = 5.0  # seconds
RECHECK_INTERVAL = 5.0  # seconds between two checks that the session is active
MAX_MESSAGE_LENGTH = 8192
OUTBOX_SIZE = 100  # messages that a slow client may be behind before it must refetch
REVOKED, FOREIGN, BAD_ORIGIN = 4401, 4403, 4400


class LiveConsumer(AsyncWebsocketConsumer):
    """Forwards the events of one stream, rechecks the session, and sends `resync` after a lost event.

    A slow client does not delay others: its events are queued in its own outbox, and when that is full they are
    replaced by one `resync`.

    Browsers authenticate by session cookie (same origin only), API clients by sending
    `{"type": "authenticate", "token": …}` within five seconds. Another clinic's id closes with 4403, an ended session
    with 4401.
    """

    actor: Actor | None = None
    stream = ""
    sequence = 0
    checked_at = 0.0
    token = ""
    deadline: asyncio.Task[None] | None = None
    sender: asyncio.Task[None] | None = None

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.outbox: asyncio.Queue[Message] = asyncio.Queue(OUTBOX_SIZE)

    async def connect(self) -> None:
        cookie = self.scope.get("cookies", {}).get(settings.SESSION_COOKIE_NAME, "")
        if cookie and not self._same_origin():
            await self.close(BAD_ORIGIN)
            return
        await self.accept()
        if cookie and await self._identify_by_cookie():
            await self._start()
        else:
            self.deadline = asyncio.create_task(self._close_unless_authenticated())

    async def disconnect(self, code: int) -> None:
        for task in (self.deadline, self.sender):
            if task:
                task.cancel()
        if self.actor:
            await self.channel_layer.group_discard(self.stream, self.channel_name)
            await self.channel_layer.group_discard(self._session_group(), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = parse(text_data)
        if self.actor is None:
            if message.get("type") == "authenticate" and await self._identify_by_token(str(message.get("token", ""))):
                await self._start()
            else:
                await self.close(REVOKED)
        elif message.get("type") == "ping":
            if await self._is_still_authorized():
                sequence = await sync_to_async(broadcast.sequence_of)(self.stream)
                self.enqueue({"type": "pong", "sequence": sequence})
        else:
            self.enqueue({"type": "error", "code": "unknown_message"})

    async def live_event(self, message: EventMessage) -> None:
        """Handle an event of the stream, from the channel layer."""
        event = message["event"]
        if not await self._is_still_authorized():
            return
        lost = event["sequence"] > self.sequence + 1
        self.sequence = max(self.sequence, event["sequence"])
        if lost:  # the previous number, so that the event itself follows without a gap
            self.enqueue({"type": "resync", "sequence": event["sequence"] - 1})
        self.enqueue(event)

    async def session_ended(self, message: Message) -> None:
        """Close: the session was revoked, or another one of the same browser has replaced it."""
        await self.close(REVOKED, reason="replaced" if message.get("replaced") else None)

    # ------------------------------------------------------------------ authentication
    def _same_origin(self) -> bool:
        headers = dict(self.scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        return origin in {f"http://{host}", f"https://{host}", settings.SITE_URL}

    async def _identify_by_cookie(self) -> bool:
        cookie = self.scope["cookies"][settings.SESSION_COOKIE_NAME]
        return await self._set_actor(await sync_to_async(actor_by_cookie)(cookie))

    async def _identify_by_token(self, token: str) -> bool:
        self.token = token
        return await self._set_actor(await sync_to_async(actor_by_token)(token))

    async def _set_actor(self, actor: Actor | None) -> bool:
        self.checked_at = time.monotonic()
        if actor is None:
            return False
        self.actor = actor
        return True

    async def _start(self) -> None:
        actor = self.actor
        if actor is None or self.scope["url_route"]["kwargs"]["clinic_id"] != actor.clinic_id:
            self.actor = None
            await self.close(FOREIGN)
            return
        if self.deadline:
            self.deadline.cancel()
        self.stream = stream_of(actor)
        await self.channel_layer.group_add(self.stream, self.channel_name)
        await self.channel_layer.group_add(self._session_group(), self.channel_name)
        self.sequence = await sync_to_async(broadcast.sequence_of)(self.stream)
        self.sender = asyncio.create_task(self._drain_outbox())
        self.enqueue({"type": "hello", "sequence": self.sequence, "clinic_id": str(actor.clinic_id)})

    async def _is_still_authorized(self) -> bool:
        """Whether the session is active under the same membership; closes the socket if not."""
        if self.actor is None:
            return False
        if time.monotonic() - self.checked_at < RECHECK_INTERVAL:
            return True
        before = self.actor
        if self.token:
            now = await sync_to_async(actor_by_session)(before.session_id)
        else:
            now = await sync_to_async(actor_by_cookie)(self.scope["cookies"][settings.SESSION_COOKIE_NAME])
        self.checked_at = time.monotonic()
        if now is None or (now.membership_id, now.session_id) != (before.membership_id, before.session_id):
            await self.close(REVOKED)
            return False
        return True

    async def _close_unless_authenticated(self) -> None:
        await asyncio.sleep(AUTHENTICATION_TIMEOUT)
        if self.actor is None:
            await self.close(REVOKED)

    def _session_group(self) -> str:
        return (
            broadcast.session_group(self.actor.session_id) if self.actor and self.actor.session_id else "session.none"
        )

    def enqueue(self, message: Message) -> None:
        """Add a message to the outbox; a full one is replaced by one `resync`, since the client must refetch anyway."""
        try:
            self.outbox.put_nowait(message)
        except asyncio.QueueFull:
            while not self.outbox.empty():
                self.outbox.get_nowait()
            self.outbox.put_nowait({"type": "resync", "sequence": self.sequence})

    async def _drain_outbox(self) -> None:
        """Send the outbox to the client, as fast as the client reads."""
        while True:
            message = await self.outbox.get()
            await self.send(text_data=json.dumps(message, separators=(",", ":")))


def parse(text: str | None) -> Message:
    """The message as a dict; empty when it is too long or not a JSON object."""
    if text is None or len(text) > MAX_MESSAGE_LENGTH:
        return {}
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def stream_of(actor: Actor) -> str:
    """The stream that an actor receives, by role."""
    if actor.role == Role.DOCTOR and actor.doctor_id:
        return broadcast.doctor_stream(actor.clinic_id, actor.doctor_id)
    if actor.role == Role.OWNER:
        return broadcast.owner_stream(actor.clinic_id)
    return broadcast.desk_stream(actor.clinic_id)


def actor_by_cookie(cookie: str) -> Actor | None:
    close_old_connections()
    session = sessions.session_of_cookie(cookie)
    return None if session is None else actor_of(session, RequestOrigin())


def actor_by_token(token: str) -> Actor | None:
    close_old_connections()
    try:
        return actor_of(tokens.session_of(token), RequestOrigin())
    except tokens.BadToken:
        return None


def actor_by_session(session_id: UUID | None) -> Actor | None:
    close_old_connections()
    session = sessions.is_live(session_id) if session_id else None
    return None if session is None else actor_of(session, RequestOrigin())
