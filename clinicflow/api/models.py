"""Answers kept for a day, so that a repeated POST is answered and not done again."""

from django.db import models

from clinicflow.core.models import Timestamped


class KeptAnswer(Timestamped):
    """The first answer to a POST with an `Idempotency-Key`, of one user in one clinic.

    The clinic's and user's tables stand above this layer, so these are plain ids; row-level security holds all the
    same. `patient_ids` are those the answer shows, for the audit of a replay.
    """

    clinic_id = models.UUIDField()
    user_id = models.UUIDField()
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    resource_type = models.CharField(max_length=40, blank=True)
    patient_ids = models.JSONField(default=list)

    class Meta:
        db_table = "kept_answers"
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "user_id", "key"], name="kept_answers_one_a_key"),
        ]
        indexes = [models.Index(fields=["clinic_id", "created_at"], name="kept_answers_by_age")]
