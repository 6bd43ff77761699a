"""The database as one file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinicflow.db.dumps import DumpFailed, dump


class Command(BaseCommand):
    help = "Write the whole database into FILE (pg_dump's custom format). Keep JWT_SECRET_KEY beside it, not in it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        if target.exists():
            raise CommandError(f"{target} is there already. Name a new file.")
        if not target.parent.is_dir():
            raise CommandError(f"{target.parent} is not a folder.")
        try:
            dump(str(settings.DATABASE_ADMIN["dbname"]), target)
        except DumpFailed as failed:
            raise CommandError(f"Nothing was written: {failed}") from failed
        self.stdout.write(f"{target}: {target.stat().st_size / 1e6:.1f} MB. It holds patients: keep it encrypted.")
