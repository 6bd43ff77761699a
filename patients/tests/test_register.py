import datetime as dt

from clinicflow.audit.models import AuditLog
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.testing.case import ClinicCase
from patients.models import Patient
from patients.operations import patients

DATA = {"first_name": " Ana ", "last_name": "Costa", "date_of_birth": dt.date(1991, 3, 4), "phone": "+15125550133"}


class RegisterTests(ClinicCase):
    def test_front_desk_adds_a_patient_who_can_be_searched(self):
        with self.inside(self.desk):
            ana = patients.register(self.desk, DATA)
            self.assertEqual(ana.full_name, "Ana Costa")
            self.assertEqual(list(Patient.objects.visible_to(self.desk).search("costa a")), [ana])
            logged = AuditLog.objects.filter(resource_type="patients", resource_id=str(ana.pk))
            self.assertEqual(logged.count(), 1)

    def test_a_doctor_is_forbidden(self):
        with self.inside(self.doctor), self.assertRaises(Forbidden):
            patients.register(self.doctor, DATA)
        with self.inside(self.desk):
            self.assertFalse(Patient.objects.filter(last_name="Costa").exists())

    def test_an_address_is_stored_on_one_line(self):
        with self.inside(self.desk):
            ana = patients.register(self.desk, DATA | {"address": " 12 Maple  Street\r\nApt 4\n\nNew York, NY 10002 "})
            self.assertEqual(ana.address, "12 Maple Street, Apt 4, New York, NY 10002")
            with self.assertRaises(Invalid) as error:
                patients.update(self.desk, ana.pk, changes={"address": "1" * 201})
        self.assertEqual(list(error.exception.fields), ["address"])

    def test_a_birth_date_in_the_future_is_an_error_of_the_field(self):
        future = DATA | {"date_of_birth": dt.date(2190, 1, 1)}
        with self.inside(self.desk), self.assertRaises(Invalid) as error:
            patients.register(self.desk, future)
        self.assertEqual(list(error.exception.fields), ["date_of_birth"])


class FirstVisitTests(ClinicCase):
    def test_the_earliest_date_is_kept(self):
        patient = self.make_patient(self.riverside)
        with self.inside(self.desk):
            for day in (dt.date(2026, 3, 2), dt.date(2026, 5, 1), dt.date(2026, 2, 1)):
                patients.record_first_visit(self.desk, patient.pk, on=day)
        with self.inside(self.desk):
            patient.refresh_from_db()
        self.assertEqual(patient.first_visit_date, dt.date(2026, 2, 1))
