"""The documented live client against a real hub: it signs in, follows, repairs a gap, and ends with its sign-in."""

import asyncio
import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from websockets.sync.client import connect

from clinicflow.accounts.models import AuthSession
from clinicflow.accounts.operations import sessions
from clinicflow.core import clock
from clinicflow.core.events import Event
from clinicflow.realtime import broadcast
from clinicflow.realtime.consumers import FOREIGN, OUTBOX_SIZE, REVOKED, LiveConsumer
from clinicflow.testing.case import PASSWORD, Cast
from scheduling.operations import appointments
from tests.process.cases import WAIT, AppointmentChanged, connect_as

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 400
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cast(transactional_db):
    Cast.build()
    return Cast


class Client:
    """docs/live_client.py in a process of its own; `says` is its next line."""

    def __init__(self, site, email):
        script = ROOT / "docs" / "live_client.py"
        self.process = subprocess.Popen(
            [sys.executable, "-u", script, site, email, PASSWORD], stdout=subprocess.PIPE, text=True
        )

    def says(self):
        return self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def wait_for_followers(stream, wanted=1):
    """Until so many sockets listen to a stream."""
    connection = redis.Redis.from_url(settings.REDIS_URL)
    channel = broadcast.group_message(stream, {})[0]
    until = time.monotonic() + WAIT
    while connection.pubsub_numsub(channel)[0][1] < wanted:
        assert time.monotonic() < until, "nobody follows the stream"
    connection.close()


def test_it_is_short():
    assert len((ROOT / "docs" / "live_client.py").read_text().splitlines()) <= 30


def test_it_follows_repairs_a_gap_and_ends_with_its_sign_in(cast, asgi_server):
    start = cast.at(cast.riverside, cast.next_weekday(cast.riverside), "09:00")
    visit = cast.make_appointment(cast.dr_okafor, cast.make_patient(cast.riverside, "Hannah Lindqvist"), start)
    stream = broadcast.desk_stream(cast.riverside.pk)
    with Client(asgi_server, "dana@riverside.test") as client:
        wait_for_followers(stream)
        with cast.inside(cast.desk):
            appointments.confirm(cast.desk, visit.pk, at=clock.now())
        assert client.says() == "appointment_confirmed Hannah Lindqvist confirmed"
        broadcast._redis().incr(broadcast._sequence_key(stream))  # a message that was lost on its way
        with cast.inside(cast.desk):
            appointments.unconfirm(cast.desk, visit.pk, at=clock.now())
        assert client.says() == "refetch 1"
        assert client.says() == "appointment_updated Hannah Lindqvist unconfirmed"
        sessions.revoke(list(AuthSession.objects.filter(user=cast.dana, kind="api")))
        assert client.says() == "closed 4401"


def test_a_client_that_does_not_read_is_told_to_refetch_and_holds_up_nobody(cast, asgi_server):
    host, port = asgi_server.removeprefix("http://").split(":")
    idle = socket.socket()
    idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    idle.connect((host, int(port)))
    # Long messages, so that the buffers of the line are soon full: as with many short ones and less waiting.
    event = AppointmentChanged(clinic_id=cast.riverside.pk, subject_id=uuid4(), doctor_ids=(cast.dr_okafor.pk,) * 1000)
    to_the_desk = [(broadcast.desk_stream(cast.riverside.pk), "appointment_updated")]
    address = f"ws://{host}:{port}/ws/clinic/{cast.riverside.pk}"
    with (
        connect_as(cast, asgi_server, cast.desk) as reader,
        connect(address, sock=idle, max_queue=1, compression=None) as slow,
    ):
        first = reader.receive()["sequence"]
        token = cast.bearer_for(cast.desk)["Authorization"].removeprefix("Bearer ")
        slow.send(json.dumps({"type": "authenticate", "token": token}))
        assert json.loads(slow.recv(timeout=WAIT))["type"] == "hello"
        for chunk in range(MANY // 50):
            for _ in range(50):
                broadcast._send(event, to_the_desk)
            heard = [reader.receive()["sequence"] for _ in range(50)]
            assert heard == list(range(first + 50 * chunk + 1, first + 50 * chunk + 51))
        late, last = [], first + MANY
        while not late or late[-1]["sequence"] < last:
            late.append(json.loads(slow.recv(timeout=WAIT)))
    resyncs = [place for place, message in enumerate(late) if message["type"] == "resync"]
    assert resyncs
    assert len(late) < MANY
    after = [message["sequence"] for message in late[resyncs[-1] :]]
    assert after == list(range(after[0], last + 1))


def test_an_outbox_that_is_full_is_emptied_for_one_word():
    async def overflow():
        consumer = LiveConsumer()
        for number in range(1, OUTBOX_SIZE + 3):
            consumer.sequence = number
            consumer.enqueue({"type": "appointment_updated", "sequence": number})
        return [consumer.outbox.get_nowait() for _ in range(consumer.outbox.qsize())]

    assert asyncio.run(overflow()) == [
        {"type": "resync", "sequence": OUTBOX_SIZE + 1},
        {"type": "appointment_updated", "sequence": OUTBOX_SIZE + 2},
    ]


def announced():
    """(message, kind of object) of every event that open screens hear of, by the classes themselves."""
    found, waiting = set(), [Event]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if cls.live and not cls.__module__.startswith("tests."):
            found.add((cls.live, cls.object_type))
    return found | {("metrics_changed", "clinic")}


def test_the_document_names_every_message_there_is():
    text = (ROOT / "docs" / "websocket.md").read_text()
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| `([a-z_]+)` \|", text, re.MULTILINE)
    written = {(name, kind) for names, kind in rows for name in re.findall(r"`([a-z_]+)`", names)}
    assert announced() - written == set()
    assert {code for code in (REVOKED, FOREIGN) if f"| {code} |" not in text} == set()
    assert f"Up to {OUTBOX_SIZE} messages" in text
