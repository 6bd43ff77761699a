"""Preferences: how pages look, and which comes first."""

import time_machine
from django.core import mail as outbox

from aiassist.tests.cases import ConversationCase
from clinicflow.notifications.models import Notification
from clinicflow.testing.monday import TEN, MondayCase
from dashboards.tests.cases import MINUTE, NotificationCase
from tests.effects.cases import Decides

Kind = Notification.Kind


class Preferences(Decides, MondayCase):
    @classmethod
    def hire(cls):
        cls.visit = cls.visit_at("15:00", "Hannah Lindqvist", status="confirmed")

    def page(self, address):
        return self.client_for(self.desk).get(address, follow=True)

    def test_time_format(self):
        self.assertContains(self.page(f"/visits/{self.visit.pk}"), "3:00 pm")
        self.decide(time_format="24h")
        page = self.page(f"/visits/{self.visit.pk}")
        self.assertContains(page, "15:00")
        self.assertNotContains(page, "3:00 pm")

    def test_date_format(self):
        for order, born, today in (
            ("MM/DD/YYYY", "Jun 26, 1983", "March 1"),
            ("DD/MM/YYYY", "26 Jun 1983", "1 March"),
            ("YYYY-MM-DD", "1983-06-26", "March 1"),
        ):
            with self.subTest(order):
                self.decide(date_format=order)
                self.assertContains(self.page(f"/visits/{self.visit.pk}"), born)
                self.assertContains(self.page("/schedule"), today)

    def test_default_dashboard_view(self):
        for view, address in (
            ("dashboard", "/schedule"),
            ("schedule", "/schedule/week"),
            ("patients", "/patients"),
            ("inbox", "/inbox"),
        ):
            with self.subTest(view):
                self.decide(default_dashboard_view=view)
                self.assertEqual(self.client_for(self.desk).get("/")["Location"], address)
        self.assertEqual(self.client_for(self.doctor).get("/")["Location"], "/my-day")
        self.assertEqual(self.client_for(self.owner).get("/")["Location"], "/overview")

    def test_the_theme_is_each_browsers_own(self):
        client = self.client_for(self.desk)
        for cookie, theme in (("dark", "dark"), ("light", "light"), ("system", "system"), ('"><b>', "system")):
            with self.subTest(cookie):
                client.cookies["theme"] = cookie
                self.assertContains(client.get("/settings/preferences"), f'data-theme="{theme}"')
        self.assertContains(self.page("/settings/preferences"), 'data-theme="system"')

    def test_auto_refresh_interval(self):
        self.assertContains(self.page("/schedule"), 'data-refresh="30"')
        self.decide(auto_refresh_interval=0)
        self.assertContains(self.page("/schedule"), 'data-refresh="0"')


class InMail(Decides, NotificationCase):
    def mail(self):
        """The mail about a visit at three in the afternoon on the first of March."""
        self.notify(Kind.CANCELLATION)
        with time_machine.travel(TEN + 2 * MINUTE, tick=False):
            self.run_jobs()
        return outbox.outbox[0].body

    def test_time_format(self):
        self.decide(notify_via_email=True, time_format="24h")
        self.assertIn("15:00", self.mail())

    def test_date_format(self):
        self.decide(notify_via_email=True, date_format="DD/MM/YYYY")
        self.assertIn("Mon 1 Mar", self.mail())


class InMessages(Decides, ConversationCase):
    def asked(self):
        self.run_outreach()
        return self.messages()[0].body

    def test_time_format(self):
        self.decide(time_format="24h")
        asked = self.asked()
        self.assertIn("10:00", asked)
        self.assertNotIn("10:00 am", asked)

    def test_date_format(self):
        self.decide(date_format="DD/MM/YYYY")
        self.assertIn("Wednesday 3 March 2027", self.asked())
