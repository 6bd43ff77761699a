"""Stored responses of POST requests, so that a repeated request is answered without running again."""

from django.db import models

from clinicflow.core.models import Timestamped


class IdempotencyRecord(Timestamped):
    """The first response to a POST with an `Idempotency-Key`, by one user in one clinic; valid for 24 hours.

    `status` is null until the first request has finished. Clinic and user are plain ids, because their models are in
    higher layers; row-level security applies all the same. `patient_ids` are the patients in the response, for the
    audit of a replay.
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
