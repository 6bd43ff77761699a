"""Messages leave when no transaction is open, as in a worker: what a TestCase, which always has one, cannot tell."""

import datetime as dt

import time_machine
from django.test import TransactionTestCase

from aiassist.operations import outreach
from aiassist.tests.cases import NOON
from clinicflow.core import clock
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from clinicflow.testing.case import Cast
from clinicflow.testing.jobs import run_due_jobs
from intake.operations import deliveries, forms
from scheduling.models import Message


class Sending(Cast, TransactionTestCase):
    def setUp(self):
        noon = time_machine.travel(NOON, tick=False)
        noon.start()
        self.addCleanup(noon.stop)
        self.build()
        self.grace = self.make_patient(self.riverside, "Grace Kim")
        self.visit = self.make_appointment(
            self.dr_okafor,
            self.grace,
            clock.now() + dt.timedelta(hours=46),
            visit_category="new-patient",
            status="unconfirmed",
        )

    def states(self):
        with self.inside(self.desk):
            return list(Message.objects.visible_to(self.desk).values_list("status", flat=True))

    def test_the_link_of_a_form_leaves(self):
        with self.inside(self.desk):
            forms.create(self.desk, self.visit.pk)
            deliveries.send_link(self.desk, self.visit.pk)
        run_due_jobs(self.riverside.pk, kinds=["intake.send_link"])
        self.assertEqual(self.states(), ["sent"])

    def test_the_request_to_confirm_leaves(self):
        itself = clinic_actor(self.riverside.pk)
        with self.inside(itself):
            outreach.run_due_steps(itself, at=clock.now())
        run_due_jobs(self.riverside.pk, kinds=["aiassist.send_message"])
        self.assertEqual(self.states(), ["sent"])
