"""Create the database and its three roles."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinicflow.db.roles import prepare_database, prepare_schema


class Command(BaseCommand):
    help = "Create the database and its roles (owner, app, system). Idempotent. Connects with DATABASE_URL as it is."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        parameters = dict(settings.DATABASE_ADMIN)
        name = parameters.pop("dbname")
        try:
            with psycopg.connect(**parameters, dbname="postgres", autocommit=True, connect_timeout=10) as connection:
                prepare_database(connection, name, settings.DATABASE_ROLES)
            with psycopg.connect(**parameters, dbname=name, autocommit=True, connect_timeout=10) as connection:
                prepare_schema(connection, settings.DATABASE_ROLES)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            raise CommandError(f"The database does not answer ({reason}). Check DATABASE_URL.") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise CommandError(
                "The user of DATABASE_URL may not create roles and databases. Give it CREATEROLE and CREATEDB."
            ) from error
