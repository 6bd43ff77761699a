"""System check: a production database must not contain the demo, whose password is public."""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from clinicflow.clinics.models import Clinic

# The ids that `demo/` gives its clinics; production does not import the demo, and a test compares the two.
DEMO_CLINIC_IDS = frozenset(
    uuid5(NAMESPACE_DNS, f"{key}.clinic.demo.clinicflow.test") for key in ("riverside", "lakeside")
)


@register(Tags.database)
def no_demo_in_production(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Error if a production database contains a demo clinic. `migrate` runs this check, so a deployment stops there."""
    if not settings.PRODUCTION or "default" not in (databases or ()):
        return []
    if Clinic._meta.db_table not in connections["default"].introspection.table_names():
        return []
    if not Clinic.objects.filter(pk__in=DEMO_CLINIC_IDS).exists():
        return []
    return [
        Error(
            "This database contains the demo, whose password is public.",
            hint="Start production on an empty database: set another database name in DATABASE_URL.",
            id="clinicflow.E001",
        )
    ]
