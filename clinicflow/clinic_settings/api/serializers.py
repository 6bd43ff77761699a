"""Serializers of the clinic's and the doctors' settings."""

from typing import Any

from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers

from clinicflow.api.serializers import Input
from clinicflow.clinic_settings.schema import CLINIC_COLUMNS
from clinicflow.clinics.models import WEEKDAYS, ClinicSettings, DoctorSettings


class Hours(Input):
    """Opening hours as wall-clock times, `HH:MM`; both are required, in a PATCH too."""

    start = serializers.TimeField(format="%H:%M")
    end = serializers.TimeField(format="%H:%M")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("start", "end") if name not in attrs]
        if missing:
            raise serializers.ValidationError({name: ["This field is required."] for name in missing})
        return attrs


class HoursOfClinic(serializers.Serializer):
    """`clinic_hours`, read from `opens_at` and `closes_at`."""

    start = serializers.TimeField()
    end = serializers.TimeField()

    def to_representation(self, instance: ClinicSettings) -> dict[str, str]:
        return {"start": f"{instance.opens_at:%H:%M}", "end": f"{instance.closes_at:%H:%M}"}


CLINIC_FIELDS = (
    "working_days",
    "slot_size",
    "allow_overlapping",
    "allow_walk_ins",
    "require_provider",
    "allow_admin_override",
    "minimum_cancellation_notice",
    "auto_no_show_threshold",
    "no_show_virtual",
    "cancellation_reason_required",
    "intake_required",
    "lock_appointment_if_missing",
    "allow_manual_completion",
    "intake_delivery_path",
    "voice_enabled",
    "sms_enabled",
    "email_enabled",
    "max_call_attempts",
    "call_window_start",
    "call_window_end",
    "retry_delay",
    "ai_agreement_confirmed",
    "ai_monthly_cap_usd",
    "escalate_on_unrecognized",
    "escalate_on_human_request",
    "escalate_on_no_response",
    "escalate_on_ambiguous",
    "notify_unconfirmed",
    "notify_missing_intake",
    "notify_ai_attention",
    "notify_cancellations",
    "notify_no_shows",
    "notify_via_app",
    "notify_via_email",
    "date_format",
    "time_format",
    "default_dashboard_view",
    "auto_refresh_interval",
    "session_timeout",
    "require_mfa",
)


MINUTES = {"format": "%H:%M"}


class ClinicSettingsOutput(serializers.ModelSerializer):
    """The clinic's settings. Durations are minutes, the refresh interval is seconds, times are in the clinic's zone."""

    clinic_id = serializers.UUIDField(read_only=True)
    clinic_name = serializers.CharField(source="clinic.name", read_only=True)
    clinic_phone = serializers.CharField(source="clinic.phone", read_only=True)
    clinic_address = serializers.CharField(source="clinic.address", read_only=True)
    timezone = serializers.CharField(source="clinic.timezone", read_only=True, help_text="IANA name.")
    country = serializers.CharField(source="clinic.country", read_only=True, help_text="ISO 3166 code.")
    region = serializers.CharField(source="clinic.region", read_only=True, help_text="Code of a region of the country.")
    working_days = serializers.ListField(child=serializers.ChoiceField(WEEKDAYS))
    clinic_hours = HoursOfClinic(source="*")

    class Meta:
        model = ClinicSettings
        fields = ("id", "clinic_id", *CLINIC_COLUMNS, "clinic_hours", *CLINIC_FIELDS, "updated_at")
        extra_kwargs = {"call_window_start": MINUTES, "call_window_end": MINUTES}


class ClinicSettingsInput(Input, serializers.ModelSerializer):
    """Fields of the clinic itself, such as its name, are optional in a PUT too; if omitted, they keep their value."""

    echoed = ("id", "clinic_id", "updated_at")
    clinic_name = serializers.CharField(max_length=120, required=False)
    clinic_phone = PhoneNumberField(required=False, allow_blank=True)
    clinic_address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    timezone = serializers.CharField(max_length=64, required=False, help_text="IANA name.")
    country = serializers.CharField(max_length=2, required=False, help_text="ISO 3166 code.")
    region = serializers.CharField(max_length=10, required=False, allow_blank=True)
    working_days = serializers.ListField(child=serializers.ChoiceField(WEEKDAYS), max_length=7)
    clinic_hours = Hours()

    class Meta:
        model = ClinicSettings
        fields = (*CLINIC_COLUMNS, "clinic_hours", *CLINIC_FIELDS)

    def get_extra_kwargs(self) -> dict[str, dict[str, Any]]:
        """Require every field of a PUT, those with a default in the table included."""
        return {name: {"required": True} for name in CLINIC_FIELDS} | {
            "call_window_start": {"required": True, **MINUTES},
            "call_window_end": {"required": True, **MINUTES},
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        hours = attrs.pop("clinic_hours", None)
        return attrs | ({"opens_at": hours["start"], "closes_at": hours["end"]} if hours else {})


VISIT_TYPES = ("in-clinic", "virtual")


DOCTOR_FIELDS = (
    "working_hours_override",
    "supported_visit_types",
    "video_visits_enabled",
    "allow_walk_ins",
    "allow_forced_booking",
    "voice_ai_enabled",
)


class DoctorSettingsOutput(serializers.ModelSerializer):
    """A doctor's settings. `working_hours_override` replaces the weekly hours by weekday or by date, and a date takes
    precedence over its weekday: `{"fri": [["09:00", "12:00"]], "2026-12-28": []}`."""

    doctor_id = serializers.UUIDField(read_only=True)
    working_hours_override = serializers.DictField(child=serializers.ListField())
    supported_visit_types = serializers.ListField(child=serializers.ChoiceField(VISIT_TYPES))

    class Meta:
        model = DoctorSettings
        fields = ("id", "doctor_id", *DOCTOR_FIELDS, "updated_at")


class DoctorSettingsInput(Input):
    echoed = ("id", "doctor_id", "updated_at")
    working_hours_override = serializers.DictField(child=serializers.ListField(max_length=6))
    supported_visit_types = serializers.ListField(child=serializers.ChoiceField(VISIT_TYPES), max_length=2)
    video_visits_enabled = serializers.BooleanField()
    allow_walk_ins = serializers.BooleanField()
    allow_forced_booking = serializers.BooleanField()
    voice_ai_enabled = serializers.BooleanField()
