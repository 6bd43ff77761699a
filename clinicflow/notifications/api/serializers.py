"""Notifications in the API: ids and kinds, no text about a patient."""

from rest_framework import serializers

from clinicflow.api.serializers import Input
from clinicflow.notifications.models import Notification, NotificationPreference


class NotificationOutput(serializers.ModelSerializer):
    """`object_type` and `object_id` name the object; fetch it with your own permissions."""

    class Meta:
        model = Notification
        fields = ("id", "kind", "object_type", "object_id", "read_at", "created_at")


class AllRead(serializers.Serializer):
    marked = serializers.IntegerField(help_text="How many were unread.")


class PreferenceOutput(serializers.ModelSerializer):
    class Meta:
        model = NotificationPreference
        fields = ("muted", "email", "updated_at")

    muted = serializers.ListField(child=serializers.ChoiceField(Notification.Kind.choices))
    updated_at = serializers.DateTimeField(allow_null=True, help_text="Null while the defaults apply.")


class PreferenceInput(Input):
    echoed = ("updated_at",)
    muted = serializers.ListField(
        child=serializers.ChoiceField(Notification.Kind.choices),
        max_length=20,
        help_text="Kinds to mute.",
    )
    email = serializers.ChoiceField(NotificationPreference.Email.choices, help_text="When to send email.")
