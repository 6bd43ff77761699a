"""Abstract bases: every table has a UUID v7 key, every tenant table a clinic."""

from django.db import models

from clinicflow.core.ids import uuid7


class Timestamped(models.Model):
    """A row with a time-ordered id and the instants (UTC) of its making and last change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class ClinicOwned(Timestamped):
    """A row of one clinic; row-level security keeps it there."""

    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+", editable=False)

    class Meta:
        abstract = True
