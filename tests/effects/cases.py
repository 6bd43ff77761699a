"""Deciding as the front desk does: through the operation behind the settings page and the API."""

import datetime as dt

from clinicflow.clinic_settings.operations import settings


class Decides:
    """Mixed into a ClinicCase."""

    def decide(self, **fields):
        """Save settings of Riverside."""
        fields = {name: dt.time.fromisoformat(value) if name in TIMES else value for name, value in fields.items()}
        with self.inside(self.desk):
            settings.save_clinic(self.desk, **fields)

    def decide_of(self, doctor, **fields):
        """Save a doctor's settings, as the doctor."""
        with self.inside(self.doctor):
            settings.save_doctor(self.doctor, doctor.pk, **fields)


TIMES = {"opens_at", "closes_at", "call_window_start", "call_window_end"}
