"""`/api/follow-ups`: visits that should take place by a date."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicViewSet, ListMixin, RetrieveMixin, UpdateMixin
from scheduling.api.filters import FollowUpFilters
from scheduling.api.serializers import FollowUpChange, FollowUpInput, FollowUpOutput
from scheduling.models import FollowUp
from scheduling.operations import follow_ups
from scheduling.querysets import FollowUpQuerySet


@extend_schema_view(list=extend_schema(summary="Follow-ups"), retrieve=extend_schema(summary="One follow-up"))
class FollowUpViewSet(ListMixin, RetrieveMixin, UpdateMixin, ClinicViewSet):
    roles = ("admin", "doctor")
    output_class = FollowUpOutput
    input_class = FollowUpChange
    filterset_class = FollowUpFilters
    resource_type: ClassVar[str] = "follow_ups"
    ordering = ("scheduled_date", "pk")
    ordering_fields = ("scheduled_date", "created_at")

    def get_queryset(self) -> FollowUpQuerySet[FollowUp]:
        return FollowUp.objects.visible_to(self.actor).select_related("patient", "doctor")

    @extend_schema(summary="Create a follow-up", request=FollowUpInput, responses={201: FollowUpOutput})
    def create(self, request: Request) -> Response:
        follow_up = follow_ups.create(self.actor, **self.read(FollowUpInput))
        return self.answer(self.get_queryset().fetch(follow_up.pk), status=201)

    def change(self, obj: FollowUp, fields: dict[str, Any]) -> FollowUp:
        status = fields.pop("status", obj.status)
        if fields and obj.status not in {FollowUp.Status.COMPLETED, FollowUp.Status.CANCELLED}:
            follow_ups.update(self.actor, obj.pk, **fields)
        if status != obj.status:
            self._close(obj, status)
        updated: FollowUp = self.get_queryset().fetch(obj.pk)
        return updated

    def _close(self, obj: FollowUp, status: str) -> None:
        operations = {"cancelled": follow_ups.cancel, "completed": follow_ups.complete}
        if status not in operations:
            raise ValidationError({"status": ["Book an appointment for it, or cancel it."]})
        operations[status](self.actor, obj.pk)

    @extend_schema(summary="Cancel a follow-up", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        follow_ups.cancel(self.actor, pk)
        return Response(status=204)
