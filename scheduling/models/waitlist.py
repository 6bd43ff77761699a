"""The waitlist: patients who could come earlier."""

from django.db import models
from django.db.models import F, Q

from clinicflow.clinics.models import VISIT_MINUTES, Doctor
from clinicflow.core.models import ClinicOwned
from patients.models import Patient
from scheduling.models.appointments import Appointment
from scheduling.models.messages import Message
from scheduling.querysets import WaitlistQuerySet


class WaitlistEntry(ClinicOwned):
    """A patient waiting for an earlier time, with one doctor or any, between two local dates (both included).

    `time_from` and `time_to` bound the start on the clinic's clock. For an offer the entry stores when it was made, the
    time and doctor offered, and the message to the patient, None if the patient could not be reached.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        OFFERED = "offered", "Offered"
        BOOKED = "booked", "Booked"
        REMOVED = "removed", "Removed"

    OPEN = (Status.WAITING, Status.OFFERED)

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
            models.CheckConstraint(
                condition=Q(duration__gte=VISIT_MINUTES[0], duration__lte=VISIT_MINUTES[-1]), name="waitlist_duration"
            ),
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
