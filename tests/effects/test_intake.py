"""Intake."""

import datetime as dt

from clinicflow.core import clock
from clinicflow.core.errors import IllegalTransition
from intake.errors import ManualCompletionOff
from intake.models import IntakeForm
from intake.operations import deliveries, forms
from intake.tests.cases import DeliveryCase
from scheduling.operations import appointments
from tests.effects.cases import Decides


class Intake(Decides, DeliveryCase):
    def has_form(self):
        with self.inside(self.desk):
            return IntakeForm.objects.filter(appointment=self.visit).exists()

    def test_intake_required(self):
        self.decide(intake_required=False)
        self.book()
        self.assertEqual((self.has_form(), self.messages()), (False, []))
        self.decide(intake_required=True)
        later = self.make_visit(hours=120)
        self.book(later)
        self.assertEqual(len(self.messages()), 1)
        with self.inside(self.desk):
            self.decide(intake_required=False)
            self.assertEqual(deliveries.remind(self.desk, later.starts_at - dt.timedelta(hours=71)), 0)

    def test_intake_delivery_path(self):
        for path, sent, asks in (("manual", 0, False), ("ask-every-time", 0, True), ("automatic", 1, False)):
            with self.subTest(path):
                self.decide(intake_delivery_path=path)
                before = len(self.messages())
                visit = self.make_visit(hours=100 + 10 * len(path))
                self.book(visit)
                self.assertEqual(len(self.messages()) - before, sent)
                panel = self.client_for(self.desk).get(f"/intake/visits/{visit.pk}", headers={"HX-Request": "true"})
                self.assertEqual("the link now?" in panel.content.decode(), asks)

    def test_lock_appointment_if_missing(self):
        self.decide(lock_appointment_if_missing=True)
        with self.inside(self.desk), self.assertRaises(IllegalTransition):
            appointments.confirm(self.desk, self.visit.pk, at=clock.now())
        self.decide(lock_appointment_if_missing=False)
        with self.inside(self.desk):
            self.assertEqual(appointments.confirm(self.desk, self.visit.pk, at=clock.now()).status, "confirmed")

    def test_allow_manual_completion(self):
        form = self.make_form()
        self.decide(allow_manual_completion=False)
        with self.inside(self.desk), self.assertRaises(ManualCompletionOff):
            forms.mark_completed(self.desk, form.pk, reason="Told us everything by phone")
        self.decide(allow_manual_completion=True)
        with self.inside(self.desk):
            forms.mark_completed(self.desk, form.pk, reason="Told us everything by phone")
        self.assertEqual(self.intake_status(), "completed")
