"""`/api/ai/interactions`: conversations about visits, those that need a reply, replying and resolving."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiassist.models import Interaction
from aiassist.operations import interactions
from aiassist.querysets import InteractionQuerySet
from clinicflow.api.base import ClinicViewSet, ListMixin, RetrieveMixin
from clinicflow.api.filters import BooleanFilter
from clinicflow.api.serializers import Input
from clinicflow.core import clock
from scheduling.api.filters import OnDays

CONTENT_SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["kind", "at"],
        "additionalProperties": True,
        "properties": {
            "kind": {"enum": ["message", "call", "note"]},
            "at": {"type": "string", "format": "date-time"},
            "direction": {"enum": ["outbound", "inbound"]},
            "text": {"type": "string"},
            "by": {"type": "string", "description": "The staff member who wrote it."},
            "understood": {"type": "string", "description": "How the patient's message was classified."},
            "did": {"type": "string", "description": "How ClinicFlow responded to it."},
            "duration": {"type": "integer", "description": "Seconds of a call."},
            "outcome": {"type": "string", "description": "How a call ended."},
            "transcript": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"speaker": {"enum": ["clinic", "patient"]}, "text": {"type": "string"}},
                },
            },
            "what": {"type": "string", "description": "Kind of a note: escalated, resolved, silent, untold."},
        },
    },
}
EXAMPLE = OpenApiExample(
    "A text that waits for a person",
    response_only=True,
    value={
        "id": "019ab5c2-51a4-7c10-9d0e-3f6f2f0c9a11",
        "appointment_id": "019ab5c2-4f00-7b02-8a51-2ad1c2f7d401",
        "patient_id": "019ab5c2-4d10-7e6e-b7f0-0d7a5d1f4f0b",
        "patient_name": "Hannah Lindqvist",
        "doctor_id": "019ab5c2-4c88-7a1d-9a37-6a9d9f2b3f52",
        "doctor_name": "Dr. Amara Okafor",
        "channel": "sms",
        "direction": "outbound",
        "status": "escalated",
        "content": [
            {"kind": "message", "direction": "outbound", "at": "2026-11-24T14:00:00Z", "text": "Riverside Clinic: …"},
            {
                "kind": "message",
                "direction": "inbound",
                "at": "2026-11-24T14:03:00Z",
                "text": "do I need to fast?",
                "understood": "question",
                "did": "passed-on",
            },
        ],
        "duration": "",
        "needs_attention": True,
        "attention_reason": "complex-question",
        "needs_response": True,
        "last_message_at": "2026-11-24T09:03:00-05:00",
        "resolved_at": None,
        "resolved_by_id": None,
        "resolution_note": "",
        "created_at": "2026-11-24T09:00:00-05:00",
        "updated_at": "2026-11-24T09:03:00-05:00",
    },
)


class InteractionOutput(serializers.Serializer):
    """One conversation about one visit over one channel."""

    id = serializers.UUIDField()
    appointment_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    patient_name = serializers.CharField(source="patient.full_name")
    doctor_id = serializers.UUIDField()
    doctor_name = serializers.CharField(source="doctor.name")
    channel = serializers.ChoiceField(Interaction.Channel.choices)
    direction = serializers.ChoiceField(Interaction.Direction.choices)
    status = serializers.ChoiceField(Interaction.Status.choices)
    content = serializers.SerializerMethodField()
    duration = serializers.CharField(help_text="Of the last call, as `1m 23s`; empty for messages.")
    needs_attention = serializers.BooleanField()
    attention_reason = serializers.CharField(
        help_text="`complex-question`, `requested-human`, `paused-interaction`, `ambiguous-reply`, or empty. It stays "
        "when the conversation is resolved."
    )
    needs_response = serializers.BooleanField()
    last_message_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by_id = serializers.UUIDField(allow_null=True)
    resolution_note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(CONTENT_SCHEMA)
    def get_content(self, conversation: Interaction) -> list[dict[str, Any]]:
        return conversation.content


class ResolveInput(Input):
    note = serializers.CharField(max_length=interactions.NOTE_LENGTH, help_text="What was done.")


class ReplyInput(Input):
    body = serializers.CharField(max_length=interactions.REPLY_LENGTH, help_text="The text sent to the patient.")


class InteractionFilters(OnDays):
    """Dates filter by the last message."""

    instant = "last_message_at"

    appointment = django_filters.UUIDFilter(field_name="appointment_id")
    patient = django_filters.UUIDFilter(field_name="patient_id")
    doctor = django_filters.UUIDFilter(field_name="doctor_id")
    channel = django_filters.MultipleChoiceFilter(choices=Interaction.Channel.choices)
    direction = django_filters.ChoiceFilter(choices=Interaction.Direction.choices)
    status = django_filters.MultipleChoiceFilter(choices=Interaction.Status.choices)
    attention_reason = django_filters.MultipleChoiceFilter(choices=Interaction.Attention.choices)
    needs_attention = BooleanFilter()
    needs_response = BooleanFilter()

    class Meta:
        model = Interaction
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Conversations", examples=[EXAMPLE]),
    retrieve=extend_schema(summary="One conversation", examples=[EXAMPLE]),
)
class InteractionViewSet(ListMixin, RetrieveMixin, ClinicViewSet):
    """All conversations of the clinic for the front desk, those about their own visits for a doctor."""

    roles = {"resolve": ("admin",), "reply": ("admin",), "*": ("admin", "doctor")}
    output_class = InteractionOutput
    filterset_class = InteractionFilters
    resource_type: ClassVar[str] = "ai_interactions"
    ordering = ("-last_message_at", "-pk")
    ordering_fields = ("created_at", "updated_at", "last_message_at", "status", "channel")

    def get_queryset(self) -> InteractionQuerySet[Interaction]:
        return Interaction.objects.visible_to(self.actor).select_related("patient", "doctor")

    def known_names(self) -> set[str]:
        names = super().known_names()
        if self.action == "needs_attention":
            names |= {"page", "page_size", "ordering", *InteractionFilters.base_filters}
        return names

    @extend_schema(
        summary="Conversations that need a reply, longest waiting first",
        responses=InteractionOutput(many=True),
        examples=[EXAMPLE],
    )
    @action(detail=False, url_path="needs-attention")
    def needs_attention(self, request: Request) -> Response:
        return self.answer_page(self.get_queryset().needing_a_reply().order_by("last_message_at", "pk"))

    @extend_schema(
        summary="Resolve a conversation",
        request=ResolveInput,
        responses={200: InteractionOutput},
        examples=[OpenApiExample("A note", value={"note": "Called back, all settled."}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: UUID) -> Response:
        interactions.resolve(self.actor, pk, at=clock.now(), **self.read(ResolveInput))
        return self.answer(self.get_queryset().fetch(pk))

    @extend_schema(
        summary="Reply to the patient",
        request=ReplyInput,
        responses={200: InteractionOutput},
        examples=[OpenApiExample("An answer", value={"body": "Yes, you may eat before."}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: UUID) -> Response:
        interactions.reply(self.actor, pk, at=clock.now(), **self.read(ReplyInput))
        return self.answer(self.get_queryset().fetch(pk))
