"""Follow-ups: visits that should take place by a date."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinicflow.clinics.models import Doctor
from clinicflow.core.models import ClinicOwned
from patients.models import Patient
from scheduling.models.appointments import Appointment
from scheduling.querysets import FollowUpQuerySet


class FollowUp(ClinicOwned):
    """A visit that should take place by a date: pending until it is booked, completed with that visit."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        SCHEDULED = "scheduled", "Scheduled"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="follow_ups", db_constraint=False)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="follow_ups", db_constraint=False
    )
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="follow_ups", db_constraint=False)
    scheduled_date = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    booked_appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="booked_from", db_constraint=False
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        db_table = "follow_ups"
        ordering = ["scheduled_date", "id"]
        indexes = [models.Index(fields=["clinic", "status", "scheduled_date"], name="follow_ups_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "scheduled", "completed", "cancelled"]),
                name="follow_ups_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(booked_appointment__isnull=False),
                name="follow_ups_scheduled_names_visit",
            ),
        ]
