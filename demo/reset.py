"""Throws the demo away. The audit log stays: nothing erases it."""

from django.apps import apps
from django.db import connection

from clinicflow.accounts.models import User
from clinicflow.db.ownership import OUR_PACKAGES, as_owner


def throw_away() -> None:
    """Empty every table of ours but the log and the users, who stay and get the demo's password back.

    The caller has made sure that only the demo is in them.
    """
    kept = {"audit_logs", "audit_seals", User._meta.db_table}
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.split(".")[0] in OUR_PACKAGES and model._meta.db_table not in kept
    )
    names = ", ".join(connection.ops.quote_name(table) for table in tables)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"truncate {names}")
