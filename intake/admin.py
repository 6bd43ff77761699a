"""Questionnaires and forms in Django's admin, read-only. Answers are not shown."""

from django.contrib import admin

from clinicflow.backoffice.admin import ClinicModelAdmin, site
from intake.models import IntakeForm, Questionnaire
from patients.admin import PatientRelatedAdmin


@admin.register(Questionnaire, site=site)
class QuestionnaireAdmin(ClinicModelAdmin):
    """Read-only: the editor creates a new version instead of changing a published one."""

    list_display = ("name", "audience", "version", "published_at", "retired_at")
    list_filter = ("audience",)
    search_fields = ("name",)
    ordering = ("name", "-version", "pk")


@admin.register(IntakeForm, site=site)
class IntakeFormAdmin(PatientRelatedAdmin):
    """The state of each form, without the answers."""

    list_display = ("created_at", "patient", "questionnaire", "status", "submitted_at", "reviewed_at")
    list_filter = ("status", "language")
    list_select_related = ("patient", "questionnaire")
    ordering = ("-created_at", "pk")
    fields = (
        *("patient", "appointment", "questionnaire", "language", "status", "opened_at", "saved_at", "submitted_at"),
        *("reviewed_at", "reviewed_by", "entered_by", "completed_reason", "revision"),
    )
