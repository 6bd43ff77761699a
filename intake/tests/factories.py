"""Patients at their forms."""

import datetime as dt

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core import clock
from intake.operations import forms

# Answers to every required question of the adult form, with nothing to report.
NOTHING_TO_REPORT = {
    "symptoms": {"yes": False},
    "medications": {"none": True},
    "allergies": {"none": True},
    "conditions": ["none"],
    "surgeries": {"yes": False},
    "family_history": ["none"],
    "tobacco": "never",
    "alcohol": "never",
    "pregnancy": "not_applicable",
    "consent": {"agreed": True, "name": "Grace Kim"},
}


class IntakeCast:
    """Mixed into a ClinicCase: a new adult patient with a visit in three days, and that patient acting by link."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.grace = cls.make_patient(cls.riverside, "Grace Kim", email="grace@example.test")
        cls.visit = cls.make_visit()
        cls.patient = cls.patient_actor(cls.grace)

    @classmethod
    def make_visit(cls, patient=None, hours=72, **fields):
        start = clock.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=hours)
        fields = {"visit_category": "new-patient"} | fields
        return cls.make_appointment(fields.pop("doctor", cls.dr_okafor), patient or cls.grace, start, **fields)

    @classmethod
    def patient_actor(cls, patient):
        return Actor(clinic_id=patient.clinic_id, role=Role.PATIENT, timezone="America/New_York", patient_id=patient.pk)

    def make_form(self, visit=None):
        with self.inside(self.desk):
            return forms.create(self.desk, (visit or self.visit).pk)

    def submitted_form(self, visit=None, **answers):
        form = self.make_form(visit)
        with self.inside(self.patient):
            forms.save_answers(self.patient, form.pk, NOTHING_TO_REPORT | answers)
            return forms.submit(self.patient, form.pk)
