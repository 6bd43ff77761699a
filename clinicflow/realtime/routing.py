"""WebSocket routes: browsers authenticate by cookie, API clients by their first message."""

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from django.urls import path, re_path

from clinicflow.realtime.consumers import LiveConsumer


class NoSuchPath(AsyncWebsocketConsumer):
    """Rejects the handshake with 403, as every path that the hub does not know."""

    async def connect(self) -> None:
        await self.close()


hub = CookieMiddleware(
    URLRouter([path("ws/clinic/<uuid:clinic_id>", LiveConsumer.as_asgi()), re_path("", NoSuchPath.as_asgi())])
)
