"""Serializers of summaries: the content for the patient's doctors, the state for the front desk."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aiassist.models import IntakeSummary
from aiassist.rules.summary_rewrite import is_flagged
from clinicflow.api.serializers import Input

LIST_STATES = ("listed", "none_reported", "no_change", "not_stated", "unclear")


class SummaryState(serializers.Serializer):
    """The state and times of a summary, without its content."""

    id = serializers.UUIDField()
    appointment_id = serializers.UUIDField()
    intake_form_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    status = serializers.ChoiceField(IntakeSummary.Status.choices)
    version = serializers.IntegerField()
    generated_at = serializers.DateTimeField(allow_null=True)
    edited_at = serializers.DateTimeField(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class MedicationItem(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    dose = serializers.CharField(max_length=200, allow_null=True, default=None)
    frequency = serializers.CharField(max_length=200, allow_null=True, default=None)
    status = serializers.ChoiceField(["current", "past", "unclear"], default="current")


class AllergyItem(serializers.Serializer):
    substance = serializers.CharField(max_length=200)
    reaction = serializers.CharField(max_length=300, allow_null=True, default=None)


class SummaryOutput(SummaryState):
    """The newest version. The arrays have the verified items and those that a doctor accepted or typed; `items` has
    every item with its evidence, reasons and verdict."""

    engine = serializers.ChoiceField(IntakeSummary.Engine.choices)
    form_revision = serializers.IntegerField()
    summary_text = serializers.CharField()
    patient_concerns = serializers.ListField(child=serializers.CharField())
    medications = MedicationItem(many=True)
    allergies = AllergyItem(many=True)
    key_notes = serializers.ListField(child=serializers.CharField())
    items = serializers.SerializerMethodField()
    medications_state = serializers.SerializerMethodField()
    allergies_state = serializers.SerializerMethodField()
    withheld = serializers.SerializerMethodField(help_text="How many items are not in the plain arrays.")
    unread = serializers.SerializerMethodField(help_text="Words of direct answers that no item accounts for.")
    needs_attention = serializers.BooleanField()
    failure = serializers.CharField()
    model_version = serializers.CharField()
    edited_by_id = serializers.UUIDField(allow_null=True)
    reviewed_by_id = serializers.UUIDField(allow_null=True)

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_items(self, summary: IntakeSummary) -> dict[str, Any]:
        return summary.items

    @extend_schema_field(serializers.ChoiceField(LIST_STATES))
    def get_medications_state(self, summary: IntakeSummary) -> str:
        return _list_state(summary, "medications")

    @extend_schema_field(serializers.ChoiceField(LIST_STATES))
    def get_allergies_state(self, summary: IntakeSummary) -> str:
        return _list_state(summary, "allergies")

    def get_withheld(self, summary: IntakeSummary) -> int:
        return sum(is_flagged(entry) for entry in summary.items.get("items", []))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_unread(self, summary: IntakeSummary) -> list[str]:
        return [entry["text"] for entry in summary.items.get("unread", [])]


def _list_state(summary: IntakeSummary, section: str) -> str:
    """The state of a list after verification; `not_stated` before there is one."""
    return str((summary.items.get(f"{section}_state") or {}).get("value", "not_stated"))


EDITABLE = {"summary_text", "patient_concerns", "medications", "allergies", "key_notes"}


class SummaryInput(Input):
    """The doctor's edit, which replaces the arrays; `summary_text` has one sentence per line."""

    echoed = tuple(sorted(set(SummaryOutput._declared_fields) - EDITABLE))
    summary_text = serializers.CharField(allow_blank=True, max_length=20_000)
    patient_concerns = serializers.ListField(child=serializers.CharField(max_length=1000), max_length=40)
    medications = serializers.ListField(child=MedicationItem(), max_length=60)
    allergies = serializers.ListField(child=AllergyItem(), max_length=60)
    key_notes = serializers.ListField(child=serializers.CharField(max_length=1000), max_length=40)
