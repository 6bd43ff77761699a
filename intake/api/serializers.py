"""Serializers of forms and questionnaires. Answers are validated by `intake.rules.answer_validation`."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinicflow.api.serializers import Input
from intake.models import IntakeForm, Questionnaire
from intake.operations.forms import answers_for
from intake.rules.questionnaire_schema import LANGUAGES

ANSWERS = 'Question id → answer: text, a number, a list, or an object such as `{"none": true}` or `{"rows": […]}`.'


@extend_schema_field({"type": "object", "additionalProperties": True})
class AnswersField(serializers.Field):
    """Answers by question id, validated against the questionnaire by the operation."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError("Enter an object of question ids and answers.")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class FormOutput(serializers.Serializer):
    """An intake form. The front desk gets the administrative answers, the patient's doctors all of them."""

    id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    patient_name = serializers.CharField(source="patient.full_name")
    appointment_id = serializers.UUIDField()
    questionnaire_id = serializers.UUIDField()
    questionnaire_version = serializers.IntegerField(source="questionnaire.version")
    language = serializers.ChoiceField(LANGUAGES)
    status = serializers.ChoiceField(IntakeForm.Status.choices)
    intake_status = serializers.CharField(source="appointment.intake_status")
    raw_answers = serializers.SerializerMethodField(help_text=ANSWERS)
    revision = serializers.IntegerField()
    is_being_changed = serializers.BooleanField()
    opened_at = serializers.DateTimeField(allow_null=True)
    saved_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    reviewed_by_id = serializers.UUIDField(allow_null=True)
    entered_by_id = serializers.UUIDField(allow_null=True)
    completed_reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_raw_answers(self, form: IntakeForm) -> dict[str, Any]:
        return answers_for(self.context["actor"], form)


class FormChange(Input):
    """Answers from paper. `status: submitted` submits the form; by default its state does not change."""

    echoed = tuple(set(FormOutput._declared_fields) - {"raw_answers", "status", "language"})

    raw_answers = AnswersField(help_text=ANSWERS)
    status = serializers.ChoiceField([IntakeForm.Status.PENDING, IntakeForm.Status.SUBMITTED], required=False)
    language = serializers.ChoiceField(LANGUAGES, required=False)


class FormInput(Input):
    """A form for an appointment. With answers it is submitted, unless `status` is `pending`."""

    appointment_id = serializers.UUIDField()
    patient_id = serializers.UUIDField(required=False, help_text="Must be the appointment's patient.")
    questionnaire_id = serializers.UUIDField(required=False, allow_null=True)
    language = serializers.ChoiceField(LANGUAGES, required=False)
    raw_answers = AnswersField(required=False, help_text=ANSWERS)
    status = serializers.ChoiceField([IntakeForm.Status.PENDING, IntakeForm.Status.SUBMITTED], required=False)


@extend_schema_field({"type": "array", "items": {"type": "object"}})
class SectionsField(serializers.JSONField):
    """Sections in the format of docs/questionnaire.schema.json."""


class QuestionnaireOutput(serializers.Serializer):
    id = serializers.UUIDField()
    family = serializers.UUIDField(help_text="The same for every version.")
    version = serializers.IntegerField()
    name = serializers.CharField()
    audience = serializers.ChoiceField(Questionnaire.Audience.choices)
    languages = serializers.ListField(child=serializers.ChoiceField(LANGUAGES))
    sections = SectionsField()
    published_at = serializers.DateTimeField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class QuestionnaireInput(Input):
    """A questionnaire file. Errors are reported by their path. Creates a draft, unless `publish`."""

    echoed = ("id", "family", "version", "published_at", "retired_at", "created_at", "updated_at")

    format = serializers.CharField(required=False)
    name = serializers.CharField()
    audience = serializers.ChoiceField(Questionnaire.Audience.choices, required=False)
    languages = serializers.ListField(child=serializers.ChoiceField(LANGUAGES), required=False)
    sections = SectionsField()
    publish = serializers.BooleanField(required=False, default=False)
