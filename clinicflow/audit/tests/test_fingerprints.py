"""Texts of patients are kept in the audit log as a hash, which is shown nowhere."""

import hashlib

from clinicflow.audit.models import AuditLog
from clinicflow.clinics.tests.cases import StaffApiCase
from scheduling.models import DoctorNote


class Fingerprints(StaffApiCase):
    def test_no_one_can_confirm_a_guess_of_a_text_by_its_hash(self):
        patient = self.make_patient(self.riverside, "Hannah Lindqvist")
        with self.inside(self.doctor):
            DoctorNote.objects.create(
                clinic=self.riverside, patient=patient, doctor=self.dr_okafor, content="HIV positive"
            )
        digest = hashlib.sha256(b"HIV positive").hexdigest()
        response = self.call(self.desk, "get", "/api/audit?resource_type=doctor_notes")
        entry = response.json()["results"][0]
        self.assertEqual(entry["new_values"]["content"], "(not stored)")
        with self.inside(self.desk):
            pk = AuditLog.objects.get(resource_type="doctor_notes").pk
        manager = self.client_for(self.desk)
        pages = (f"/admin/audit/auditlog/{pk}/change/", "/audit?resource_type=doctor_notes")
        for page in (response, *map(manager.get, pages)):
            self.assertNotContains(page, digest[:8])
            self.assertContains(page, "not stored")
