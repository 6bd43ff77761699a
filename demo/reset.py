"""Deletion of the demo. The audit log is kept."""

from django.apps import apps
from django.db import connection

from clinicflow.accounts.models import User
from clinicflow.db.ownership import OUR_PACKAGES, as_owner


def delete_demo() -> None:
    """Truncate every table of ClinicFlow except the audit log and the users, whose password the next build resets.

    The caller has checked that the database holds nothing but the demo.
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
