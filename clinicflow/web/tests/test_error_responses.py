from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory, SimpleTestCase, override_settings
from django.urls import path

from clinicflow.core.errors import DomainError
from clinicflow.web import errors
from clinicflow.web.middleware import DomainErrorMiddleware, HtmxSignInMiddleware
from clinicflow.web.render import render_page, wants_fragment

HTMX = {"HTTP_HX_REQUEST": "true"}


class SlotTaken(DomainError):
    code = "slot_taken"
    title = "That time is taken"


def sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sign in")


urlpatterns = [path("in/", sign_in, name="account_login"), path("", sign_in, name="home")]


class FragmentTests(SimpleTestCase):
    def test_htmx_gets_a_fragment_and_a_boosted_link_a_page(self):
        get = RequestFactory().get
        self.assertFalse(wants_fragment(get("/")))
        self.assertTrue(wants_fragment(get("/", **HTMX)))
        self.assertFalse(wants_fragment(get("/", HTTP_HX_BOOSTED="true", **HTMX)))

    def test_the_response_varies_by_the_htmx_header(self):
        response = render_page(RequestFactory().get("/"), "ui/_badge.html", {"text": "New"}, status=422)
        self.assertEqual(response.status_code, 422)
        self.assertIn("HX-Request", response["Vary"])


@override_settings(ROOT_URLCONF=__name__)
class DomainErrorTests(SimpleTestCase):
    def reject(self, **headers):
        middleware = DomainErrorMiddleware(lambda request: HttpResponse())
        return middleware.process_exception(RequestFactory().get("/", **headers), SlotTaken("10:30 is taken."))

    def test_a_domain_error_is_a_page_with_its_code(self):
        response = self.reject()
        self.assertContains(response, "10:30 is taken.", status_code=409)
        self.assertContains(response, "slot_taken", status_code=409)

    def test_a_domain_error_is_a_toast_for_htmx(self):
        response = self.reject(**HTMX)
        self.assertContains(response, '<hx-partial hx-target="#toasts"', status_code=409)
        self.assertNotContains(response, "<html", status_code=409)

    def test_other_exceptions_are_left_alone(self):
        middleware = DomainErrorMiddleware(lambda request: HttpResponse())
        self.assertIsNone(middleware.process_exception(RequestFactory().get("/"), ValueError()))

    def test_every_error_page_renders_without_a_database(self):
        request = RequestFactory().get("/")
        for view, status in ((errors.bad_request, 400), (errors.permission_denied, 403), (errors.not_found, 404)):
            self.assertContains(view(request, Exception()), f"Error {status}", status_code=status)
        self.assertContains(errors.server_error(request), "Error 500", status_code=500)
        self.assertContains(errors.csrf_failure(request), "expired", status_code=403)


@override_settings(ROOT_URLCONF=__name__, LOGIN_URL="account_login")
class SignInRedirectTests(SimpleTestCase):
    def redirect(self, location, **headers):
        middleware = HtmxSignInMiddleware(lambda request: HttpResponseRedirect(location))
        return middleware(RequestFactory().get("/visits/1", **headers))

    def test_an_expired_session_redirects_the_whole_page_to_sign_in(self):
        page = {"HTTP_HX_CURRENT_URL": "http://testserver/schedule?date=2026-11-23"}
        response = self.redirect("/in/?next=/visits/1", **HTMX, **page)
        self.assertEqual(response["HX-Redirect"], "/in/?next=%2Fschedule%3Fdate%3D2026-11-23")

    def test_other_redirects_and_other_requests_are_left_alone(self):
        self.assertEqual(self.redirect("/elsewhere/", **HTMX)["Location"], "/elsewhere/")
        self.assertEqual(self.redirect("/in/?next=/visits/1")["Location"], "/in/?next=/visits/1")
