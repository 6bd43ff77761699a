"""Shared by the browser tests: a clinic's day ahead, signing in, finding a card."""

import datetime as dt

from clinicflow.core import clock
from clinicflow.testing.case import PASSWORD, Cast
from patients.folding import search_fields
from scheduling.models import Appointment


class ScheduleDay(Cast):
    """A day ahead with four visits, and one of last week that is done."""

    def __init__(self):
        self.build()
        self.day = self.next_weekday(self.riverside, 1)
        self.hannah = self.visit("09:00", "Hannah Lindqvist", self.dr_okafor)
        self.diego = self.visit("10:00", "Diego Flores", self.dr_okafor, status="confirmed", confirmed_at=clock.now())
        self.aisha = self.visit("09:30", "Aisha Rahman", self.dr_herrera)
        self.lost = self.visit("14:00", "Noah Goldberg", self.dr_herrera, status="cancelled")
        past = self.at(self.riverside, self.day - dt.timedelta(days=14), "09:00")
        self.make_appointment(self.dr_okafor, self.hannah.patient, past, status="completed")

    def visit(self, time, name, doctor, **fields):
        first, last = name.split()
        patient = self.make_patient(self.riverside, name, **search_fields(first, last, ""))
        return self.make_appointment(doctor, patient, self.at(self.riverside, self.day, time), **fields)

    def now(self, visit):
        with self.inside(self.desk):
            return Appointment.objects.get(pk=visit.pk)

    def replacing(self, visit):
        """The visit that another one was moved to."""
        with self.inside(self.desk):
            return Appointment.objects.visible_to(self.desk).get(rescheduled_from_id=visit.pk)


def sign_in(page, site, email="dana@riverside.test"):
    page.goto(f"{site}/account/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)


def card(page, visit, mark=""):
    return page.locator(f"#appt-{visit.pk}{f'.is-{mark}' if mark else ''}")
