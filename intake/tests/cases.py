"""Test cases of intake that other tests use."""

import re

from django.test import Client

from clinicflow.core.events import publish
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.jobs import run_due_jobs
from intake.models import IntakeForm, PatientLink
from intake.operations import deliveries, links
from intake.tests.factories import IntakeCast
from scheduling.events import AppointmentCreated
from scheduling.models import Appointment, Message

BIRTH_DATE = {"month": "6", "day": "26", "year": "1983"}
KINDS = ["intake.prepare", "intake.send_link"]


class PatientLinkCase(IntakeCast, ClinicCase):
    """A patient's phone, and the link to their form."""

    def setUp(self):
        self.form = self.make_form()
        self.token = self.create_link()
        self.phone = Client()

    def create_link(self, purpose="intake", visit=None):
        with self.inside(self.desk):
            return links.create(self.desk, visit or self.visit, purpose)[1]

    def url(self, rest="", token=None):
        return f"/i/{token or self.token}{rest}"

    def open(self, token=None, phone=None):
        """Enter the birth date."""
        return (phone or self.phone).post(self.url(token=token), BIRTH_DATE)

    def stored(self):
        with self.inside(self.desk):
            return IntakeForm.objects.get(pk=self.form.pk)

    def links_row(self):
        return PatientLink.objects.get(token_hash=links.digest(self.token))


class DeliveryCase(IntakeCast, ClinicCase):
    """Books visits, and runs the jobs that send links."""

    def book(self, visit=None):
        """Publish the booking of a visit, and run the jobs that follow."""
        visit = visit or self.visit
        with self.inside(self.desk):
            publish(
                AppointmentCreated(
                    clinic_id=visit.clinic_id,
                    subject_id=visit.pk,
                    patient_id=visit.patient_id,
                    doctor_ids=(visit.doctor_id,),
                )
            )
        self.run_jobs()

    def run_jobs(self):
        return run_due_jobs(self.riverside.pk, kinds=KINDS)

    def send(self, visit=None):
        with self.inside(self.desk):
            return deliveries.send_link(self.desk, (visit or self.visit).pk)

    def messages(self):
        with self.inside(self.desk):
            return list(Message.objects.visible_to(self.desk).order_by("created_at", "id"))

    def intake_status(self, visit=None):
        with self.inside(self.desk):
            return Appointment.objects.get(pk=(visit or self.visit).pk).intake_status

    def token_in(self, message):
        return re.search(r"/i/([\w-]{43})", message.console_body)[1]
