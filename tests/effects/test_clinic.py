"""Clinic & hours."""

import datetime as dt

from clinicflow.staff.selectors.actor_resolution import RequestOrigin, actor_of_membership
from intake.tests.cases import DeliveryCase, PatientLinkCase
from scheduling.errors import OutsideHours
from scheduling.operations import time_off
from scheduling.tests.cases import BookingCase
from tests.effects.cases import Decides


class ForPatients(Decides, PatientLinkCase):
    def visit_page(self):
        """The patient's page of the visit, past the birth date."""
        token = self.create_link("visit")
        self.open(token)
        return self.phone.get(self.url("/visit", token))

    def test_clinic_name(self):
        self.decide(clinic_name="Riverside Health")
        self.assertContains(self.phone.get(self.url()), "Riverside Health")
        self.assertContains(self.client_for(self.desk).get("/settings/clinic"), "· Riverside Health</title>")

    def test_clinic_phone(self):
        with self.inside(self.desk):
            type(self.visit).objects.filter(pk=self.visit.pk).update(status="cancelled")
        self.assertNotContains(self.visit_page(), "tel:")
        self.decide(clinic_phone="+12125550188")
        self.assertContains(self.visit_page(), 'href="tel:+12125550188"')

    def test_clinic_address(self):
        self.decide(clinic_address="14 Quay Street")
        self.assertContains(self.visit_page(), "14 Quay Street")
        with self.inside(self.desk):
            type(self.visit).objects.filter(pk=self.visit.pk).update(visit_type="virtual")
        self.assertNotContains(self.visit_page(), "14 Quay Street")


class InMessages(Decides, DeliveryCase):
    def test_clinic_name(self):
        self.decide(clinic_name="Riverside Health")
        self.book()
        self.assertIn("Riverside Health", self.messages()[0].body)


class OnTheCalendar(Decides, BookingCase):
    def slots(self, day=None, **query):
        """The first free times of Dr. Okafor on a date, as the API gives them."""
        day = day or self.monday
        query = {"doctor": self.dr_okafor.pk, "date_from": day, "date_to": day, "duration": 30, "limit": 50} | query
        answer = self.client.get("/api/slots", query, headers=self.bearer_for(self.desk))
        self.assertEqual(answer.status_code, 200, answer.content)
        return [slot["start_time"] for slot in answer.json()["results"]]

    def test_timezone(self):
        visit = self.book("10:00")
        self.decide(timezone="America/Chicago")
        shown = self.client.get(f"/api/appointments/{visit.pk}", headers=self.bearer_for(self.desk)).json()
        self.assertEqual((shown["start_time"], shown["date"]), ("09:00", str(self.monday)))
        membership = self.dana.memberships.select_related("clinic", "user").get()
        self.assertEqual(actor_of_membership(membership, RequestOrigin()).timezone, "America/Chicago")

    def test_working_days(self):
        saturday = self.monday + dt.timedelta(days=5)
        self.decide_of(self.dr_okafor, working_hours_override={str(saturday): [["09:00", "12:00"]]})
        self.assertEqual(self.slots(saturday), [])
        self.decide(working_days=["mon", "sat"])
        self.assertEqual(self.slots(saturday)[0], "09:00")
        self.assertEqual(self.slots(self.monday + dt.timedelta(days=1)), [])
        with self.assertRaises(OutsideHours):
            self.book(starts_at=self.time("10:00", self.monday + dt.timedelta(days=1)))

    def test_opens_at(self):
        self.decide(opens_at="11:00")
        self.assertEqual(self.slots()[0], "11:00")
        with self.assertRaises(OutsideHours):
            self.book("10:00")

    def test_closes_at(self):
        self.assertEqual(self.slots()[-1], "16:30")
        self.decide(closes_at="12:00")
        self.assertEqual(self.slots()[-1], "11:30")

    def test_slot_size(self):
        self.assertEqual(self.slots()[:3], ["09:00", "09:30", "10:00"])
        self.decide(slot_size=15)
        self.assertEqual(self.slots()[:3], ["09:00", "09:15", "09:30"])


class Holidays(Decides, BookingCase):
    def offered(self):
        with self.inside(self.desk):
            return {holiday.name for holiday in time_off.public_holidays_to_offer(self.desk, 2026)}

    def test_country(self):
        self.assertIn("Thanksgiving Day", self.offered())
        self.decide(country="DE")
        self.assertNotIn("Thanksgiving Day", self.offered())
        self.assertIn("German Unity Day", self.offered())

    def test_region(self):
        self.decide(country="DE", region="")
        self.assertNotIn("Epiphany", self.offered())
        self.decide(region="BY")
        self.assertIn("Epiphany", self.offered())
