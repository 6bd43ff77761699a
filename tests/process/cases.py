"""Shared by the tests of the live hub: a WebSocket client, and an event to publish."""

import json
from dataclasses import dataclass

from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from clinicflow.core.events import Event

WAIT = 10


@dataclass(frozen=True, kw_only=True)
class AppointmentChanged(Event):
    live = "appointment_updated"
    object_type = "appointment"


class Socket:
    """A client that reads JSON and remembers why it was closed."""

    def __init__(self, server, clinic_id, cookie="", origin=None):
        headers = {"Cookie": cookie} if cookie else {}
        address = server.replace("http", "ws")
        self.connection = connect(
            f"{address}/ws/clinic/{clinic_id}",
            additional_headers=headers,
            origin=origin,
            open_timeout=WAIT,
            legacy=True,
        )

    def send(self, **message):
        self.connection.send(json.dumps(message))

    def receive(self):
        return json.loads(self.connection.recv(timeout=WAIT))

    def closed_with(self):
        try:
            while True:
                self.connection.recv(timeout=WAIT)
        except ConnectionClosed as closed:
            return closed.rcvd.code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()


def connect_as(cast, server, actor, clinic=None):
    client = cast.client_for(actor)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return Socket(server, (clinic or cast.riverside).pk, cookie, origin=server)
