"""Doctors' notes on their patients."""

from django.db import models

from clinicflow.clinics.models import Doctor
from clinicflow.core.models import ClinicOwned
from patients.models import Patient
from scheduling.models.appointments import Appointment
from scheduling.querysets import DoctorNoteQuerySet


class DoctorNote(ClinicOwned):
    """A doctor's note about a patient; visible to the patient's doctors, editable by its author only."""

    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="notes", db_constraint=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="notes", db_constraint=False)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="notes", db_constraint=False
    )
    content = models.TextField(max_length=20_000)

    objects = DoctorNoteQuerySet.as_manager()

    class Meta:
        db_table = "doctor_notes"
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["clinic", "patient", "created_at"], name="doctor_notes_by_patient")]

    @property
    def is_corrected(self) -> bool:
        """Whether the note was edited after it was created (the two instants of a new row differ by microseconds)."""
        return (self.updated_at - self.created_at).total_seconds() > 1
