"""Abstract base models: every table has a UUID v7 key, every tenant table a clinic."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from clinicflow.core import clock
from clinicflow.core.ids import uuid7


class Timestamped(models.Model):
    """A row with a time-ordered id and the instants (UTC) of its creation and last change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class ClinicOwned(Timestamped):
    """A row of one clinic, protected by row-level security."""

    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+", editable=False)

    class Meta:
        abstract = True


def reassign_foreign_keys(
    source: ClinicOwned, target: ClinicOwned, *, leaving: Iterable[str] = ()
) -> dict[str, list[str]]:
    """Make every row of every app that refers to `source` refer to `target`.

    `leaving` names reverse relations to leave alone. Returns the ids of the changed rows, by table. The relations come
    from the model, so that those of an app added later are included.
    """
    changed: dict[str, list[str]] = {}
    excluded = set(leaving)
    for relation in source._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.get_accessor_name() in excluded:
            continue
        model: Any = relation.related_model
        rows = model._base_manager.filter(**{"clinic_id": source.clinic_id, relation.field.attname: source.pk})
        ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
        if ids:
            rows.update(**{relation.field.attname: target.pk, "updated_at": clock.now()})
            changed[model._meta.db_table] = ids
    return changed
