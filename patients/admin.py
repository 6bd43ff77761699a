"""Patients in Django's admin, edited with the same operation as on the pages."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from clinicflow.access.actor import Actor
from clinicflow.backoffice.admin import ClinicModelAdmin, site
from patients.models import Patient
from patients.operations import patients
from patients.querysets import PatientQuerySet
from patients.rules.details import patient_data_of


class PatientRelatedAdmin(ClinicModelAdmin):
    """Base of models with a patient, with the patient search of the pages."""

    search_fields = ("patient__search_last",)
    search_help_text = "Search by the start of the patient's name, phone, email or birth date."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        matches = Patient.objects.visible_to(self._actor(request)).search(search_term)
        return queryset.filter(patient_id__in=matches.order_by().values("pk")), False


@admin.register(Patient, site=site)
class PatientAdmin(ClinicModelAdmin):
    list_display = ("last_name", "first_name", "date_of_birth", "phone", "primary_doctor", "preferred_language")
    list_filter = ("preferred_language", "primary_doctor")
    list_select_related = ("primary_doctor",)
    search_fields = ("search_last",)
    search_help_text = "Search by the start of a name, phone, email or birth date."
    patient_field = "pk"
    fields = (
        *("first_name", "last_name", "date_of_birth", "phone", "email", "preferred_language", "primary_doctor"),
        *("address", "first_visit_date", "contact_preferences", "flags", "guardian"),
    )
    may_change = True

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Patient], search_term: str
    ) -> tuple[QuerySet[Patient], bool]:
        if not search_term.strip():
            return queryset, False
        return cast("PatientQuerySet[Patient]", queryset).search(search_term), False

    def store(self, actor: Actor, obj: Patient, changed: Sequence[str]) -> None:
        patients.update(actor, obj.pk, changes=patient_data_of(obj))
