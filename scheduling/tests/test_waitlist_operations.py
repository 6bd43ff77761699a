"""Adding, offering and closing waitlist entries, and their matches."""

import datetime as dt

from clinicflow.core.errors import Forbidden, Invalid
from scheduling.errors import WaitlistClosed
from scheduling.models import WaitlistEntry
from scheduling.operations import waitlist
from scheduling.selectors.waitlist_matching import matches
from scheduling.tests.cases import AppointmentCase


class WaitlistTests(AppointmentCase):
    def add(self, patient=None, **fields):
        fields = {"date_from": self.monday, "date_to": self.monday + dt.timedelta(days=4)} | fields
        with self.inside(self.desk) as desk:
            return waitlist.add(desk, patient_id=(patient or self.diego).pk, **fields)

    def fits(self):
        with self.inside(self.desk) as desk:
            return [entry.pk for entry in matches(desk, self.now(), at=self.before)]

    def test_a_freed_slot_has_its_matches_longest_wait_first(self):
        grace = self.make_patient(self.riverside, "Grace Kim")
        any_doctor = self.add()
        this_doctor = self.add(grace, doctor_id=self.dr_okafor.pk)
        self.add(grace, doctor_id=self.dr_herrera.pk)  # another doctor
        self.add(grace, duration=45)  # too long
        self.add(grace, visit_type="virtual")  # another way
        self.add(grace, date_from=self.monday + dt.timedelta(days=1))  # another day
        self.add(self.hannah)  # the one who leaves
        self.do("cancel", cancellation_type="other", reason_note="Well again")
        self.assertEqual(self.fits(), [any_doctor.pk, this_doctor.pk])
        self.book("10:00", patient_id=self.diego.pk, waitlist_entry_id=any_doctor.pk)
        self.assertEqual(self.fits(), [this_doctor.pk])

    def test_offered_removed_and_closed(self):
        pk = self.add().pk
        with self.inside(self.desk) as desk:
            self.assertEqual(waitlist.offer(desk, pk, at=self.before).status, "offered")
            self.assertEqual(waitlist.withdraw_offer(desk, pk).status, "waiting")
            self.assertEqual(waitlist.remove(desk, pk).status, "removed")
            self.assertEqual(waitlist.remove(desk, pk).status, "removed")
            with self.assertRaises(WaitlistClosed):
                waitlist.offer(desk, pk, at=self.before)

    def test_bad_dates_patients_and_roles_are_refused(self):
        for fields, name in (
            ({"date_to": self.monday - dt.timedelta(days=1)}, "date_to"),
            ({"date_from": dt.date(2020, 1, 1), "date_to": dt.date(2020, 1, 2)}, "date_to"),
            ({"duration": 4}, "duration"),
            ({"doctor_id": self.dr_lake.pk}, "doctor_id"),
            ({"visit_type": "by post"}, "visit_type"),
            ({"patient": self.stranger}, "patient_id"),
        ):
            with self.assertRaises(Invalid) as refusal:
                self.add(**fields)
            self.assertEqual(list(refusal.exception.fields), [name])
        with self.inside(self.doctor) as who, self.assertRaises(Forbidden):
            waitlist.add(who, patient_id=self.hannah.pk, date_from=self.monday, date_to=self.monday)
        with self.inside(self.desk):
            self.assertEqual(WaitlistEntry.objects.count(), 0)
