"""Serializers of sign-in and members."""

from rest_framework import serializers

from clinicflow.api.serializers import Input
from clinicflow.clinics.models import Membership


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
    access = serializers.CharField(help_text="For `Authorization: Bearer …`; expires after 30 minutes.")
    refresh = serializers.CharField(help_text="For `POST /api/auth/refresh`; works once, expires after 7 days.")
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


class MemberOutput(serializers.ModelSerializer):
    """A user's role in the clinic; a user with two roles has two rows. `id` is the membership's."""

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
        max_length=1000, trim_whitespace=False, required=False, help_text="If omitted, the user sets one by email."
    )


class MemberChange(Input):
    echoed = ("id", "user_id", "email", "invited_at", "joined_at", "created_at", "updated_at")
    name = serializers.CharField(max_length=120)
    role = serializers.ChoiceField(Membership.Role.choices)
    doctor_id = serializers.UUIDField(required=False, allow_null=True)
    status = serializers.ChoiceField(Membership.Status.choices)
