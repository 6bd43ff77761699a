"""`/api/danger-alerts`: words of patients that say they may be in danger, and closing an alert."""

from typing import ClassVar
from uuid import UUID

import django_filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiassist.api.interactions import ResolveInput
from aiassist.engine.danger import DangerKind
from aiassist.models import DangerAlert
from aiassist.operations import dangers
from aiassist.querysets import DangerAlertQuerySet
from aiassist.selectors.dangers import kind_label, readable_quote
from clinicflow.api.base import ClinicViewSet, ListMixin, RetrieveMixin
from clinicflow.api.filters import BooleanFilter
from clinicflow.core import clock
from scheduling.api.filters import OnDays

EXAMPLE = OpenApiExample(
    "An open alert, as the front desk reads it",
    response_only=True,
    value={
        "id": "019ab5c2-52f0-7d22-8a0c-6f2b7c1d9e10",
        "appointment_id": "019ab5c2-4f00-7b02-8a51-2ad1c2f7d401",
        "patient_id": "019ab5c2-4d10-7e6e-b7f0-0d7a5d1f4f0b",
        "patient_name": "Hannah Lindqvist",
        "doctor_id": "019ab5c2-4c88-7a1d-9a37-6a9d9f2b3f52",
        "doctor_name": "Dr. Amara Okafor",
        "kind": "chest",
        "kind_label": "Chest pain",
        "quote": "",
        "intake_form_id": "019ab5c2-4fa0-7f31-9b61-0c1f7b9e2d55",
        "interaction_id": None,
        "question_id": "reason",
        "found_at": "2026-11-24T09:03:00-05:00",
        "withdrawn_at": None,
        "is_open": True,
        "resolved_at": None,
        "resolved_by_id": None,
        "resolution_note": "",
        "created_at": "2026-11-24T09:03:00-05:00",
        "updated_at": "2026-11-24T09:03:00-05:00",
    },
)


class DangerAlertOutput(serializers.Serializer):
    """One alert. It comes from an answer (`intake_form_id`, `question_id`) or from a message (`interaction_id`)."""

    id = serializers.UUIDField()
    appointment_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    patient_name = serializers.CharField(source="patient.full_name")
    doctor_id = serializers.UUIDField(source="appointment.doctor_id")
    doctor_name = serializers.CharField(source="appointment.doctor.name")
    kind = serializers.ChoiceField([str(kind) for kind in DangerKind])
    kind_label = serializers.SerializerMethodField(help_text="The kind as pages show it.")
    quote = serializers.SerializerMethodField(
        help_text="The patient's words. Empty for the front desk where they came in an answer."
    )
    intake_form_id = serializers.UUIDField(source="form_id", allow_null=True)
    interaction_id = serializers.UUIDField(allow_null=True)
    question_id = serializers.CharField()
    found_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(
        allow_null=True, help_text="When the patient removed the words from the answer. The alert stays open."
    )
    is_open = serializers.SerializerMethodField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by_id = serializers.UUIDField(allow_null=True)
    resolution_note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_kind_label(self, alert: DangerAlert) -> str:
        return str(kind_label(alert))

    def get_quote(self, alert: DangerAlert) -> str:
        return readable_quote(self.context["actor"], alert)

    def get_is_open(self, alert: DangerAlert) -> bool:
        return alert.resolved_at is None


class DangerAlertFilters(OnDays):
    """Dates filter by when the words were found."""

    instant = "found_at"

    appointment = django_filters.UUIDFilter(field_name="appointment_id")
    patient = django_filters.UUIDFilter(field_name="patient_id")
    doctor = django_filters.UUIDFilter(field_name="appointment__doctor_id")
    kind = django_filters.MultipleChoiceFilter(choices=[(str(kind), str(kind)) for kind in DangerKind])
    open = BooleanFilter(
        field_name="resolved_at",
        lookup_expr="isnull",
        label="Only alerts that are open, or only closed ones.",
    )

    class Meta:
        model = DangerAlert
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Alerts of danger, the newest first", examples=[EXAMPLE]),
    retrieve=extend_schema(summary="One alert of danger", examples=[EXAMPLE]),
)
class DangerAlertViewSet(ListMixin, RetrieveMixin, ClinicViewSet):
    """All alerts of the clinic for the front desk, and for doctors those about their own visits."""

    roles = {"*": ("admin", "doctor")}
    output_class = DangerAlertOutput
    filterset_class = DangerAlertFilters
    resource_type: ClassVar[str] = "danger_alerts"
    ordering = ("-found_at", "-pk")
    ordering_fields = ("created_at", "updated_at", "found_at", "kind")

    def get_queryset(self) -> DangerAlertQuerySet[DangerAlert]:
        return DangerAlert.objects.visible_to(self.actor).select_related("patient", "appointment__doctor")

    @extend_schema(
        summary="Close an alert of danger",
        request=ResolveInput,
        responses={200: DangerAlertOutput},
        examples=[OpenApiExample("A note", value={"note": "Called, an ambulance is there."}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: UUID) -> Response:
        dangers.resolve(self.actor, pk, at=clock.now(), **self.read(ResolveInput))
        return self.answer(self.get_queryset().fetch(pk))
