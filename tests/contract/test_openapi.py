"""schemathesis over the whole OpenAPI document, as each role: no 5xx, and no answer that the document does not know.

First every operation by itself, then along the document's links: what was made is read, changed, acted on, removed.
API_EXAMPLES sets how many requests each operation gets (default 3), API_SCENARIOS how many walks along the links each
role takes (default 20); a nightly run takes more.
"""

import os
import re
from collections import Counter

import pytest
import schemathesis
from django.apps import apps
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from clinicflow.testing.case import ClinicCase
from clinicflow.testing.rows import one_of_each
from clinicflow.wsgi import application
from tests.contract.cases import MODEL_OF_PATH

pytestmark = pytest.mark.timeout(400)
EXAMPLES = int(os.environ.get("API_EXAMPLES", "3"))
SCENARIOS = int(os.environ.get("API_SCENARIOS", "20"))
STEPS = 7
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# 400 is a good answer to a body that fits its shape and breaks a rule that no schema can say.
CONFIG = """
[checks]
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "415", "429"]
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "412", "429"]
"""
QUIETLY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Contract(ClinicCase):
    """Requests run through the WSGI application in the test's own transaction, each taken back afterwards."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with cls.inside(cls.doctor):
            rows = one_of_each(cls, cls.riverside, cls.dr_okafor, cls.okafor)
        cls.ids = {prefix: rows[apps.get_model(label)].pk for prefix, label in MODEL_OF_PATH.items()}
        cls.ids["/api/settings/users/"] = cls.owner.membership_id
        day = cls.next_weekday(cls.riverside).isoformat()
        days = dict.fromkeys(("date", "date_from", "date_to", "scheduled_date"), day)
        names = {"patient_id": "/api/patients/", "doctor_id": "/api/doctors/", "appointment_id": "/api/appointments/"}
        cls.usual = {name: str(cls.ids[prefix]) for name, prefix in names.items()} | days
        cls.usual |= {"start_time": "10:00", "end_time": "10:30", "duration": 30, "date_of_birth": "1983-06-26"}
        # As Django's own test client does: a request's end must not close the connection of the test's transaction.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            cls.addClassCleanup(signal.connect, close_old_connections)

    def try_everything_as(self, actor, *methods):
        headers = self.bearer_for(actor)
        for result in self.document().get_all_operations():
            operation = result.ok()
            if methods and operation.method.upper() not in methods:
                continue
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                with self.subTest(operation.label, mode=mode.value):
                    self.try_operation(operation, mode, headers)

    def document(self):
        """The OpenAPI document without its security: what happens without credentials is asked by test_routes.py."""
        raw = SchemaGenerator().get_schema(request=None, public=True)
        raw["components"].pop("securitySchemes")
        for operations in raw["paths"].values():
            for operation in operations.values():
                operation.pop("security", None)
        schema = schemathesis.openapi.from_dict(raw, config=SchemathesisConfig.from_str(CONFIG))
        schema.app = application
        return schema

    def try_operation(self, operation, mode, headers):
        @QUIETLY
        @given(case=operation.as_strategy(generation_mode=mode), real=booleans())
        def call(case, real):
            point = transaction.savepoint()
            try:
                renamed = real and self.name_a_row(case, operation.path)
                response = case.call(headers=headers)
                # With another id the request may not be wrong any more.
                case.validate_response(response, excluded_checks=[negative_data_rejection] if renamed else [])
            finally:
                transaction.savepoint_rollback(point)

        try:
            call()
        except Unsatisfiable:
            self.assertEqual(mode, GenerationMode.NEGATIVE)  # nothing can be wrong with a request that has no parts

    def name_a_row(self, case, path):
        """Put the id of a row that is there into the address; whether there was a place for one."""
        prefix = path.partition("{")[0]
        if len(case.path_parameters or {}) != 1 or prefix not in self.ids:
            return False
        (name,) = case.path_parameters
        case.path_parameters[name] = str(self.ids[prefix])
        return True

    def follow_links_as(self, actor):
        """Walks of up to STEPS calls, each from an answer of an earlier one; a walk is taken back as a whole."""
        test, headers, answered = self, self.bearer_for(actor), Counter()

        class Walk(self.document().as_state_machine()):
            def setup(self):
                self.point, self.seen = transaction.savepoint(), set()

            def teardown(self):
                transaction.savepoint_rollback(self.point)

            def before_call(self, case):
                if case.meta.generation.mode == GenerationMode.POSITIVE:
                    test.make_sensible(case, self.seen)

            def get_call_kwargs(self, case):
                return {"headers": headers}

            def after_call(self, response, case):
                answered[f"{case.operation.label} {response.status_code}"] += 1
                self.seen.update(re.findall(UUID, response.text))

        Walk.run(settings=settings(QUIETLY, max_examples=SCENARIOS, stateful_step_count=STEPS))
        return answered

    def make_sensible(self, case, seen):
        """So that a walk leads somewhere: plain lists, ids of rows that are there, days on which one can book."""
        if case.method == "GET" and "{" not in case.path:
            case.query = {}
        if case.headers:
            case.headers.pop("If-Match", None)
        if not seen.intersection((case.path_parameters or {}).values()):
            self.name_a_row(case, case.operation.path)
        if isinstance(case.body, dict):
            case.body.update({name: value for name, value in self.usual.items() if name in case.body})

    def test_front_desk_reads(self):
        self.try_everything_as(self.desk, "GET")

    def test_front_desk_posts(self):
        self.try_everything_as(self.desk, "POST")

    def test_front_desk_changes(self):
        self.try_everything_as(self.desk, "PUT", "PATCH", "DELETE")

    def test_links_as_front_desk(self):
        answered = self.follow_links_as(self.desk)
        went_well = {label.rpartition(" ")[0] for label in answered if label[-3] == "2"}
        self.assertGreater(len([label for label in went_well if "{id}" in label]), 5, answered)

    def test_links_as_doctor(self):
        self.follow_links_as(self.doctor)

    def test_links_as_owner(self):
        self.follow_links_as(self.owner)

    def test_doctor(self):
        self.try_everything_as(self.doctor)

    def test_owner(self):
        self.try_everything_as(self.owner)
