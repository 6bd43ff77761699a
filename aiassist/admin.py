"""Conversations in the back office: to look at only. Summaries are the doctors' and are not here."""

from django.contrib import admin

from aiassist.models import Interaction
from clinicflow.clinics.admin import site
from patients.admin import OfPatientAdmin


@admin.register(Interaction, site=site)
class InteractionAdmin(OfPatientAdmin):
    """Read here; they are answered and resolved in the inbox."""

    list_display = ("created_at", "patient", "doctor", "channel", "status", "needs_attention", "attention_reason")
    list_filter = ("channel", "status", "needs_attention", "attention_reason", "doctor")
    list_select_related = ("patient", "doctor")
    ordering = ("-created_at", "pk")
