"""Static files, answered before Django is asked."""

from pathlib import Path
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.test import SimpleTestCase

from clinicflow.web.static_files import with_static_files


class StaticFiles(SimpleTestCase):
    def ask(self, path, method="GET"):
        environ = {"PATH_INFO": path, "REQUEST_METHOD": method}
        setup_testing_defaults(environ)
        told = []
        body = b"".join(self.serve(environ, lambda status, headers: told.append((status, dict(headers)))))
        return (*told[0], body)

    def setUp(self):
        self.asked = []

        def django(environ, start_response):
            self.asked.append(environ["PATH_INFO"])
            start_response("200 OK", [])
            return [b"page"]

        self.serve = with_static_files(django)

    def test_a_file_is_answered_with_its_type_and_without_django(self):
        file = next(Path(settings.STATICFILES_DIRS[0]).rglob("*.css"))
        status, headers, body = self.ask("/static/" + str(file.relative_to(settings.STATICFILES_DIRS[0])))
        self.assertEqual((status, body), ("200 OK", file.read_bytes()))
        self.assertTrue(headers["Content-Type"].startswith("text/css"))
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.asked, [])

    def test_everything_else_is_djangos(self):
        for path in ("/", "/static/none.css", "/static/../clinicflow/settings.py", "/api/appointments"):
            self.assertEqual(self.ask(path)[2], b"page", path)
        self.assertEqual(len(self.asked), 4)

    def test_no_middleware_makes_requests_change_threads(self):
        self.assertFalse([name for name in settings.MIDDLEWARE if "servestatic" in name])
