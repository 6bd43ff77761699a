"""Serializers of doctors."""

from rest_framework import serializers

from clinicflow.clinics.models import Doctor


class DoctorOutput(serializers.ModelSerializer):
    """A provider. `working_hours` is `{"mon": [["09:00", "12:30"], …], …}` in the clinic's time zone."""

    user_id = serializers.UUIDField(allow_null=True, read_only=True)
    working_hours = serializers.DictField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    )

    class Meta:
        model = Doctor
        fields = (
            "id",
            "user_id",
            "name",
            "initials",
            "specialty",
            "color",
            "room",
            "working_hours",
            "default_visit_length",
            "voice_ai_enabled",
            "is_active",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields
