"""The three database roles, and their creation from one administrative URL.

`owner` owns the tables and runs migrations; `app` (web, hub, workers) is subject to row-level security; `system`
sweeps jobs and lists clinics, and has no access to tables with patients.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import Connection, sql

KINDS = ("owner", "app", "system")
APP_LIMITS = {"statement_timeout": "15s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"}


@dataclass(frozen=True)
class Role:
    """A login role. Its password is derived from the secret key, so it need not be stored."""

    name: str
    password: str


def derive_roles(database: str, secret: str) -> Mapping[str, Role]:
    """The roles by kind for `database`, with passwords derived from the secret key."""
    prefix = "".join(letter if letter.isalnum() else "_" for letter in database.lower())
    return {
        kind: Role(
            f"{prefix}_{kind}",
            hmac.new(secret.encode(), f"clinicflow database role {prefix} {kind}".encode(), hashlib.sha256).hexdigest(),
        )
        for kind in KINDS
    }


def prepare_roles(connection: Connection, roles: Mapping[str, Role]) -> None:
    """Create or update the roles; idempotent. `connection` is an administrator's, in autocommit."""
    for kind in KINDS:
        role = roles[kind]
        exists = connection.execute("select 1 from pg_roles where rolname = %s", [role.name]).fetchone()
        connection.execute(
            sql.SQL("{} role {} login nosuperuser noinherit {} password {}").format(
                sql.SQL("alter" if exists else "create"),
                sql.Identifier(role.name),
                sql.SQL("createdb" if kind == "owner" else "nocreatedb"),
                sql.Literal(role.password),
            )
        )
        limits = {"timezone": "UTC"} if kind == "owner" else {"timezone": "UTC", **APP_LIMITS}
        for name, value in limits.items():
            connection.execute(
                sql.SQL("alter role {} set {} = {}").format(
                    sql.Identifier(role.name), sql.Identifier(name), sql.Literal(value)
                )
            )


def prepare_database(connection: Connection, database: str, roles: Mapping[str, Role]) -> None:
    """Create the database unless it exists, and make the owner role its owner; idempotent.

    `connection` is an administrator's on any database of the cluster, in autocommit.
    """
    prepare_roles(connection, roles)
    owner = roles["owner"].name
    # The administrator of a managed database is no superuser: only a member of a role can transfer ownership to it.
    connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(owner)))
    if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
        connection.execute(
            sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
                sql.Identifier(database), sql.Identifier(owner)
            )
        )
    connection.execute(sql.SQL("alter database {} owner to {}").format(sql.Identifier(database), sql.Identifier(owner)))
    connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))
    for kind in ("app", "system"):
        connection.execute(
            sql.SQL("grant connect on database {} to {}").format(
                sql.Identifier(database), sql.Identifier(roles[kind].name)
            )
        )


def prepare_schema(connection: Connection, roles: Mapping[str, Role]) -> None:
    """Make the owner role own `public` and grant usage to the others; `connection` is to the database itself."""
    connection.execute(sql.SQL("alter schema public owner to {}").format(sql.Identifier(roles["owner"].name)))
    for kind in ("app", "system"):
        connection.execute(sql.SQL("grant usage on schema public to {}").format(sql.Identifier(roles[kind].name)))
