"""The OpenAPI document and the reference page."""

import re
from contextlib import redirect_stderr
from io import StringIO

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
        post = document["paths"]["/api/settings/users"]["post"]
        self.assertIn("Idempotency-Key", [parameter["name"] for parameter in post["parameters"]])
        self.assertLessEqual({"201", "400", "401", "403", "409", "429"}, set(post["responses"]))
        put = document["paths"]["/api/settings/users/{id}"]["put"]
        self.assertIn("If-Match", [parameter["name"] for parameter in put["parameters"]])
        self.assertIn("412", put["responses"])

    def test_the_committed_document_is_current(self):
        generated = renderers.OpenApiYamlRenderer().render(
            SchemaGenerator().get_schema(request=None, public=True), renderer_context={}
        )
        path = settings.BASE_DIR / "docs" / "openapi.yaml"
        self.assertEqual(
            path.read_text(), generated.decode(), "run `python manage.py spectacular --file docs/openapi.yaml`"
        )
