"""Fixed joins for reads on every request, returned as model instances.

Django builds its SQL on each call, which costs several times what PostgreSQL takes to execute it.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import models

from clinicflow.db.prepared import prepared_cursor


class JoinQuery:
    """A select of several models, each with its alias. `tail` is the SQL from `from` on, with `%(name)s` parameters.

    JSON columns are deferred: the model loads them on access.
    """

    def __init__(self, *parts: tuple[str, type[models.Model]], tail: str) -> None:
        self._parts, self._tail = parts, tail

    @cached_property
    def _columns(self) -> list[list[models.Field]]:
        return [
            [field for field in model._meta.concrete_fields if not isinstance(field, models.JSONField)]
            for _, model in self._parts
        ]

    @cached_property
    def _sql(self) -> str:
        names = [
            f"{alias}.{field.column}"
            for (alias, _), fields in zip(self._parts, self._columns, strict=True)
            for field in fields
        ]
        return f"select {', '.join(names)} {self._tail}"

    def first(self, using: str = "default", **values: Any) -> Sequence[Any] | None:
        """The first row as one instance per model, or None."""
        with prepared_cursor(using) as cursor:
            cursor.execute(self._sql, values)
            row = cursor.fetchone()
        if row is None:
            return None
        instances, start = [], 0
        for (_, model), fields in zip(self._parts, self._columns, strict=True):
            end = start + len(fields)
            instances.append(model.from_db(using, [field.attname for field in fields], row[start:end]))
            start = end
        return instances
