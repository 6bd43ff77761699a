"""Keeps the demo, whose password is public, out of production."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from clinicflow.clinics.models import Clinic
from dashboards.demo.plan import CLINICS


@register(Tags.database)
def no_demo_in_production(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """An error where a production database holds a demo clinic; `migrate` asks, so a deployment stops there."""
    if not settings.PRODUCTION or "default" not in (databases or ()):
        return []
    if Clinic._meta.db_table not in connections["default"].introspection.table_names():
        return []
    if not Clinic.objects.filter(pk__in=[plan.clinic_id for plan in CLINICS]).exists():
        return []
    return [
        Error(
            "This database holds the demo, whose password is public.",
            hint="Start production on an empty database: give DATABASE_URL another database name.",
            id="clinicflow.E001",
        )
    ]
