"""Restore the database from a file."""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinicflow.db.dumps import DumpFailed, restore


class Command(BaseCommand):
    help = (
        "Restore FILE, made by `backup`, into the empty database of DATABASE_URL and verify its audit log. Creates the "
        "database and its roles. The name of the database and JWT_SECRET_KEY must be those of the backup."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["file"]
        if not source.is_file():
            raise CommandError(f"{source} does not exist.")
        call_command("prepare_database")
        self._refuse_unless_empty()
        try:
            restore(source, str(settings.DATABASE_ADMIN["dbname"]))
        except DumpFailed as failed:
            raise CommandError(f"Nothing was restored: {failed}") from failed
        call_command("verify_audit", stdout=self.stdout, stderr=self.stderr)

    def _refuse_unless_empty(self) -> None:
        with psycopg.connect(**settings.DATABASE_ADMIN, connect_timeout=10) as connection:
            row = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
        if row and row[0]:
            raise CommandError("The database is not empty. Restore into a new one, so that no data is overwritten.")
