"""Serializers of the audit log."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from clinicflow.audit.models import AuditLog
from clinicflow.backoffice.selectors import reason_for, shows_values, without_fingerprints

PATIENTS = "patients"


class AuditOutput(serializers.ModelSerializer):
    """An entry of the audit log. For owners, values and ids of patients are left out."""

    user_id = serializers.UUIDField(allow_null=True)
    user_name = serializers.SerializerMethodField()
    resource_id = serializers.SerializerMethodField()
    patient_ids = serializers.SerializerMethodField()
    old_values = serializers.SerializerMethodField()
    new_values = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()

    class Meta:
        model = AuditLog
        fields = (
            "id",
            "at",
            "user_id",
            "user_name",
            "actor_kind",
            "role",
            "action",
            "resource_type",
            "resource_id",
            "patient_ids",
            "old_values",
            "new_values",
            "outcome",
            "reason",
            "ip_address",
            "user_agent",
            "request_id",
        )

    def _shows_values(self, entry: AuditLog) -> bool:
        """Whether the actor may see the entry's values: an owner only those of tables without patients."""
        return shows_values(self.context["actor"], entry)

    def get_user_name(self, entry: AuditLog) -> str:
        return entry.user.name if entry.user is not None else ""

    def get_resource_id(self, entry: AuditLog) -> str:
        hidden = entry.resource_type == PATIENTS and not self._shows_values(entry)
        return "" if hidden else entry.resource_id

    def get_patient_ids(self, entry: AuditLog) -> list[UUID]:
        return entry.patient_ids if self._shows_values(entry) else []

    def get_old_values(self, entry: AuditLog) -> dict[str, Any] | None:
        return without_fingerprints(entry.old_values) if self._shows_values(entry) else None

    def get_new_values(self, entry: AuditLog) -> dict[str, Any] | None:
        return without_fingerprints(entry.new_values) if self._shows_values(entry) else None

    def get_reason(self, entry: AuditLog) -> str:
        return reason_for(self.context["actor"], entry)
