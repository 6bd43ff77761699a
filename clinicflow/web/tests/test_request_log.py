"""The log of requests: one line each, by route, without names, secrets or the typed e-mail address."""

import io
import json
import logging

from django.test import Client

from clinicflow.core.logs import JsonFormatter
from clinicflow.core.request_log import RouteFilter
from clinicflow.testing.case import ClinicCase

SECRET = "zebulon-quartermain"
ADDRESSES = (
    f"/find?q={SECRET}",
    f"/patients?q={SECRET}",
    f"/visits/new/patients?who={SECRET}",
    f"/api/patients?search={SECRET}",
    f"/account/password/reset/key/1-{SECRET}/",
    f"/account/invitation/1-{SECRET}/",
    f"/api/doctors/01a20d9d-2ec4-7cf4-a23f-57f3cec33760/calendar.ics?token={SECRET}",
    f"/i/{SECRET}",
    f"/{SECRET}",
    f"/patients/{SECRET}",
)


class RequestLog(ClinicCase):
    def setUp(self):
        super().setUp()
        self.stream = io.StringIO()
        handler = logging.StreamHandler(self.stream)
        handler.setFormatter(JsonFormatter())
        handler.addFilter(RouteFilter())
        root = logging.getLogger()
        self.addCleanup(root.setLevel, root.level)
        root.setLevel(logging.INFO)
        root.addHandler(handler)
        self.addCleanup(root.removeHandler, handler)

    def lines(self):
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def test_no_address_with_content_is_logged(self):
        clients = (Client(), self.client_for(self.desk), self.client_for(self.owner))
        for client in clients:
            for address in ADDRESSES:
                client.get(address)
                client.post(address, {"q": SECRET})
        self.assertNotIn(SECRET, self.stream.getvalue())
        finished = [line["request"] for line in self.lines() if line["event"] == "request_finished"]
        self.assertEqual(len(finished), 2 * len(ADDRESSES) * len(clients))
        self.assertLessEqual({"GET /find", "GET /patients", "GET (no route)"}, set(finished))

    def test_one_line_for_a_request(self):
        self.client_for(self.desk).get("/schedule")
        self.assertEqual([line["request"] for line in self.lines()], ["GET /schedule"])

    def test_a_password_typed_as_the_address_is_not_logged(self):
        for _ in range(11):
            self.client.post("/account/login/", {"login": SECRET, "password": "wrong"})
        self.assertNotIn(SECRET, self.stream.getvalue())

    def test_the_address_of_a_client_is_that_of_the_trusted_proxy(self):
        self.client.get("/account/login/", headers={"x-forwarded-for": "6.6.6.6"})
        self.assertEqual(self.lines()[-1]["ip"], "127.0.0.1")

    def test_the_configured_handler_filters_routes(self):
        (handler,) = [one for one in logging.getLogger().handlers if getattr(one, "name", "") == "stderr"]
        self.assertTrue(any(isinstance(one, RouteFilter) for one in handler.filters))
