"""`/api/time-off` and `/api/closures`: times in which no visit can be booked."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView, ClinicViewSet, ListMixin, RetrieveMixin, UpdateMixin
from clinicflow.api.serializers import Input
from clinicflow.core import clock
from scheduling.api.appointments import WriterMixin
from scheduling.api.fields import DayField, MomentField, instant_of
from scheduling.api.serializers import CancelInput
from scheduling.models import Closure, TimeOff
from scheduling.operations import bulk, time_off
from scheduling.querysets import ClosedTimeQuerySet


@extend_schema_field(OpenApiTypes.STR)
class EdgeField(serializers.Field):
    """A local date (the whole day), a wall-clock `YYYY-MM-DDTHH:MM`, or an instant with its offset."""

    def __init__(self, *, last: bool = False, **kwargs: Any) -> None:
        self.last = last
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> dt.datetime:
        if not isinstance(data, str):
            raise serializers.ValidationError("Enter a date, or a date and a time.")
        actor = self.context["actor"]
        if len(data) == 10:
            return clock.day_bounds(DayField().to_internal_value(data), actor.timezone)[1 if self.last else 0]
        try:
            naive = dt.datetime.fromisoformat(data)
        except ValueError:
            raise serializers.ValidationError("Enter a date, or a date and a time.") from None
        if naive.tzinfo is not None:
            moment: dt.datetime = MomentField().to_internal_value(data)
            return moment
        DayField().to_internal_value(data[:10])
        try:
            return instant_of(actor, naive.date(), naive.time(), field="time")
        except serializers.ValidationError as error:
            detail: Any = error.detail
            raise serializers.ValidationError(detail["time"]) from None

    def to_representation(self, value: dt.datetime) -> dt.datetime:
        return clock.local(value, self.context["actor"].timezone)


class Ranged(serializers.Serializer):
    """The fields `from` and `to`, which are declared here because `from` is a Python keyword."""

    def get_fields(self) -> dict[str, Any]:
        edges = {
            "from": EdgeField(source="starts_at"),
            "to": EdgeField(source="ends_at", last=True, help_text="A date includes its whole day."),
        }
        return {**super().get_fields(), **edges}


class TimeOffOutput(Ranged):
    id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TimeOffInput(Ranged, Input):
    echoed = ("id", "created_at", "updated_at")
    doctor_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=120, allow_blank=True, required=False)


class ClosureOutput(Ranged):
    id = serializers.UUIDField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class Closures(serializers.Serializer):
    results = ClosureOutput(many=True)


class ClosureInput(Ranged, Input):
    reason = serializers.CharField(max_length=120)


class HolidayQuery(serializers.Serializer):
    year = serializers.IntegerField(min_value=1970, max_value=2199)


class HolidayOutput(serializers.Serializer):
    day = serializers.DateField()
    name = serializers.CharField()


class Holidays(serializers.Serializer):
    results = HolidayOutput(many=True)


class HolidaysInput(Input):
    year = serializers.IntegerField(min_value=1970, max_value=2199)
    days = serializers.ListField(child=DayField(), min_length=1, max_length=100)


class VisitHit(serializers.Serializer):
    appointment_id = serializers.UUIDField(source="pk")
    patient_id = serializers.UUIDField()
    starts_at = serializers.SerializerMethodField()
    status = serializers.CharField()

    def get_starts_at(self, visit: Any) -> dt.datetime:
        return clock.local(visit.starts_at, self.context["actor"].timezone)


class VisitHits(serializers.Serializer):
    results = VisitHit(many=True)


class OutcomeOutput(serializers.Serializer):
    """The outcome for one visit: `moved_to`, or the `code` and `detail` of why it is unchanged."""

    appointment_id = serializers.UUIDField()
    moved_to = serializers.SerializerMethodField()
    code = serializers.SerializerMethodField()
    detail = serializers.SerializerMethodField()

    def get_moved_to(self, outcome: bulk.BulkResult) -> UUID | None:
        return outcome.new.pk if outcome.new else None

    def get_code(self, outcome: bulk.BulkResult) -> str:
        return outcome.problem.code if outcome.problem else ""

    def get_detail(self, outcome: bulk.BulkResult) -> str:
        return outcome.problem.detail if outcome.problem else ""


class Outcomes(serializers.Serializer):
    results = OutcomeOutput(many=True)


class MoveInput(Input):
    doctor_id = serializers.UUIDField(
        required=False, help_text="The doctor who takes them; if absent, they move to later times."
    )


class AffectedVisitsMixin(WriterMixin):
    """The visits in a closed time and the actions on all of them."""

    def _outcomes(self: Any, results: Sequence[bulk.BulkResult]) -> Response:
        return Response({"results": OutcomeOutput(results, many=True).data})

    @extend_schema(summary="The open visits in that time", responses=VisitHits)
    @action(detail=True, methods=["get"])
    def visits(self: Any, request: Request, pk: UUID) -> Response:
        affected = list(time_off.visits_hit(self.actor, self.get_object()))
        self.shows("appointments", [visit.patient_id for visit in affected])
        return Response({"results": VisitHit(affected, many=True, context={"actor": self.actor}).data})

    @extend_schema(summary="Cancel all of them", request=CancelInput, responses=Outcomes)
    @action(detail=True, methods=["post"], url_path="cancel-visits")
    def cancel_visits(self: Any, request: Request, pk: UUID) -> Response:
        affected = [visit.pk for visit in time_off.visits_hit(self.actor, self.get_object())]
        return self._outcomes(bulk.cancel_visits(self.actor, affected, **self.read(CancelInput), at=self.now))

    @extend_schema(summary="Move all of them", request=MoveInput, responses=Outcomes)
    @action(detail=True, methods=["post"], url_path="move-visits")
    def move_visits(self: Any, request: Request, pk: UUID) -> Response:
        affected = [visit.pk for visit in time_off.visits_hit(self.actor, self.get_object())]
        return self._outcomes(bulk.move_visits(self.actor, affected, **self.read(MoveInput), at=self.now))


@extend_schema_view(list=extend_schema(summary="Doctors' time off"), retrieve=extend_schema(summary="One time off"))
class TimeOffViewSet(AffectedVisitsMixin, ListMixin, RetrieveMixin, UpdateMixin, ClinicViewSet):
    roles = {
        "list": ("admin", "doctor", "owner"),
        "retrieve": ("admin", "doctor", "owner"),
        "cancel_visits": ("admin",),
        "move_visits": ("admin",),
        "*": ("admin", "doctor"),
    }
    output_class = TimeOffOutput
    input_class = TimeOffInput
    resource_type: ClassVar[str] = "time_off"
    ordering = ("starts_at", "pk")
    ordering_fields = ("starts_at", "ends_at")

    def get_queryset(self) -> ClosedTimeQuerySet[TimeOff]:
        return TimeOff.objects.visible_to(self.actor)

    @extend_schema(summary="Add a doctor's time off", request=TimeOffInput, responses={201: TimeOffOutput})
    def create(self, request: Request) -> Response:
        return self.answer(time_off.create(self.actor, **self.read()), status=201)

    def change(self, obj: TimeOff, fields: dict[str, Any]) -> TimeOff:
        if fields.pop("doctor_id", obj.doctor_id) != obj.doctor_id:
            raise serializers.ValidationError({"doctor_id": ["The doctor of a time off cannot be changed."]})
        return time_off.update(self.actor, obj.pk, **fields)

    @extend_schema(summary="Remove a time off", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        time_off.remove(self.actor, pk)
        return Response(status=204)


@extend_schema_view(list=extend_schema(summary="Closures of the clinic"), retrieve=extend_schema(summary="One closure"))
class ClosureViewSet(AffectedVisitsMixin, ListMixin, RetrieveMixin, ClinicViewSet):
    roles = {"list": ("admin", "doctor", "owner"), "retrieve": ("admin", "doctor", "owner"), "*": ("admin",)}
    output_class = ClosureOutput
    resource_type: ClassVar[str] = "closures"
    ordering = ("starts_at", "pk")
    ordering_fields = ("starts_at", "ends_at")

    def get_queryset(self) -> ClosedTimeQuerySet[Closure]:
        return Closure.objects.visible_to(self.actor)

    @extend_schema(summary="Close the clinic", request=ClosureInput, responses={201: ClosureOutput})
    def create(self, request: Request) -> Response:
        return self.answer(time_off.create_closure(self.actor, **self.read(ClosureInput)), status=201)

    @extend_schema(summary="Remove a closure", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        time_off.remove_closure(self.actor, pk)
        return Response(status=204)


class HolidaysView(ClinicView):
    """Public holidays of the clinic's country and region. The clinic closes only on those that are chosen."""

    roles = ("admin",)
    query_class = HolidayQuery

    def known_names(self) -> set[str]:
        return super().known_names() if self.request.method == "GET" else set()

    @extend_schema(
        summary="Public holidays without a closure",
        parameters=[HolidayQuery],
        responses=Holidays,
    )
    def get(self, request: Request) -> Response:
        offered = time_off.public_holidays_to_offer(self.actor, self.query()["year"])
        return Response({"results": HolidayOutput(offered, many=True).data})

    @extend_schema(summary="Close on the chosen holidays", request=HolidaysInput, responses={201: Closures})
    def post(self, request: Request) -> Response:
        closed = time_off.create_holiday_closures(self.actor, **self.read(HolidaysInput))
        return Response({"results": ClosureOutput(closed, many=True, context={"actor": self.actor}).data}, status=201)
