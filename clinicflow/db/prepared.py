"""Prepared statements for the few queries that run on every request: PostgreSQL plans each once per connection.

Django binds parameters on the client, so PostgreSQL parses and plans each statement again; for the joins of the
session lookup that costs more than executing them. PostgreSQL must know the type of each parameter: cast a None.
"""

from typing import Any

import psycopg
from django.db import connections
from psycopg.abc import Params
from psycopg.types.datetime import TimestamptzLoader


class PreparedCursor(psycopg.Cursor[Any]):
    """A cursor that binds on the server and prepares on first use.

    `prepared_cursor` gives it psycopg's compiled loader for instants: aware and in UTC, as Django's loader, which runs
    in Python for each value.
    """

    def execute(self, query: Any, params: Params | None = None, **options: Any) -> "PreparedCursor":
        super().execute(query, params, prepare=True)
        return self


def prepared_cursor(using: str = "default") -> Any:
    """A prepared cursor in the current scope and transaction, wrapped as Django's own, so that queries are counted."""
    connection: Any = connections[using]
    connection.ensure_connection()
    raw = PreparedCursor(connection.connection)
    raw.adapters.register_loader("timestamptz", TimestamptzLoader)
    return connection.make_cursor(raw) if not connection.queries_logged else connection.make_debug_cursor(raw)
