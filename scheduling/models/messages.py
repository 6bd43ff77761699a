"""Text messages and emails to and from patients, and the provider numbers of clinics."""

from django.db import models
from django.db.models import Q

from clinicflow.clinics.models import Clinic
from clinicflow.core.models import ClinicOwned, Timestamped
from patients.models import Patient
from scheduling.models.appointments import Appointment
from scheduling.querysets import MessageQuerySet


class Message(ClinicOwned):
    """One text message or email. `body` has its links masked; `console_body` is the full text, stored by the console
    provider only.

    Outbound messages are queued until `send_after`, so that undoing a change before then sends nothing.
    """

    class Channel(models.TextChoices):
        SMS = "sms", "Text"
        EMAIL = "email", "E-mail"

    class Direction(models.TextChoices):
        OUTBOUND = "outbound"
        INBOUND = "inbound"

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Not sent"
        RECEIVED = "received", "Received"

    class Kind(models.TextChoices):
        INTAKE_LINK = "intake-link", "Intake link"
        INTAKE_REMINDER = "intake-reminder", "Intake reminder"
        CONFIRMATION = "confirmation", "Confirmation"
        CHANGE = "change", "Change"
        REPLY = "reply", "Reply"
        OFFER = "offer", "Offer of a time"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="messages", db_constraint=False)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="messages", db_constraint=False
    )
    kind = models.CharField(max_length=15, choices=Kind)
    channel = models.CharField(max_length=5, choices=Channel)
    direction = models.CharField(max_length=8, choices=Direction)
    address = models.CharField(max_length=254)
    body = models.TextField(max_length=2000)
    console_body = models.TextField(blank=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    error = models.CharField(max_length=80, blank=True)
    send_after = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        db_table = "messages"
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["clinic", "created_at"], name="messages_by_time"),
            models.Index(fields=["clinic", "appointment", "created_at"], name="messages_by_appointment"),
            models.Index(fields=["clinic", "patient", "created_at"], name="messages_by_patient"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "provider", "provider_id"],
                condition=~Q(provider_id=""),
                name="messages_provider_id_once",
            ),
        ]


class ProviderNumber(Timestamped):
    """A phone number or email address that a clinic has with a message provider; inbound messages to it belong to the
    clinic. It is looked up before a clinic's scope is set, and stores no patient data."""

    class Channel(models.TextChoices):
        SMS = "sms"
        EMAIL = "email"
        VOICE = "voice"

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=5, choices=Channel)
    address = models.CharField(max_length=254)

    class Meta:
        db_table = "provider_numbers"
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="provider_numbers_once")]
        indexes = [models.Index(fields=["clinic", "channel"], name="provider_numbers_of_clinic")]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"
