"""Notes, follow-ups and the waitlist."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinicflow.clinics.models import Doctor
from clinicflow.core.models import ClinicOwned
from patients.models import Patient
from scheduling.models.appointments import Appointment
from scheduling.models.messages import Message
from scheduling.querysets import DoctorNoteQuerySet, FollowUpQuerySet, WaitlistQuerySet


class DoctorNote(ClinicOwned):
    """What a doctor wrote about a patient; read by that patient's doctors, changed by its author alone."""

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
        """Whether its author has changed it since (the two instants of a new row differ by microseconds)."""
        return (self.updated_at - self.created_at).total_seconds() > 1


class FollowUp(ClinicOwned):
    """A visit that should happen by a date: pending until it is booked, completed with that visit."""

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


class WaitlistEntry(ClinicOwned):
    """A patient who wants an earlier time, with one doctor or any, between two local dates (both included).

    `time_from` and `time_to` bound the start on the clinic's clock. An offer keeps when it was made, of which time with
    which doctor, and the message that told the patient, where one could.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        OFFERED = "offered", "Offered"
        BOOKED = "booked", "Booked"
        REMOVED = "removed", "Removed"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="waitlist_entries", db_constraint=False)
    doctor = models.ForeignKey(
        Doctor, models.PROTECT, null=True, blank=True, related_name="waitlist_entries", db_constraint=False
    )
    date_from = models.DateField()
    date_to = models.DateField()
    duration = models.PositiveSmallIntegerField(default=30)
    visit_type = models.CharField(max_length=9, choices=Appointment.VisitType, default=Appointment.VisitType.IN_CLINIC)
    time_from = models.TimeField(null=True, blank=True)
    time_to = models.TimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.WAITING)
    offered_at = models.DateTimeField(null=True, blank=True)
    offered_starts_at = models.DateTimeField(null=True, blank=True)
    offered_doctor = models.ForeignKey(
        Doctor, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    offer_message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    booked_appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        db_table = "waitlist_entries"
        verbose_name_plural = "waitlist entries"
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["clinic", "status", "date_from"], name="waitlist_by_date")]
        constraints = [
            models.CheckConstraint(condition=Q(date_from__lte=F("date_to")), name="waitlist_dates_in_order"),
            models.CheckConstraint(condition=Q(duration__gte=5, duration__lte=480), name="waitlist_duration"),
            models.CheckConstraint(
                condition=Q(time_from=None) | Q(time_to=None) | Q(time_from__lt=F("time_to")),
                name="waitlist_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(offered_starts_at=None, offered_doctor=None)
                | Q(offered_at__isnull=False, offered_starts_at__isnull=False, offered_doctor__isnull=False),
                name="waitlist_offer_is_whole",
            ),
        ]
