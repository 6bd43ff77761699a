"""A test case in which it is ten in the morning, on a Monday, at Riverside."""

import datetime as dt

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinicflow.testing.case import ClinicCase

MONDAY = dt.date(2027, 3, 1)
TEN = dt.datetime(2027, 3, 1, 15, 0, tzinfo=dt.UTC)  # 10:00 in New York


class MondayCase(ClinicCase):
    """The cast, built and used at TEN; the clock stands still."""

    @classmethod
    def setUpTestData(cls):
        with time_machine.travel(TEN, tick=False):
            super().setUpTestData()
            cls.hire()

    @classmethod
    def hire(cls):
        """What a subclass adds to the cast."""

    def setUp(self):
        clock = time_machine.travel(TEN, tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    @classmethod
    def visit_at(cls, time, name="Hannah Lindqvist", *, doctor=None, minutes=30, patient=None, **fields):
        """A visit on MONDAY at a wall-clock time, by default of a new patient with Dr. Okafor."""
        doctor = doctor or cls.dr_okafor
        patient = patient or cls.make_patient(cls.riverside, name)
        return cls.make_appointment(doctor, patient, cls.at(cls.riverside, MONDAY, time), minutes, **fields)

    def count(self, address, actor=None):
        """How many queries a page costs somebody who has been there before; savepoints are the tests' own."""
        client = self.client_for(actor or self.desk)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            self.assertEqual(client.get(address).status_code, 200)
        return sum("SAVEPOINT" not in (query["sql"] or "") for query in captured)
