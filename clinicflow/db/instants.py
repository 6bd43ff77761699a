"""Reading many instants at once."""

from typing import Any

from psycopg.types.datetime import TimestamptzLoader


def read_instants_natively(cursor: Any) -> None:
    """Let psycopg's own loader, which is compiled, make this cursor's instants: aware and in UTC, as Django's are.

    Django's loader runs in Python for each value; a day's list has five of them a visit.
    """
    cursor.cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
