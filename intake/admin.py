"""Intake in the back office: which questionnaires there are, and how far each form is. Answers are not shown here."""

from django.contrib import admin

from clinicflow.backoffice.admin import ClinicModelAdmin, site
from intake.models import IntakeForm, Questionnaire
from patients.admin import PatientRelatedAdmin


@admin.register(Questionnaire, site=site)
class QuestionnaireAdmin(ClinicModelAdmin):
    """Read here; the editor makes a new version instead of changing one that was answered."""

    list_display = ("name", "audience", "version", "published_at", "retired_at")
    list_filter = ("audience",)
    search_fields = ("name",)
    ordering = ("name", "-version", "pk")


@admin.register(IntakeForm, site=site)
class IntakeFormAdmin(PatientRelatedAdmin):
    """The state of each form; what the patient wrote is for the doctor."""

    list_display = ("created_at", "patient", "questionnaire", "status", "submitted_at", "reviewed_at")
    list_filter = ("status", "language")
    list_select_related = ("patient", "questionnaire")
    ordering = ("-created_at", "pk")
    fields = (
        *("patient", "appointment", "questionnaire", "language", "status", "opened_at", "saved_at", "submitted_at"),
        *("reviewed_at", "reviewed_by", "entered_by", "completed_reason", "revision"),
    )
