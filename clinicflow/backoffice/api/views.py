"""`/api/audit`: the audit log."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view

from clinicflow.api.base import ClinicViewSet, ListMixin
from clinicflow.audit.models import AuditLog
from clinicflow.audit.querysets import AuditLogQuerySet
from clinicflow.backoffice.api.filters import AuditFilters
from clinicflow.backoffice.api.serializers import AuditOutput


@extend_schema_view(list=extend_schema(summary="Who did and saw what"))
class AuditViewSet(ListMixin, ClinicViewSet):
    roles = ("admin", "owner")
    output_class = AuditOutput
    filterset_class = AuditFilters
    resource_type = "audit_logs"
    ordering = ("-id",)
    ordering_fields = ("at", "action", "resource_type")

    def get_queryset(self) -> AuditLogQuerySet[AuditLog]:
        return AuditLog.objects.visible_to(self.actor).select_related("user")

    def patients_of(self, rows: Any) -> list[UUID]:
        """The front desk sees values, and with them patients; owners see neither."""
        if self.actor.role == "owner":
            return []
        return [patient_id for row in rows for patient_id in row.patient_ids]
