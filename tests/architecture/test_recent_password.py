"""A stranger at an open page can add no member and change no sign-in: such writes need a recent password."""

from django.test import SimpleTestCase
from django.urls import get_resolver

from clinicflow.api.base import ClinicView

PACKAGES = ("clinicflow.staff.api", "clinicflow.clinic_settings.api")
WRITES = {"post", "put", "patch", "delete"}
# Views of these packages that need none, each with its reason; a new view must be added here or name its actions.
EXEMPT = {
    "ClinicSettingsView": "asks when a field of the security page changes",
    "DoctorSettingsView": "changes nothing about how members sign in",
    "LogoutView": "ends the session",
    "SwitchRoleView": "gives no more than the user has",
}


def views(patterns):
    """The views of the API, each with the methods that an address maps to its actions (view sets only)."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns)
        elif issubclass(view := getattr(pattern.callback, "cls", object), ClinicView):
            actions = getattr(pattern.callback, "actions", None) or {
                method: method for method in view.http_method_names if hasattr(view, method)
            }
            yield view, actions


class RecentPassword(SimpleTestCase):
    def test_writes_about_members_and_settings_ask_or_say_why_not(self):
        seen = set()
        for view, actions in views(get_resolver().url_patterns):
            if not view.__module__.startswith(PACKAGES):
                continue
            writing = {action for method, action in actions.items() if method in WRITES}
            if view.__name__ in EXEMPT:
                seen.add(view.__name__)
                self.assertEqual(view.asks_password, ())
            else:
                with self.subTest(view.__name__):
                    self.assertEqual(writing - set(view.asks_password), set())
        self.assertEqual(seen, set(EXEMPT))

    def test_exports_ask(self):
        files = {
            view
            for view, _ in views(get_resolver().url_patterns)
            if any(one.media_type == "text/csv" for one in view.renderer_classes)
        }
        self.assertTrue(files)
        for view in files:
            with self.subTest(view.__name__):
                self.assertIn("get", view.asks_password)
