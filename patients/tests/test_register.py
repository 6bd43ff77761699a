import datetime as dt

from clinicflow.audit.models import AuditLog
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.testing.case import ClinicCase
from patients.models import Patient
from patients.operations import patients

FACTS = {"first_name": " Ana ", "last_name": "Costa", "date_of_birth": dt.date(1991, 3, 4), "phone": "+15125550133"}


class RegisterTests(ClinicCase):
    def test_the_front_desk_adds_a_patient_who_is_found_at_once(self):
        with self.inside(self.desk):
            ana = patients.register(self.desk, **FACTS)
            self.assertEqual(ana.full_name, "Ana Costa")
            self.assertEqual(list(Patient.objects.visible_to(self.desk).search("costa a")), [ana])
            logged = AuditLog.objects.filter(resource_type="patients", resource_id=str(ana.pk))
            self.assertEqual(logged.count(), 1)

    def test_a_doctor_may_not(self):
        with self.inside(self.doctor), self.assertRaises(Forbidden):
            patients.register(self.doctor, **FACTS)
        with self.inside(self.desk):
            self.assertFalse(Patient.objects.filter(last_name="Costa").exists())

    def test_a_birth_date_in_the_future_is_refused_on_its_field(self):
        future = FACTS | {"date_of_birth": dt.date(2190, 1, 1)}
        with self.inside(self.desk), self.assertRaises(Invalid) as refusal:
            patients.register(self.desk, **future)
        self.assertEqual(list(refusal.exception.fields), ["date_of_birth"])


class FirstVisitTests(ClinicCase):
    def test_the_earliest_day_stays(self):
        patient = self.make_patient(self.riverside)
        with self.inside(self.desk):
            for day in (dt.date(2026, 3, 2), dt.date(2026, 5, 1), dt.date(2026, 2, 1)):
                patients.record_first_visit(self.desk, patient.pk, on=day)
        with self.inside(self.desk):
            patient.refresh_from_db()
        self.assertEqual(patient.first_visit_date, dt.date(2026, 2, 1))
