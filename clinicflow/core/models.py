"""Abstract bases: every table has a UUID v7 key, every tenant table a clinic."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from clinicflow.core import clock
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


def reassign_foreign_keys(source: Any, target: Any, *, leaving: Iterable[str] = ()) -> dict[str, list[str]]:
    """Make every row that refers to `source` refer to `target`, whatever app it belongs to.

    `leaving` names the reverse relations that stay. Returns the ids that moved, by table. Found by the model's own
    relations, so that an app added later cannot be forgotten.
    """
    moved: dict[str, list[str]] = {}
    kept = set(leaving)
    for relation in source._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.get_accessor_name() in kept:
            continue
        model: Any = relation.related_model
        rows = model._base_manager.filter(**{"clinic_id": source.clinic_id, relation.field.attname: source.pk})
        ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
        if ids:
            rows.update(**{relation.field.attname: target.pk, "updated_at": clock.now()})
            moved[model._meta.db_table] = ids
    return moved
