"""Reads that happen on every request: one fixed join, written once, read as models.

Django builds a query anew each time, which costs several times what PostgreSQL takes to answer it.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import models

from clinicflow.db.prepared import prepared_cursor


class JoinQuery:
    """Rows of several models at once. `tail` is all from `from` on, with `%(name)s` for values and the given aliases.

    JSON columns are left out: models read them when they are asked for.
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
        """The first row as one object for each part, or None."""
        with prepared_cursor(using) as cursor:
            cursor.execute(self._sql, values)
            row = cursor.fetchone()
        if row is None:
            return None
        found, start = [], 0
        for (_, model), fields in zip(self._parts, self._columns, strict=True):
            end = start + len(fields)
            found.append(model.from_db(using, [field.attname for field in fields], row[start:end]))
            start = end
        return found
