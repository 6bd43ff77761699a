"""Shapes of sign-ins, doctors, settings, users and the audit log."""

from rest_framework import serializers

from clinicflow.api.serializers import Input


class Login(Input):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    otp = serializers.CharField(max_length=20, required=False, allow_blank=True, help_text="Code of the second factor.")


class Refresh(Input):
    refresh = serializers.CharField(max_length=200)


class SwitchRole(Input):
    role = serializers.ChoiceField(["admin", "doctor", "owner"])
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
    role = serializers.ChoiceField(["admin", "doctor", "owner"])
    clinic_id = serializers.UUIDField()
    clinic_name = serializers.CharField(source="clinic.name")
    timezone = serializers.CharField(source="clinic.timezone", help_text="IANA name.")
    doctor_id = serializers.UUIDField(allow_null=True)


class Me(serializers.Serializer):
    user = UserBrief()
    membership = MembershipBrief()
    memberships = MembershipBrief(many=True)
    permissions = serializers.ListField(child=serializers.CharField())
