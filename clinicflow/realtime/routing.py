"""WebSocket routes: browsers authenticate by cookie, API clients by their first message."""

from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from django.urls import path

from clinicflow.realtime.consumers import LiveConsumer

hub = CookieMiddleware(URLRouter([path("ws/clinic/<uuid:clinic_id>", LiveConsumer.as_asgi())]))
