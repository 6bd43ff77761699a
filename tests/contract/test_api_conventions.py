"""What docs/api.md promises of every endpoint, asked of every endpoint: the walk is over the OpenAPI document.

Unknown parameters, PATCH beside PUT, entity tags and lost updates, repeated POSTs. The objects are the doctor's at
Riverside; the front desk asks, but for what is the doctor's or the owner's alone.
"""

import json
from functools import cached_property

import pytest
from django.apps import apps
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator

from clinicflow.api.idempotency import STORED_HEADERS
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.rows import one_of_each
from tests.contract.cases import MODEL_OF_PATH

pytestmark = pytest.mark.timeout(400)
BY_DOCTORS = ("/api/doctor-notes", "/api/intake/summaries/{id}", "/api/dashboard/doctor")
BY_OWNERS = ("/api/dashboard/owner",)
# Signing in and out, whose answers hold tokens, keep nothing; a role that is switched ends the tokens it came with.
KEEPS_NOTHING = ("/api/auth/",)
# Read by the visit's id, changed by the summary's.
BY_ANOTHER_ID = ("/api/intake/summaries/{id}",)


class Conventions(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with cls.inside(cls.doctor):
            rows = one_of_each(cls, cls.riverside, cls.dr_okafor, cls.okafor)
        cls.rows = {prefix: rows[apps.get_model(label)].pk for prefix, label in MODEL_OF_PATH.items()}
        cls.rows["/api/settings/users/"] = cls.owner.membership_id
        cls.rows["/api/notifications/"] = rows[apps.get_model("notifications.Notification")].pk
        cls.paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]

    @cached_property
    def bearers(self):
        return {actor.role: self.bearer_for(actor) for actor in (self.desk, self.doctor, self.owner)}

    def who(self, path):
        if path.startswith(BY_OWNERS):
            return self.bearers["owner"]
        return self.bearers["doctor" if path.startswith(BY_DOCTORS) else "admin"]

    def address(self, path):
        """With the id of a row that is there, or the day."""
        before, brace, rest = path.partition("{")
        if not brace:
            return path
        name, _, after = rest.partition("}")
        value = "2026-11-24" if name == "date" else self.rows[before]
        return f"{before}{value}{after}"

    def each(self, ask, *methods):
        """Let `ask(path, operation)` ask every endpoint of these methods; what it did is taken back."""
        for path, operations in self.paths.items():
            for method in methods:
                if method in operations:
                    with self.subTest(f"{method.upper()} {path}"):
                        point = transaction.savepoint()
                        try:
                            ask(method, path, operations[method])
                        finally:
                            transaction.savepoint_rollback(point)

    def call(self, method, path, body=None, query="", **headers):
        send = getattr(self.client, method)
        headers = self.who(path) | headers
        address = self.address(path) + query
        if method == "get":
            return send(address, headers=headers)
        return send(address, json.dumps(body or {}), "application/json", headers=headers)

    def test_an_unknown_parameter_is_refused_by_name(self):
        def ask(method, path, operation):
            answer = self.call(method, path, query="?colour=red")
            self.assertEqual((answer.status_code, list(answer.json().get("errors", {}))), (400, ["colour"]))

        self.each(ask, "get")

    def test_each_is_described_and_its_body_shown_by_examples(self):
        """A body that says anything has at least one field with an example, and so has a thing that is answered."""
        schemas = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]

        def shown(content):
            name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
            fields = schemas.get(name, {}).get("properties", {})
            texts = [field for field in fields.values() if field.get("type") == "string" and "enum" not in field]
            return not texts or any("example" in field for field in texts)

        def ask(method, path, operation):
            self.assertTrue(operation.get("summary"))
            self.assertTrue(shown(operation.get("requestBody", {}).get("content", {})))
            for status, answer in operation["responses"].items():
                self.assertTrue(answer["description"] or status.startswith("2"))
                self.assertTrue(shown(answer.get("content", {})), status)

        self.each(ask, "get", "post", "put", "patch", "delete")

    def test_put_has_patch_beside_it(self):
        def ask(method, path, operation):
            self.assertIn("patch", self.paths[path])

        self.each(ask, "put")

    def test_a_stale_tag_is_412(self):
        def ask(method, path, operation):
            self.assertIn("If-Match", [parameter["name"] for parameter in operation["parameters"]])
            answer = self.call(method, path, **{"If-Match": '"stale"'})
            self.assertEqual((answer.status_code, answer.json()["code"]), (412, "changed_meanwhile"))

        self.each(ask, "put", "patch")

    def test_what_can_be_changed_is_read_with_the_tag_that_its_change_wants(self):
        def ask(method, path, operation):
            self.call(method, path)  # what has never been chosen has no tag yet
            read = self.call("get", path)
            self.assertIn("updated_at", read.json())
            answer = self.call(method, path, **{"If-Match": read["ETag"]})
            self.assertNotEqual(answer.status_code, 412)

        readable = {path: operations for path, operations in self.paths.items() if "get" in operations}
        self.paths = {path: readable[path] for path in readable if path not in BY_ANOTHER_ID}
        self.each(ask, "patch")

    def test_a_repeated_post_is_answered_again_and_another_body_refused(self):
        tried = []

        def ask(method, path, operation):
            if path.startswith(KEEPS_NOTHING):
                return
            self.assertIn("Idempotency-Key", [parameter["name"] for parameter in operation["parameters"]])
            first = self.call(method, path, **{"Idempotency-Key": "once"})
            if first.status_code >= 300:
                return  # refused: the key is free again
            tried.append(path)
            again = self.call(method, path, **{"Idempotency-Key": "once"})
            self.assertEqual((again.status_code, again.content), (first.status_code, first.content))
            self.assertEqual(again["Idempotency-Replayed"], "true")
            self.assertEqual([again.get(name) for name in STORED_HEADERS], [first.get(name) for name in STORED_HEADERS])
            other = self.call(method, path, {"other": 1}, **{"Idempotency-Key": "once"})
            self.assertEqual((other.status_code, other.json()["code"]), (409, "idempotency_key_reused"))

        self.each(ask, "post")
        self.assertGreater(len(tried), 8, tried)
