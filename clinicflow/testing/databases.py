"""Test databases: migrated once into a template, copied for each process, used as the application's role.

The template is kept between runs under a name made from everything that shapes it, so only a changed migration costs
time. Tables are emptied between transaction tests by the administrator, since the application may not TRUNCATE and the
audit trail refuses to be deleted.
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
SHAPE = ("*/migrations/*.py", "clinicflow/*/migrations/*.py", "clinicflow/db/*.py", "clinicflow/settings.py")


@contextmanager
def administrator(database: str = "postgres") -> Iterator[psycopg.Connection]:
    """An administrator's connection, in autocommit."""
    address = {**settings.DATABASE_ADMIN, "dbname": database}
    with psycopg.connect(**address, autocommit=True, connect_timeout=10) as connection:
        connection.execute("set lock_timeout = '10s'")
        yield connection


def template_name() -> str:
    """The template's name, by the files that shape the database."""
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256((root / "requirements.lock").read_bytes())
    for path in sorted({path for pattern in SHAPE for path in root.glob(pattern)}):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return TEMPLATE_PREFIX + digest.hexdigest()[:16]


def ensure_template(*, afresh: bool = False) -> None:
    """Migrate a database to copy from, unless there is one of this shape; remove those of other shapes."""
    wanted = template_name()
    with administrator() as connection:
        known = {row[0] for row in connection.execute("select datname from pg_database")}
        if wanted in known and not afresh:
            return
        for name in known:
            if name.startswith(TEMPLATE_PREFIX):
                _drop(connection, name)
        building = f"{TEMPLATE_PREFIX}building"
        roles.prepare_database(connection, building, settings.DATABASE_ROLES)
        with administrator(building) as inside:
            roles.prepare_schema(inside, settings.DATABASE_ROLES)
        with use_database(building):
            call_command("migrate", interactive=False, verbosity=0)
        connection.execute(sql.SQL("alter database {} rename to {}").format(*map(sql.Identifier, (building, wanted))))


@contextmanager
def copy_of_template(name: str) -> Iterator[None]:
    """Make the database ``name`` from the template, let every connection use it, and drop it at the end."""
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
    """Point every alias at ``name``; each keeps its own role."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _point(dict.fromkeys(before, name))
    try:
        yield
    finally:
        _point(before)


def _point(names: dict[str, Any]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@lru_cache
def _emptied_tables(database: str, process: int) -> list[str]:
    """The tables that migrations leave empty; what they fill in (content types, permissions) stays."""
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
    """Note which tables are empty before any test has run."""
    _emptied_tables(str(settings.DATABASES["default"]["NAME"]), os.getpid())


def empty_tables(*_: object) -> None:
    """Empty every table a test has written to, past row security and past the triggers that guard the audit trail."""
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
