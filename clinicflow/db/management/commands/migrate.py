"""Django's migrate, run as the role that owns the tables."""

from typing import Any

from django.core.management.commands import migrate

from clinicflow.db.ownership import as_owner, grant_library_tables


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        with as_owner(options["database"]):
            output = super().handle(*args, **options)
            grant_library_tables(options["database"])
        return output
