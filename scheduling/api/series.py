"""`/api/appointments/series`: a course of visits in one go, and the rest of one."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView
from clinicflow.api.serializers import Input
from scheduling.api.appointments import WritesVisits
from scheduling.api.closures import OutcomeOutput, Outcomes
from scheduling.api.fields import MomentField
from scheduling.api.serializers import (
    MINUTES,
    REASON,
    AppointmentOutput,
    CancelInput,
    SlotOutput,
    WhenInput,
)
from scheduling.models import Appointment
from scheduling.operations import series


class SeriesPlan(WhenInput):
    """The first visit and an RFC 5545 rule of what repeats: `FREQ=WEEKLY;INTERVAL=2;COUNT=8`."""

    doctor_id = serializers.UUIDField()
    rule = serializers.CharField(max_length=200, help_text="With COUNT, or UNTIL=YYYYMMDD: the last local day.")
    patient_id = serializers.UUIDField(required=False, help_text="Whose other visits are warned of.")
    visit_type = serializers.ChoiceField(Appointment.VisitType.choices, default=Appointment.VisitType.IN_CLINIC)


class PlannedOutput(serializers.Serializer):
    starts_at = serializers.DateTimeField()
    code = serializers.CharField(help_text="Why the date cannot be had; empty if it can.")
    detail = serializers.CharField()
    nearest = SlotOutput(allow_null=True)
    patient_overlap = serializers.BooleanField(help_text="The patient has another visit then.")


class PlannedDates(serializers.Serializer):
    results = PlannedOutput(many=True)


class Visits(serializers.Serializer):
    results = AppointmentOutput(many=True)


class SeriesInput(Input):
    """The dates as they were agreed, after the plan was looked at."""

    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    starts = serializers.ListField(child=MomentField(), min_length=2, max_length=series.MOST_VISITS)
    rule = serializers.CharField(max_length=200, required=False, allow_blank=True)
    duration = serializers.IntegerField(required=False, **MINUTES)
    visit_type = serializers.ChoiceField(Appointment.VisitType.choices, required=False)
    visit_category = serializers.ChoiceField(Appointment.VisitCategory.choices, required=False)
    reason = serializers.CharField(**REASON)


class FollowingReschedule(WhenInput):
    """Where this visit goes; the later ones go as far. Their lengths stay."""

    doctor_id = serializers.UUIDField(required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return {name: each for name, each in super().get_fields().items() if name not in {"duration", "end_time"}}


class SeriesPlanView(WritesVisits, ClinicView):
    roles = ("admin",)

    @extend_schema(
        summary="The dates of a series, with what is in the way of each",
        request=SeriesPlan,
        responses=PlannedDates,
    )
    def post(self, request: Request) -> Response:
        asked = self.read(SeriesPlan)
        starts = series.dates_of(self.actor, rule=asked.pop("rule"), first=asked.pop("starts_at"))
        planned = series.plan(self.actor, starts=starts, **asked, at=self.now)
        return Response({"results": [date.as_json() for date in planned]})


class SeriesView(WritesVisits, ClinicView):
    roles = ("admin",)

    @extend_schema(summary="Book a series, all or nothing", request=SeriesInput, responses={201: Visits})
    def post(self, request: Request) -> Response:
        visits = series.book(self.actor, **self.read(SeriesInput), at=self.now)
        return Response({"results": written(self, visits)}, status=201)


class CancelFollowingView(WritesVisits, ClinicView):
    roles = ("admin",)

    @extend_schema(
        summary="Cancel this visit and the later ones of its series",
        request=CancelInput,
        responses=Outcomes,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        outcomes = series.cancel_following(self.actor, pk, **self.read(CancelInput), at=self.now)
        return Response({"results": OutcomeOutput(outcomes, many=True).data})


class RescheduleFollowingView(WritesVisits, ClinicView):
    roles = ("admin",)

    @extend_schema(
        summary="Move this visit, and the later ones of its series alike",
        request=FollowingReschedule,
        responses=Visits,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        moved = series.move_following(self.actor, pk, **self.read(FollowingReschedule), at=self.now)
        return Response({"results": written(self, moved)})


def written(view: Any, visits: list[Appointment]) -> list[dict[str, Any]]:
    """The visits as they are now, with the names of their people, noted for the audit."""
    rows = Appointment.objects.visible_to(view.actor).filter(pk__in=[visit.pk for visit in visits]).for_cards()
    shown = list(rows)
    view.shows("appointments", [visit.patient_id for visit in shown])
    return [view.writer.write(visit) for visit in shown]
