"""A cursor for the few statements that run on every request: PostgreSQL plans each once per connection.

Django binds parameters on the client, so that each statement is new text to PostgreSQL, parsed and planned again; for
the joins of a sign-in that costs more than answering them. Parameters need a type PostgreSQL can know: cast a None.
"""

from typing import Any

import psycopg
from django.db import connections
from psycopg.abc import Params
from psycopg.types.datetime import TimestamptzLoader


class PreparedCursor(psycopg.Cursor[Any]):
    """Binds on the server, prepares at the first use, and reads instants with psycopg's own compiled loader: aware and
    in UTC, as Django's are, which run in Python for each value."""

    def execute(self, query: Any, params: Params | None = None, **options: Any) -> "PreparedCursor":
        super().execute(query, params, prepare=True)
        return self


def prepared_cursor(using: str = "default") -> Any:
    """Such a cursor, inside the present scope and transaction, wrapped as Django's own (queries are counted)."""
    connection: Any = connections[using]
    connection.ensure_connection()
    raw = PreparedCursor(connection.connection)
    raw.adapters.register_loader("timestamptz", TimestamptzLoader)
    return connection.make_cursor(raw) if not connection.queries_logged else connection.make_debug_cursor(raw)
