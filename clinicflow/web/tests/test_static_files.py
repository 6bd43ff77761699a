"""Static files, served in front of Django."""

from pathlib import Path
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.test import SimpleTestCase

from clinicflow.web.static_files import with_static_files


class StaticFiles(SimpleTestCase):
    def get(self, path, method="GET"):
        environ = {"PATH_INFO": path, "REQUEST_METHOD": method}
        setup_testing_defaults(environ)
        started = []
        body = b"".join(self.serve(environ, lambda status, headers: started.append((status, dict(headers)))))
        return (*started[0], body)

    def setUp(self):
        self.passed_on = []

        def django(environ, start_response):
            self.passed_on.append(environ["PATH_INFO"])
            start_response("200 OK", [])
            return [b"page"]

        self.serve = with_static_files(django)

    def test_a_file_is_served_with_its_type_and_without_django(self):
        file = next(Path(settings.STATICFILES_DIRS[0]).rglob("*.css"))
        status, headers, body = self.get("/static/" + str(file.relative_to(settings.STATICFILES_DIRS[0])))
        self.assertEqual((status, body), ("200 OK", file.read_bytes()))
        self.assertTrue(headers["Content-Type"].startswith("text/css"))
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.passed_on, [])

    def test_everything_else_is_passed_to_django(self):
        for path in ("/", "/static/none.css", "/static/../clinicflow/settings.py", "/api/appointments"):
            self.assertEqual(self.get(path)[2], b"page", path)
        self.assertEqual(len(self.passed_on), 4)

    def test_no_middleware_passes_requests_between_threads(self):
        self.assertFalse([name for name in settings.MIDDLEWARE if "servestatic" in name])
