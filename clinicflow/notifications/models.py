"""Notifications to members; rows hold ids only, the text is composed when they are shown."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinicflow.core.models import ClinicOwned
from clinicflow.notifications.querysets import NotificationQuerySet, PreferenceQuerySet


class Notification(ClinicOwned):
    """A notification to one user in one role.

    `key` identifies the occasion, so that the same notification is stored once. `mail_id` is the email that includes
    it, set before that email is sent; `emailed_at` is set after.
    """

    class Kind(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Unconfirmed visit"
        MISSING_INTAKE = "missing-intake", "Intake missing"
        AI_ATTENTION = "ai-attention", "Conversation needs a person"
        CANCELLATION = "cancellation", "Visit cancelled"
        NO_SHOW = "no-show", "No-show"
        SUMMARY_FAILED = "summary-failed", "Summary failed"
        DANGER = "danger", "Patient may be in danger"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=6)
    kind = models.CharField(max_length=14, choices=Kind)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    key = models.CharField(max_length=120)
    in_app = models.BooleanField(default=True)
    wants_email = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_id = models.UUIDField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "notifications"
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["clinic", "user", "read_at", "created_at"], name="notifications_by_user"),
            models.Index(
                fields=["clinic", "user", "created_at"],
                condition=Q(wants_email=True, emailed_at=None),
                name="notifications_to_mail",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "user", "role", "key"], name="notifications_once"),
        ]


class NotificationPreference(ClinicOwned):
    """The preferences of one user in one role, within the kinds that the clinic has enabled."""

    class Email(models.TextChoices):
        NEVER = "never", "Never"
        AT_ONCE = "at-once", "At once"
        HOURLY = "hourly", "Once an hour"
        DAILY = "daily", "Once a day"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=6)
    muted = models.JSONField(default=list, blank=True)
    email = models.CharField(max_length=7, choices=Email, default=Email.AT_ONCE)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        db_table = "notification_preferences"
        constraints = [
            models.UniqueConstraint(fields=["clinic", "user", "role"], name="notification_preferences_one_each"),
            models.CheckConstraint(
                condition=Q(email__in=["never", "at-once", "hourly", "daily"]),
                name="notification_preferences_email_known",
            ),
        ]
