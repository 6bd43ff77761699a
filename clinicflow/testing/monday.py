"""A test case with the time fixed to a Monday, 10:00 at Riverside."""

import datetime as dt

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinicflow.testing.case import ClinicCase

MONDAY = dt.date(2027, 3, 1)
TEN = dt.datetime(2027, 3, 1, 15, 0, tzinfo=dt.UTC)  # 10:00 in New York


class MondayCase(ClinicCase):
    """ClinicCase with the time frozen at TEN, also while the fixtures are created."""

    @classmethod
    def setUpTestData(cls):
        with time_machine.travel(TEN, tick=False):
            super().setUpTestData()
            cls.hire()

    @classmethod
    def hire(cls):
        """Create further fixtures; for subclasses."""

    def setUp(self):
        clock = time_machine.travel(TEN, tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    @classmethod
    def visit_at(cls, time, name="Hannah Lindqvist", *, doctor=None, minutes=30, patient=None, **fields):
        """An appointment on MONDAY at a local time, by default of a new patient with Dr. Okafor."""
        doctor = doctor or cls.dr_okafor
        patient = patient or cls.make_patient(cls.riverside, name)
        return cls.make_appointment(doctor, patient, cls.at(cls.riverside, MONDAY, time), minutes, **fields)

    def count(self, address, actor=None):
        """The number of queries of a page on its second request, without the savepoints of the test itself."""
        client = self.client_for(actor or self.desk)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            self.assertEqual(client.get(address).status_code, 200)
        return sum("SAVEPOINT" not in (query["sql"] or "") for query in captured)
