"""Serializers of patients, by role."""

from typing import Any

from rest_framework import serializers

from clinicflow.api.serializers import Input
from clinicflow.core import clock
from patients.models import Patient
from patients.rules.details import MAX_ADDRESS_LENGTH

COMMON_FIELDS = (
    *("id", "first_name", "last_name", "name", "date_of_birth", "age", "is_minor", "phone", "preferred_language"),
    *("primary_doctor_id", "first_visit_date", "flags", "guardian", "created_at", "updated_at"),
)
FRONT_DESK_FIELDS = ("email", "address", "contact_preferences", "merged_into_id")


class Preferences(Input):
    sms = serializers.BooleanField(required=False)
    email = serializers.BooleanField(required=False)
    voice = serializers.BooleanField(required=False)


class Guardian(Input):
    name = serializers.CharField(max_length=80, allow_blank=True, required=False)
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False)
    relation = serializers.CharField(max_length=80, allow_blank=True, required=False)


class PatientForDoctor(serializers.ModelSerializer):
    """A patient, as shown to their doctors."""

    name = serializers.CharField(source="full_name", read_only=True)
    phone = serializers.CharField()
    primary_doctor_id = serializers.UUIDField(allow_null=True)
    age = serializers.SerializerMethodField(help_text="Full years today.")
    is_minor = serializers.SerializerMethodField()
    flags = serializers.ListField(child=serializers.CharField())
    guardian = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = Patient
        fields: tuple[str, ...] = COMMON_FIELDS

    def _today(self) -> Any:
        return clock.today(self.context["actor"].timezone)

    def get_age(self, patient: Patient) -> int:
        return patient.age_on(self._today())

    def get_is_minor(self, patient: Patient) -> bool:
        return patient.is_minor_on(self._today())


class PatientOutput(PatientForDoctor):
    """A patient, as shown to the front desk."""

    merged_into_id = serializers.UUIDField(allow_null=True)
    contact_preferences = Preferences()

    class Meta(PatientForDoctor.Meta):
        fields = COMMON_FIELDS + FRONT_DESK_FIELDS


class PatientInput(Input):
    echoed = ("id", "name", "age", "is_minor", "merged_into_id", "created_at", "updated_at")
    first_name = serializers.CharField(max_length=80)
    last_name = serializers.CharField(max_length=80)
    date_of_birth = serializers.DateField(input_formats=["%Y-%m-%d"])
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False)
    email = serializers.CharField(max_length=254, allow_blank=True, required=False)
    address = serializers.CharField(
        max_length=MAX_ADDRESS_LENGTH, allow_blank=True, required=False, help_text="The postal address on one line."
    )
    preferred_language = serializers.ChoiceField(Patient.Language.choices, required=False)
    primary_doctor_id = serializers.UUIDField(allow_null=True, required=False)
    first_visit_date = serializers.DateField(input_formats=["%Y-%m-%d"], allow_null=True, required=False)
    contact_preferences = Preferences(required=False)
    flags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=10, required=False)
    guardian = Guardian(required=False)


class NewPatient(PatientInput):
    although_alike = serializers.BooleanField(
        required=False, help_text="The candidates of `possible_duplicate` were checked; this is a different patient."
    )


class MergeInput(Input):
    into = serializers.UUIDField(help_text="The record that is kept.")


class RowOutput(serializers.Serializer):
    line = serializers.IntegerField()
    status = serializers.ChoiceField(["bad", "known"])
    errors = serializers.DictField(  # type: ignore[assignment]  # a column of the report, not `Serializer.errors`
        child=serializers.ListField(child=serializers.CharField())
    )
    patient_id = serializers.UUIDField(allow_null=True)


class ReportOutput(serializers.Serializer):
    """The outcome of an import. With `dry_run`, `created` is the number of patients that would be added."""

    dry_run = serializers.BooleanField()
    created = serializers.IntegerField()
    known = serializers.IntegerField()
    bad = serializers.IntegerField()
    rows = RowOutput(many=True)


class ImportQuery(serializers.Serializer):
    dry_run = serializers.BooleanField(required=False, default=False)
