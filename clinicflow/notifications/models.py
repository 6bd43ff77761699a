"""What a member of staff should know; ids only, the words are made when it is shown."""

from typing import Self

from django.conf import settings
from django.db import models

from clinicflow.clinics.actors import Actor
from clinicflow.clinics.querysets import ClinicQuerySet
from clinicflow.core.models import ClinicOwned


class NotificationQuerySet(ClinicQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        return self.of_clinic(actor).filter(user_id=actor.user_id, role=str(actor.role))


class Notification(ClinicOwned):
    """One piece of news for one person under one role."""

    class Kind(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Unconfirmed visit"
        MISSING_INTAKE = "missing-intake", "Intake missing"
        AI_ATTENTION = "ai-attention", "Conversation needs a person"
        CANCELLATION = "cancellation", "Visit cancelled"
        NO_SHOW = "no-show", "No-show"
        SUMMARY_FAILED = "summary-failed", "Summary failed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=6)
    kind = models.CharField(max_length=14, choices=Kind)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    key = models.CharField(max_length=120)
    read_at = models.DateTimeField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "notifications"
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["clinic", "user", "read_at", "created_at"], name="notifications_by_user")]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "user", "role", "key"], name="notifications_once"),
        ]
