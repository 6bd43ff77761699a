"""Closures of the clinic and time off of its doctors, during which no visit can be booked."""

from django.db import models
from django.db.models import F, Q

from clinicflow.clinics.models import Doctor
from clinicflow.core.models import ClinicOwned
from scheduling.querysets import ClosedTimeQuerySet


class Closure(ClinicOwned):
    """A half-open range of instants in which the whole clinic is closed."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120)

    objects = ClosedTimeQuerySet.as_manager()

    class Meta:
        db_table = "closures"
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["clinic", "starts_at"], name="closures_by_time")]
        constraints = [models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="closures_in_order")]


class TimeOff(ClinicOwned):
    """A half-open range of instants in which one doctor is away."""

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="time_off", db_constraint=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True)

    objects = ClosedTimeQuerySet.as_manager()

    class Meta:
        db_table = "time_off"
        verbose_name_plural = "time off"
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["clinic", "doctor", "starts_at"], name="time_off_by_doctor")]
        constraints = [models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="time_off_in_order")]
