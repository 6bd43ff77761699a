"""Test databases: a migrated template, copied for each process and used as the application's role.

The template is reused between runs; its name has a hash of the files that define the schema, so that it is rebuilt
when a migration changes. The administrator empties the tables after transaction tests, since the application may not
TRUNCATE and the audit log is append-only.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from clinicflow.db import roles

TEMPLATE_PREFIX = "clinicflow_template_"
SCHEMA_FILES = ("*/migrations/*.py", "clinicflow/*/migrations/*.py", "clinicflow/db/*.py", "clinicflow/settings.py")


@contextmanager
def administrator(database: str = "postgres") -> Iterator[psycopg.Connection]:
    """An administrator's connection, in autocommit."""
    parameters = {**settings.DATABASE_ADMIN, "dbname": database}
    with psycopg.connect(**parameters, autocommit=True, connect_timeout=10) as connection:
        connection.execute("set lock_timeout = '10s'")
        yield connection


def template_name() -> str:
    """The template's name, with a hash of the files that define the schema."""
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256((root / "requirements.lock").read_bytes())
    for path in sorted({path for pattern in SCHEMA_FILES for path in root.glob(pattern)}):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return TEMPLATE_PREFIX + digest.hexdigest()[:16]


def ensure_template(*, rebuild: bool = False) -> None:
    """Create and migrate the template unless it exists, and drop outdated ones; `rebuild` creates it anew."""
    name = template_name()
    with administrator() as connection:
        existing = {row[0] for row in connection.execute("select datname from pg_database")}
        if name in existing and not rebuild:
            return
        for old in existing:
            if old.startswith(TEMPLATE_PREFIX):
                _drop(connection, old)
        building = f"{TEMPLATE_PREFIX}building"
        roles.prepare_database(connection, building, settings.DATABASE_ROLES)
        with administrator(building) as inside:
            roles.prepare_schema(inside, settings.DATABASE_ROLES)
        with use_database(building):
            call_command("migrate", interactive=False, verbosity=0)
        connection.execute(sql.SQL("alter database {} rename to {}").format(*map(sql.Identifier, (building, name))))


@contextmanager
def copy_of_template(name: str) -> Iterator[None]:
    """Create the database ``name`` from the template, use it for every connection, and drop it at the end."""
    with administrator() as connection:
        _drop(connection, name)
        owner = settings.DATABASE_ROLES["owner"].name
        connection.execute(
            sql.SQL("create database {} template {} owner {}").format(
                *map(sql.Identifier, (name, template_name(), owner))
            )
        )
    try:
        with use_database(name):
            yield
    finally:
        with administrator() as connection:
            _drop(connection, name)


@contextmanager
def use_database(name: str) -> Iterator[None]:
    """Connect every alias to ``name``, with its own role."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _set_names(dict.fromkeys(before, name))
    try:
        yield
    finally:
        _set_names(before)


def _set_names(names: dict[str, Any]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@lru_cache
def _emptied_tables(database: str, process: int) -> list[str]:
    """The tables that are empty after the migrations; those with rows (content types, permissions) are kept."""
    with administrator(database) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public' order by 1").fetchall()
        return [name for (name,) in rows if not _has_rows(connection, [name])]


def _has_rows(connection: psycopg.Connection, tables: list[str]) -> set[str]:
    if not tables:
        return set()
    columns = sql.SQL(", ").join(sql.SQL("exists (select from {})").format(sql.Identifier(table)) for table in tables)
    row = connection.execute(sql.SQL("select {}").format(columns)).fetchone()
    return {table for table, filled in zip(tables, row or (), strict=True) if filled}


def remember_empty_tables() -> None:
    """Cache which tables are empty before any test has run."""
    _emptied_tables(str(settings.DATABASES["default"]["NAME"]), os.getpid())


def empty_tables(*_: object) -> None:
    """Empty every table that a test has written to, bypassing row-level security and the append-only triggers."""
    database = str(settings.DATABASES["default"]["NAME"])
    with administrator(database) as connection:
        filled = _has_rows(connection, _emptied_tables(database, os.getpid()))
        if filled:
            connection.execute("set session_replication_role = replica")
            connection.execute(
                sql.SQL("truncate {} restart identity cascade").format(
                    sql.SQL(", ").join(map(sql.Identifier, sorted(filled)))
                )
            )
