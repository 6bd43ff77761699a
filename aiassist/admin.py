"""Conversations in the back office, read only. They are answered and resolved in the Inbox."""

from django.contrib import admin

from aiassist.models import Interaction
from clinicflow.backoffice.admin import ClinicModelAdmin, site


@admin.register(Interaction, site=site)
class InteractionAdmin(ClinicModelAdmin):
    list_display = ("last_message_at", "patient", "doctor", "channel", "status", "attention_reason", "needs_attention")
    list_filter = ("channel", "status", "needs_attention", "attention_reason", "doctor")
    list_select_related = ("patient", "doctor")
    ordering = ("-last_message_at", "-pk")
