"""Working as the role that owns the tables: migrations, and the flush between tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connections

OURS = ("clinicflow", "patients", "scheduling", "intake", "aiassist", "dashboards")


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """Reconnect `alias` as the owner role, and as what it was when the block ends."""
    connection = connections[alias]
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "OPTIONS")}
    owner = settings.DATABASE_ROLES["owner"]
    options = {key: value for key, value in before["OPTIONS"].items() if key != "pool"}
    connection.close()
    connection.settings_dict.update(USER=owner.name, PASSWORD=owner.password, OPTIONS=options)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def grant_library_tables(alias: str = "default") -> None:
    """Let the application use the tables of libraries (sessions, beat, second factors): none names a patient.

    Our own tables are granted by their migrations, one by one. Run as the owner.
    """
    connection = connections[alias]
    roles = settings.DATABASE_ROLES
    present = set(connection.introspection.table_names())
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.split(".")[0] not in OURS
    }
    with connection.cursor() as cursor:
        for table in sorted(tables & present):
            name = connection.ops.quote_name(table)
            cursor.execute(f"grant select, insert, update, delete on {name} to {roles['app'].name}")
        if "django_migrations" in present:
            cursor.execute(f"grant select on django_migrations to {roles['app'].name}, {roles['system'].name}")
