"""Appointments, their series and their cancellations."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from clinicflow.access.querysets import ClinicQuerySet
from clinicflow.clinics.models import VISIT_MINUTES, Doctor
from clinicflow.core.models import ClinicOwned
from patients.models import Patient
from scheduling.querysets import AppointmentQuerySet, CancellationQuerySet

# Why a patient waits for a member, by the code of `attention_reason`.
ATTENTION_LABELS: dict[str, str | Promise] = {
    "danger": gettext_lazy("Possible emergency"),
    "complex-question": gettext_lazy("Question"),
    "requested-human": gettext_lazy("Asked to talk to someone"),
    "ambiguous-reply": gettext_lazy("Unclear reply"),
    "paused-interaction": gettext_lazy("Hung up or silent"),
}


class Series(ClinicOwned):
    """Recurring appointments that were booked together; each of them is an ordinary appointment."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="series", db_constraint=False)
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="series", db_constraint=False)
    rule = models.CharField(max_length=200)  # an RFC 5545 recurrence rule, on the clinic's clock

    objects = ClinicQuerySet.as_manager()

    class Meta:
        db_table = "appointment_series"
        verbose_name_plural = "series"


class Appointment(ClinicOwned):
    """One patient's visit to one doctor, in the half-open range of instants `[starts_at, ends_at)`.

    The exclusion constraint ensures that no two live appointments of a doctor overlap, unless `overlap_allowed`.
    """

    class VisitType(models.TextChoices):
        IN_CLINIC = "in-clinic", "In clinic"
        VIRTUAL = "virtual", "Video"

    class VisitCategory(models.TextChoices):
        NEW_PATIENT = "new-patient", "New patient"
        FOLLOW_UP = "follow-up", "Follow-up"

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Unconfirmed"
        CONFIRMED = "confirmed", "Confirmed"
        COMPLETED = "completed", "Done"
        NO_SHOW = "no-show", "No-show"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (Status.UNCONFIRMED, Status.CONFIRMED)
    LIVE = (*OPEN, Status.COMPLETED)  # those that occupy the doctor's time

    class ConfirmedBy(models.TextChoices):
        """Who confirmed the appointment; the values are those of `Actor.kind`."""

        STAFF = "user", "Staff"
        PATIENT = "patient", "Patient"
        SYSTEM = "system", "ClinicFlow"

    class IntakeStatus(models.TextChoices):
        MISSING = "missing", "Missing"
        SENT = "sent", "Sent"
        COMPLETED = "completed", "Completed"

    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="appointments", db_constraint=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments", db_constraint=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    visit_type = models.CharField(max_length=9, choices=VisitType, default=VisitType.IN_CLINIC)
    visit_category = models.CharField(max_length=11, choices=VisitCategory, default=VisitCategory.FOLLOW_UP)
    reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=11, choices=Status, default=Status.UNCONFIRMED)
    intake_status = models.CharField(max_length=9, choices=IntakeStatus, default=IntakeStatus.MISSING)
    arrived = models.BooleanField(default=False)
    arrived_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=7, choices=ConfirmedBy, blank=True, default="", db_default="")
    completed_at = models.DateTimeField(null=True, blank=True)
    needs_attention = models.BooleanField(default=False)
    attention_reason = models.CharField(max_length=40, blank=True)
    meeting_link = models.URLField(max_length=300, blank=True)
    rescheduled = models.BooleanField(default=False)
    rescheduled_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rescheduled_to", db_constraint=False
    )
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="appointments", db_constraint=False
    )
    overlap_allowed = models.BooleanField(default=False)
    overlap_reason = models.CharField(max_length=200, blank=True)
    overlap_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    walk_in = models.BooleanField(default=False)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        db_table = "appointments"
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["clinic", "starts_at"], name="appointments_by_day"),
            models.Index(fields=["clinic", "doctor", "starts_at"], name="appointments_by_doctor_day"),
            models.Index(fields=["clinic", "patient", "starts_at"], name="appointments_by_patient"),
            models.Index(
                fields=["clinic", "starts_at"],
                condition=Q(status__in=["unconfirmed", "confirmed"], arrived=False, deleted_at=None),
                name="appointments_awaited",
            ),
            models.Index(fields=["series"], condition=Q(series__isnull=False), name="appointments_by_series"),
        ]
        constraints = [
            ExclusionConstraint(
                name="appointments_no_double_booking",
                expressions=[
                    ("clinic", RangeOperators.EQUAL),
                    ("doctor", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), function="TSTZRANGE", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(
                    status__in=["unconfirmed", "confirmed", "completed"], deleted_at=None, overlap_allowed=False
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at") + dt.timedelta(minutes=VISIT_MINUTES[0]))
                & Q(ends_at__lte=F("starts_at") + dt.timedelta(minutes=VISIT_MINUTES[-1])),
                name="appointments_duration",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["unconfirmed", "confirmed", "completed", "no-show", "cancelled"]),
                name="appointments_status_known",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__in=["", "user", "patient", "system"]), name="appointments_confirmed_by_known"
            ),
            models.CheckConstraint(
                condition=Q(arrived=True, arrived_at__isnull=False) | Q(arrived=False, arrived_at=None),
                name="appointments_arrival_has_time",
            ),
            models.CheckConstraint(
                condition=Q(arrived=False) | ~Q(status="no-show"), name="appointments_arrived_is_no_no_show"
            ),
            models.CheckConstraint(
                condition=Q(overlap_allowed=False) | ~Q(overlap_reason=""), name="appointments_overlap_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(visit_type__in=["in-clinic", "virtual"]), name="appointments_type_known"
            ),
            models.CheckConstraint(
                condition=Q(visit_category__in=["new-patient", "follow-up"]), name="appointments_category_known"
            ),
            models.CheckConstraint(
                condition=Q(intake_status__in=["missing", "sent", "completed"]), name="appointments_intake_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} UTC"

    @property
    def duration(self) -> int:
        """Minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def mark(self) -> str:
        """The status as displayed: `arrived` while the patient is in the clinic, otherwise `status`."""
        return "arrived" if self.arrived and self.is_open else self.status

    @property
    def mark_word(self) -> str:
        return "Arrived" if self.mark == "arrived" else str(self.get_status_display())

    @property
    def attention_label(self) -> str:
        return str(ATTENTION_LABELS.get(self.attention_reason, ""))

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class Cancellation(ClinicOwned):
    """Why and when a visit was cancelled or missed. `notice_minutes` count down to the start, negative after it."""

    class Type(models.TextChoices):
        PATIENT = "patient-cancelled", "Patient cancelled"
        NO_SHOW = "no-show", "No-show"
        EXTERNAL = "rescheduled-externally", "Rescheduled elsewhere"
        CLINIC = "clinic-cancelled", "Clinic cancelled"
        OTHER = "other", "Other"

    STAFF_REASONS = (Type.PATIENT, Type.EXTERNAL, Type.CLINIC, Type.OTHER)  # no-shows are recorded by their own action

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="cancellations", db_constraint=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="cancellations", db_constraint=False)
    cancellation_type = models.CharField(max_length=22, choices=Type)
    reason_note = models.CharField(max_length=500, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    cancelled_by_name = models.CharField(max_length=120)
    late = models.BooleanField(default=False)
    notice_minutes = models.IntegerField()
    reverted_at = models.DateTimeField(null=True, blank=True)

    objects = CancellationQuerySet.as_manager()

    class Meta:
        db_table = "cancellations"
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["clinic", "created_at"], name="cancellations_by_time"),
            models.Index(fields=["clinic", "appointment"], name="cancellations_by_appointment"),
            models.Index(fields=["clinic", "patient", "created_at"], name="cancellations_by_patient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    cancellation_type__in=[
                        "patient-cancelled",
                        "no-show",
                        "rescheduled-externally",
                        "clinic-cancelled",
                        "other",
                    ]
                ),
                name="cancellations_type_known",
            ),
        ]
