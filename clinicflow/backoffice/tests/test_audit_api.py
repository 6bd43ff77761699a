"""`/api/audit`."""

from clinicflow.audit.models import AuditLog
from clinicflow.clinics.tests.cases import StaffApiCase


class Audit(StaffApiCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.patient = cls.make_patient(cls.riverside, "Hannah Lindqvist")

    def test_front_desk_sees_values_and_the_read_is_audited(self):
        body = self.call(self.desk, "get", "/api/audit?resource_type=patients").json()
        entry = body["results"][0]
        self.assertEqual((entry["action"], entry["resource_id"]), ("create", str(self.patient.pk)))
        self.assertEqual(entry["new_values"]["last_name"], "Lindqvist")
        with self.inside(self.desk):
            row = AuditLog.objects.get(action="read")
        self.assertEqual((row.resource_type, row.patient_ids), ("audit_logs", [self.patient.pk]))

    def test_owner_sees_no_values_of_patients(self):
        response = self.call(self.owner, "get", "/api/audit?resource_type=patients")
        self.assertNotContains(response, "Lindqvist")
        entry = response.json()["results"][0]
        self.assertEqual((entry["new_values"], entry["patient_ids"], entry["resource_id"]), (None, [], ""))
        self.assertNotContains(response, str(self.patient.pk))
        doctors = self.call(self.owner, "get", "/api/audit?resource_type=doctors").json()["results"]
        self.assertTrue(doctors[0]["new_values"])

    def test_a_doctor_is_forbidden(self):
        self.problem(self.call(self.doctor, "get", "/api/audit"), 403)

    def test_dates_are_in_the_clinics_zone(self):
        self.assertEqual(self.call(self.desk, "get", "/api/audit?from=2020-01-01&to=2020-01-02").json()["count"], 0)
        self.assertGreater(self.call(self.desk, "get", "/api/audit?from=2020-01-01").json()["count"], 0)
        self.problem(self.call(self.desk, "get", "/api/audit?from=9999-99-99"), 400)
        self.problem(self.call(self.desk, "get", "/api/audit?from=9999-12-31"), 400)
