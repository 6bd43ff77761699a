"""Shapes of sign-ins, doctors, settings, users and the audit log."""

from typing import Any
from uuid import UUID

from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers

from clinicflow.api.serializers import Input
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.declared import OF_CLINIC
from clinicflow.clinics.log import reason_for, shows_values
from clinicflow.clinics.models import WEEKDAYS, ClinicSettings, Doctor, DoctorSettings, Membership


class Login(Input):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    otp = serializers.CharField(max_length=20, required=False, allow_blank=True, help_text="Code of the second factor.")


class Refresh(Input):
    refresh = serializers.CharField(max_length=200)


class SwitchRole(Input):
    role = serializers.ChoiceField(Membership.Role.choices)
    clinic_id = serializers.UUIDField(required=False)


class UserBrief(serializers.Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()


class TokenPair(serializers.Serializer):
    access = serializers.CharField(help_text="For `Authorization: Bearer …`; good for 30 minutes.")
    refresh = serializers.CharField(help_text="For `POST /api/auth/refresh`, once; good for 7 days.")
    user = UserBrief()


class MembershipBrief(serializers.Serializer):
    id = serializers.UUIDField()
    role = serializers.ChoiceField(Membership.Role.choices)
    clinic_id = serializers.UUIDField()
    clinic_name = serializers.CharField(source="clinic.name")
    timezone = serializers.CharField(source="clinic.timezone", help_text="IANA name.")
    doctor_id = serializers.UUIDField(allow_null=True)


class Me(serializers.Serializer):
    user = UserBrief()
    membership = MembershipBrief()
    memberships = MembershipBrief(many=True)
    permissions = serializers.ListField(child=serializers.CharField())


class DoctorOutput(serializers.ModelSerializer):
    """A provider. `working_hours` is `{"mon": [["09:00", "12:30"], …], …}` on the clinic's clock."""

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


class Hours(Input):
    """Wall-clock times, `HH:MM`; always both."""

    start = serializers.TimeField(format="%H:%M")
    end = serializers.TimeField(format="%H:%M")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("start", "end") if name not in attrs]
        if missing:
            raise serializers.ValidationError({name: ["This field is required."] for name in missing})
        return attrs


class HoursOfClinic(serializers.Serializer):
    """`clinic_hours` of the API is `opens_at` and `closes_at` of the row."""

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
    """What the clinic has decided. Durations are minutes, the refresh interval seconds, times on its clock."""

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
        fields = ("id", "clinic_id", *OF_CLINIC, "clinic_hours", *CLINIC_FIELDS, "updated_at")
        extra_kwargs = {"call_window_start": MINUTES, "call_window_end": MINUTES}


class ClinicSettingsInput(Input, serializers.ModelSerializer):
    """The clinic's own fields may stay out, also of a PUT; they are then left as they are."""

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
        fields = (*OF_CLINIC, "clinic_hours", *CLINIC_FIELDS)

    def get_extra_kwargs(self) -> dict[str, dict[str, Any]]:
        """PUT replaces all: a field with a default in the table is no less required."""
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
    """`working_hours_override` replaces the weekly hours by weekday or by date, which comes before its weekday:
    `{"fri": [["09:00", "12:00"]], "2026-12-28": []}`."""

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


class MemberOutput(serializers.ModelSerializer):
    """A person's role in the clinic; somebody with two roles is two rows. `id` is the membership's."""

    user_id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    name = serializers.CharField(source="shown_name", read_only=True)
    doctor_id = serializers.UUIDField(allow_null=True, read_only=True)

    class Meta:
        model = Membership
        fields = (
            *("id", "user_id", "email", "name", "role", "doctor_id", "status", "invited_at", "joined_at"),
            *("created_at", "updated_at"),
        )


class MemberInput(Input):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=120)
    role = serializers.ChoiceField(Membership.Role.choices)
    doctor_id = serializers.UUIDField(required=False, allow_null=True)
    password = serializers.CharField(
        max_length=1000, trim_whitespace=False, required=False, help_text="Without one the person sets it by e-mail."
    )


class MemberChange(Input):
    echoed = ("id", "user_id", "email", "invited_at", "joined_at", "created_at", "updated_at")
    name = serializers.CharField(max_length=120)
    role = serializers.ChoiceField(Membership.Role.choices)
    doctor_id = serializers.UUIDField(required=False, allow_null=True)
    status = serializers.ChoiceField(Membership.Status.choices)


class AuditOutput(serializers.ModelSerializer):
    """One entry. Owners get no values and no ids of patients."""

    user_id = serializers.UUIDField(allow_null=True)
    user_name = serializers.SerializerMethodField()
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

    def _open(self, entry: AuditLog) -> bool:
        """Whether this reader may see the values: an owner only those of the clinic's own affairs."""
        return shows_values(self.context["actor"], entry)

    def get_user_name(self, entry: AuditLog) -> str:
        return entry.user.name if entry.user is not None else ""

    def get_patient_ids(self, entry: AuditLog) -> list[UUID]:
        return entry.patient_ids if self._open(entry) else []

    def get_old_values(self, entry: AuditLog) -> dict[str, Any] | None:
        return entry.old_values if self._open(entry) else None

    def get_new_values(self, entry: AuditLog) -> dict[str, Any] | None:
        return entry.new_values if self._open(entry) else None

    def get_reason(self, entry: AuditLog) -> str:
        return reason_for(self.context["actor"], entry)
