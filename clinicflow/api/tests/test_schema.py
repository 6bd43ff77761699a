"""The OpenAPI document and the reference page."""

import re
from contextlib import redirect_stderr
from io import StringIO
from unittest import mock

import yaml
from django.conf import settings
from django.test import Client
from drf_spectacular import renderers
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from clinicflow.testing.case import ClinicCase


class Reference(ClinicCase):
    def test_the_page_complies_with_the_content_security_policy(self):
        page = Client().get("/api/docs")
        text = page.content.decode()
        self.assertNotRegex(text, r"<script(?![^>]*\ssrc=)[^>]*>\s*\S")
        self.assertNotIn("<style", text)
        self.assertNotRegex(text, r"\sstyle=")
        for source in re.findall(r'(?:src|href)="([^"]+)"', text):
            self.assertTrue(source.startswith(("/", "?", "data:")), source)

    def test_the_document_has_no_warning_and_describes_errors_and_headers(self):
        stream = StringIO()
        with redirect_stderr(stream):
            document = SchemaGenerator().get_schema(request=None, public=True)
            validate_schema(document)
        self.assertEqual(GENERATOR_STATS._warn_cache, {}, stream.getvalue())
        self.assertEqual(GENERATOR_STATS._error_cache, {}, stream.getvalue())
        self.assertTrue(document["openapi"].startswith("3.1"))
        self.assertNotIn("nullable", str(document))
        post = document["paths"]["/api/settings/users"]["post"]
        self.assertIn("Idempotency-Key", [parameter["name"] for parameter in post["parameters"]])
        self.assertLessEqual({"201", "400", "401", "403", "409", "429"}, set(post["responses"]))
        put = document["paths"]["/api/settings/users/{id}"]["put"]
        self.assertIn("If-Match", [parameter["name"] for parameter in put["parameters"]])
        self.assertIn("412", put["responses"])

    def test_every_operation_has_a_declared_tag_and_either_credential_or_none(self):
        document = yaml.load((settings.BASE_DIR / "docs" / "openapi.yaml").read_bytes(), yaml.CSafeLoader)
        declared = [tag["name"] for tag in document["tags"]]
        operations = [one for path in document["paths"].values() for one in path.values()]
        self.assertEqual({tag for one in operations for tag in one["tags"]}, set(declared))
        either = [{"bearer": []}, {"session": []}]
        anonymous = {one["operationId"] for one in operations if one["security"] != either}
        self.assertEqual(anonymous, {"login", "refreshToken"})
        self.assertEqual([one["security"] for one in operations if one["operationId"] in anonymous], [[], []])
        self.assertTrue(document["servers"] and document["info"]["license"])

    def test_operation_ids_are_a_verb_and_a_noun(self):
        document = yaml.load((settings.BASE_DIR / "docs" / "openapi.yaml").read_bytes(), yaml.CSafeLoader)
        ids = [one["operationId"] for path in document["paths"].values() for one in path.values()]
        self.assertEqual(len(ids), len(set(ids)))
        for name in ids:
            self.assertRegex(name, r"^[a-z]+([A-Z][a-z]+)*$")
        self.assertLessEqual({"listAppointments", "cancelAppointment", "listMembers", "getDoctorSettings"}, set(ids))

    def test_the_document_is_served_as_yaml_or_json_without_being_built(self):
        file = (settings.BASE_DIR / "docs" / "openapi.yaml").read_bytes()
        client = Client()
        with mock.patch.object(SchemaGenerator, "get_schema", side_effect=AssertionError):
            answer = client.get("/api/schema")
            as_json = client.get("/api/schema", headers={"accept": "application/json"})
        self.assertEqual((answer.content, answer["Content-Type"]), (file, "application/vnd.oai.openapi; charset=utf-8"))
        self.assertEqual(as_json.json(), yaml.load(file, yaml.CSafeLoader))
        self.assertEqual(client.get("/api/schema?format=json").content, as_json.content)
        again = client.get("/api/schema", headers={"if-none-match": answer["ETag"]})
        self.assertEqual((again.status_code, again.content), (304, b""))

    def test_the_committed_document_is_current(self):
        generated = renderers.OpenApiYamlRenderer().render(
            SchemaGenerator().get_schema(request=None, public=True), renderer_context={}
        )
        path = settings.BASE_DIR / "docs" / "openapi.yaml"
        self.assertEqual(
            path.read_text(), generated.decode(), "run `python manage.py spectacular --file docs/openapi.yaml`"
        )
