"""schemathesis over the whole OpenAPI document, as each role: no 5xx, and no answer that the document does not know.

API_EXAMPLES sets how many requests each operation gets (default 4; the nightly run takes more).
"""

import os

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

EXAMPLES = int(os.environ.get("API_EXAMPLES", "4"))
# 400 is a good answer to a body that fits its shape and breaks a rule that no schema can say.
CONFIG = """
[checks]
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "415", "429"]
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "412", "429"]
"""
# Where an address names a row, half of the requests name one that is there.
REAL = {
    "/api/appointments/": "scheduling.Appointment",
    "/api/patients/": "patients.Patient",
    "/api/doctor-notes/patient/": "patients.Patient",
    "/api/doctor-notes/": "scheduling.DoctorNote",
    "/api/doctors/": "clinics.Doctor",
    "/api/settings/doctor/": "clinics.Doctor",
    "/api/waitlist/": "scheduling.WaitlistEntry",
    "/api/follow-ups/": "scheduling.FollowUp",
    "/api/time-off/": "scheduling.TimeOff",
    "/api/closures/": "scheduling.Closure",
    "/api/intake/questionnaires/": "intake.Questionnaire",
    "/api/intake/forms/": "intake.IntakeForm",
    "/api/intake/summaries/": "aiassist.IntakeSummary",
    "/api/ai/interactions/": "aiassist.Interaction",
    "/api/notifications/": "notifications.Notification",
}
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
        cls.ids = {prefix: rows[apps.get_model(label)].pk for prefix, label in REAL.items()}
        cls.ids["/api/settings/users/"] = cls.owner.membership_id
        # As Django's own test client does: a request's end must not close the connection of the test's transaction.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            cls.addClassCleanup(signal.connect, close_old_connections)

    def try_everything_as(self, actor):
        headers = self.bearer_for(actor)
        for result in self.document().get_all_operations():
            operation = result.ok()
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

    def test_front_desk(self):
        self.try_everything_as(self.desk)

    def test_doctor(self):
        self.try_everything_as(self.doctor)

    def test_owner(self):
        self.try_everything_as(self.owner)
