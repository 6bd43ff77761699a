"""The job queue. Celery only carries hints to these rows."""

from django.db import models
from django.db.models import Q

from clinicflow.core.models import Timestamped


class Job(Timestamped):
    """A job of one clinic: enqueued in the transaction that causes it, done exactly once.

    `args` holds ids, never free text about a patient. `run_after`, `lease_until` and `hinted_until` are instants.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    clinic = models.ForeignKey("clinics.Clinic", models.CASCADE, related_name="+", editable=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    hinted_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "jobs"
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "kind", "key"], name="jobs_once"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "dead"]), name="jobs_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["run_after"], condition=Q(state__in=["queued", "running"]), name="jobs_waiting"),
            models.Index(fields=["clinic", "state", "-created_at"], name="jobs_by_state"),
        ]
