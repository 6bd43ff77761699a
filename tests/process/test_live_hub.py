"""The live hub, over real sockets."""

import asyncio
from uuid import uuid4

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from clinicflow.accounts.operations import sessions
from clinicflow.core.events import publish
from clinicflow.db import tenant
from clinicflow.realtime import broadcast
from clinicflow.testing.case import Cast
from tests.process.cases import WAIT, AppointmentChanged, Socket, connect_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    Cast.build()
    return Cast


def change(cast, *doctors, rolled_back=False, clinic=None):
    clinic = clinic or cast.riverside
    with transaction.atomic(), tenant(clinic.pk):
        publish(
            AppointmentChanged(
                clinic_id=clinic.pk, subject_id=uuid4(), doctor_ids=tuple(d.pk for d in doctors), origin="t1"
            )
        )
        if rolled_back:
            transaction.set_rollback(True)


def test_the_front_desk_hears_every_change_with_gapless_numbers(cast, asgi_server):
    with connect_as(cast, asgi_server, cast.desk) as desk:
        hello = desk.receive()
        assert hello["type"] == "hello"
        for _ in range(3):
            change(cast, cast.dr_okafor)
        heard = [desk.receive() for _ in range(3)]
    assert [event["sequence"] for event in heard] == [hello["sequence"] + n for n in (1, 2, 3)]
    assert {event["type"] for event in heard} == {"appointment_updated"}
    assert heard[0]["doctor_id"] == str(cast.dr_okafor.pk)
    assert set(heard[0]) == {"type", "id", "sequence", "at", "clinic_id", "object", "doctor_id", "doctor_ids", "by"}


def test_a_doctor_hears_only_of_their_own_visits_and_sees_no_gap(cast, asgi_server):
    with connect_as(cast, asgi_server, cast.doctor) as doctor:
        hello = doctor.receive()
        change(cast, cast.dr_herrera)
        change(cast, cast.dr_okafor)
        event = doctor.receive()
    assert event["doctor_id"] == str(cast.dr_okafor.pk)
    assert event["sequence"] == hello["sequence"] + 1


def test_an_owner_hears_only_that_figures_changed(cast, asgi_server):
    with connect_as(cast, asgi_server, cast.owner) as owner:
        owner.receive()
        change(cast, cast.dr_okafor)
        event = owner.receive()
    assert event["type"] == "metrics_changed"
    assert event["object"] == {"type": "clinic", "id": str(cast.riverside.pk)}
    assert event["doctor_id"] is None


def test_another_clinic_hears_nothing(cast, asgi_server):
    with connect_as(cast, asgi_server, cast.foreign_desk, cast.lakeside) as foreign:
        hello = foreign.receive()
        change(cast, cast.dr_okafor)
        foreign.send(type="ping")
        assert foreign.receive() == {"type": "pong", "sequence": hello["sequence"]}


def test_a_change_that_was_rolled_back_is_not_announced(cast, asgi_server):
    with connect_as(cast, asgi_server, cast.desk) as desk:
        hello = desk.receive()
        change(cast, cast.dr_okafor, rolled_back=True)
        desk.send(type="ping")
        assert desk.receive() == {"type": "pong", "sequence": hello["sequence"]}


def test_another_clinics_address_closes_with_4403(cast, asgi_server):
    with connect_as(cast, asgi_server, cast.desk, cast.lakeside) as socket:
        assert socket.closed_with() == 4403


def test_a_program_signs_in_by_its_first_message(cast, asgi_server):
    token = cast.bearer_for(cast.desk)["Authorization"].removeprefix("Bearer ")
    with Socket(asgi_server, cast.riverside.pk) as program:
        program.send(type="authenticate", token=token)
        assert program.receive()["type"] == "hello"


def test_a_bad_token_closes_with_4401(cast, asgi_server):
    with Socket(asgi_server, cast.riverside.pk) as program:
        program.send(type="authenticate", token="nonsense")
        assert program.closed_with() == 4401


def test_silence_closes_with_4401(cast, asgi_server):
    with Socket(asgi_server, cast.riverside.pk) as program:
        assert program.closed_with() == 4401


@pytest.mark.parametrize("text", ["[" * 8000, "{", "null", '"ping"', "x" * 20_000])
def test_nonsense_is_no_authentication(cast, asgi_server, text):
    with Socket(asgi_server, cast.riverside.pk) as program:
        program.connection.send(text)
        assert program.closed_with() == 4401


def test_another_sites_page_cannot_use_the_cookie(cast, asgi_server):
    client = cast.client_for(cast.desk)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    with pytest.raises(Exception, match=r"403|rejected"):
        Socket(asgi_server, cast.riverside.pk, cookie, origin="https://evil.example")


@pytest.mark.parametrize("path", ["/ws/clinic/nonsense", "/ws/", "/elsewhere"])
def test_an_unknown_path_is_rejected(asgi_server, path):
    with pytest.raises(InvalidStatus, match="403"):
        connect(asgi_server.replace("http", "ws") + path, open_timeout=WAIT, legacy=True)


def test_ending_a_sign_in_closes_its_sockets(cast, asgi_server):
    with connect_as(cast, asgi_server, cast.desk) as desk:
        desk.receive()
        sessions.revoke([sessions.is_live(cast.desk.session_id)])
        assert desk.closed_with() == 4401


def test_a_socket_is_told_that_another_session_replaces_its_own(cast, asgi_server):
    with connect_as(cast, asgi_server, cast.desk) as desk:
        desk.receive()
        sessions.revoke([sessions.is_live(cast.desk.session_id)], replaced=True)
        assert desk.closed_with() == 4401
        assert desk.connection.close_reason == "replaced"


def test_the_published_bytes_are_those_of_the_channel_layer(settings):
    """`broadcast` publishes on its own; whatever the layer's format becomes, its own receiver must understand it."""
    message = {"type": "live.event", "event": {"sequence": 7}}

    async def receive():
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add("clinic.test", channel)
        await asyncio.to_thread(broadcast.send_to_group, "clinic.test", message)
        try:
            return await asyncio.wait_for(layer.receive(channel), WAIT)
        finally:
            await layer.flush()

    assert asyncio.run(receive()) == message
