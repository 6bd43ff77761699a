"""The audit log: append-only, written by database triggers and by `record`."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from clinicflow.audit.querysets import AuditLogQuerySet
from clinicflow.core.ids import uuid7


class AuditLog(models.Model):
    """Who did or read what, in which role, when and from where. `clinic` is null for sign-ins of unknown users."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(default=uuid7, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    at = models.DateTimeField(db_default=Now())
    user = models.ForeignKey("accounts.User", models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    actor_kind = models.CharField(max_length=8, default="system")
    role = models.CharField(max_length=10, blank=True, default="")
    action = models.CharField(max_length=40)
    resource_type = models.CharField(max_length=40)
    resource_id = models.CharField(max_length=40, blank=True, default="")
    patient_ids = ArrayField(models.UUIDField(), default=list)
    old_values = models.JSONField(null=True)
    new_values = models.JSONField(null=True)
    outcome = models.CharField(max_length=10, default="ok")
    reason = models.CharField(max_length=300, blank=True, default="")
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")

    objects = AuditLogQuerySet.as_manager()

    class Meta:
        db_table = "audit_logs"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["clinic", "-id"], name="audit_logs_by_clinic"),
            models.Index(fields=["clinic", "resource_type", "resource_id", "-id"], name="audit_logs_by_resource"),
            models.Index(fields=["clinic", "user", "-id"], name="audit_logs_by_user"),
        ]


class AuditSeal(models.Model):
    """One link of a clinic's hash chain: `hash = sha256(previous hash ‖ canonical row)`."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey("clinics.Clinic", models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    sequence = models.BigIntegerField()
    entry = models.OneToOneField(AuditLog, models.DO_NOTHING, related_name="seal", db_constraint=False)
    sealed_hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "audit_seals"
        constraints = [
            models.UniqueConstraint(fields=["clinic", "sequence"], name="audit_seals_in_order", nulls_distinct=False),
        ]


class AuditHead(models.Model):
    """The last link of a clinic's chain, by which a truncated chain is detected."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey("clinics.Clinic", models.DO_NOTHING, related_name="+", db_constraint=False)
    sequence = models.BigIntegerField()
    sealed_hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_heads"
        constraints = [models.UniqueConstraint(fields=["clinic"], name="audit_heads_one_a_clinic")]
