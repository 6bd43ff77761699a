"""Dump the database to a file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinicflow.db.dumps import DumpFailed, dump


class Command(BaseCommand):
    help = "Dump the whole database to FILE (pg_dump's custom format). A restore also needs the same JWT_SECRET_KEY."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        if target.exists():
            raise CommandError(f"{target} already exists. Choose a new file.")
        if not target.parent.is_dir():
            raise CommandError(f"{target.parent} is not a directory.")
        try:
            dump(str(settings.DATABASE_ADMIN["dbname"]), target)
        except DumpFailed as failed:
            raise CommandError(f"Nothing was written: {failed}") from failed
        self.stdout.write(f"{target}: {target.stat().st_size / 1e6:.1f} MB. Contains patient data: encrypt it.")
