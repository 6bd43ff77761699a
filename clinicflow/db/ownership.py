"""Connections and grants of the role that owns the tables, for migrations."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connections

OUR_PACKAGES = ("clinicflow", "patients", "scheduling", "intake", "aiassist", "dashboards")


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """Connect `alias` as the owner role inside the block, and as before after it."""
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
    """Grant the application access to the tables of libraries (sessions, beat, second factors); none is about patients.

    ClinicFlow's own tables are granted by their migrations. Run as the owner.
    """
    connection = connections[alias]
    roles = settings.DATABASE_ROLES
    existing = set(connection.introspection.table_names())
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.split(".")[0] not in OUR_PACKAGES
    }
    with connection.cursor() as cursor:
        for table in sorted(tables & existing):
            name = connection.ops.quote_name(table)
            cursor.execute(f"grant select, insert, update, delete on {name} to {roles['app'].name}")
        if "django_migrations" in existing:
            cursor.execute(f"grant select on django_migrations to {roles['app'].name}, {roles['system'].name}")
