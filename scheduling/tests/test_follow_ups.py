"""The operations on follow-ups."""

import datetime as dt

from clinicflow.core.errors import Forbidden, Invalid, NotFound
from scheduling.errors import FollowUpClosed
from scheduling.models import FollowUp
from scheduling.operations import follow_ups
from scheduling.tests.cases import AppointmentCase


class FollowUpTests(AppointmentCase):
    def ask(self, actor=None, **fields):
        fields = {"patient_id": self.hannah.pk, "scheduled_date": self.monday, "note": " Check "} | fields
        with self.inside(actor or self.doctor) as who:
            return follow_ups.create(who, **fields)

    def test_a_doctors_follow_up_is_their_own(self):
        follow_up = self.ask(doctor_id=self.dr_herrera.pk, appointment_id=self.visit.pk)
        self.assertEqual((follow_up.doctor_id, follow_up.note), (self.dr_okafor.pk, "Check"))
        self.assertEqual((follow_up.status, follow_up.created_by_id), ("pending", self.okafor.pk))

    def test_only_for_visible_patients_and_visits(self):
        for fields in ({"patient_id": self.diego.pk}, {"patient_id": self.stranger.pk}):
            with self.assertRaises(Invalid) as refusal:
                self.ask(**fields)
            self.assertIn("patient_id", refusal.exception.fields)
        with self.assertRaises(Invalid):
            self.ask(self.desk, doctor_id=None)
        with self.assertRaises(Forbidden):
            self.ask(self.owner)
        with self.inside(self.desk):
            self.assertEqual(FollowUp.objects.count(), 0)

    def test_pending_ones_are_cancelled_scheduled_ones_completed_and_closed_ones_unchanged(self):
        pk = self.ask().pk
        with self.inside(self.desk) as desk:
            with self.assertRaises(FollowUpClosed):
                follow_ups.complete(desk, pk)
            later = follow_ups.update(desk, pk, scheduled_date=self.monday + dt.timedelta(days=7))
            self.assertEqual((later.scheduled_date.weekday(), later.note), (0, "Check"))
            self.assertEqual(follow_ups.cancel(desk, pk).status, "cancelled")
            self.assertEqual(follow_ups.cancel(desk, pk).status, "cancelled")
            with self.assertRaises(FollowUpClosed):
                follow_ups.update(desk, pk, note="More")

    def test_a_colleagues_follow_up_is_not_found(self):
        pk = self.ask().pk
        with self.inside(self.other_doctor) as who, self.assertRaises(NotFound):
            follow_ups.cancel(who, pk)

    def test_overdue_means_pending_and_past(self):
        pk = self.ask(scheduled_date=self.monday).pk
        self.ask(scheduled_date=self.monday + dt.timedelta(days=1))
        with self.inside(self.desk) as desk:
            overdue = FollowUp.objects.visible_to(desk).overdue(self.monday + dt.timedelta(days=1))
            self.assertEqual([row.pk for row in overdue], [pk])
