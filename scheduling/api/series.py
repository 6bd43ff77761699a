"""`/api/appointments/series`: plan, book, cancel and move recurring visits."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView
from clinicflow.api.serializers import Input
from scheduling.api.appointments import WriterMixin
from scheduling.api.closures import OutcomeOutput, Outcomes
from scheduling.api.fields import MomentField, VisitLengthField
from scheduling.api.serializers import (
    REASON,
    AppointmentOutput,
    CancelInput,
    SlotOutput,
    WhenInput,
)
from scheduling.models import Appointment
from scheduling.operations import series


class SeriesPlan(WhenInput):
    """The first visit and an RFC 5545 rule for the others: `FREQ=WEEKLY;INTERVAL=2;COUNT=8`."""

    doctor_id = serializers.UUIDField()
    rule = serializers.CharField(max_length=200, help_text="With COUNT, or UNTIL=YYYYMMDD: the last local day.")
    patient_id = serializers.UUIDField(required=False, help_text="To warn of the patient's other visits.")
    visit_type = serializers.ChoiceField(Appointment.VisitType.choices, default=Appointment.VisitType.IN_CLINIC)


class PlannedOutput(serializers.Serializer):
    starts_at = serializers.DateTimeField()
    code = serializers.CharField(help_text="Why the date is not available; empty if it is.")
    detail = serializers.CharField()
    nearest = SlotOutput(allow_null=True)
    patient_overlap = serializers.BooleanField(help_text="The patient has another visit at that time.")


class PlannedDates(serializers.Serializer):
    results = PlannedOutput(many=True)


class Visits(serializers.Serializer):
    results = AppointmentOutput(many=True)


class SeriesInput(Input):
    """The chosen dates of a planned series."""

    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    starts = serializers.ListField(child=MomentField(), min_length=2, max_length=series.MOST_VISITS)
    rule = serializers.CharField(max_length=200, required=False, allow_blank=True)
    duration = VisitLengthField(required=False)
    visit_type = serializers.ChoiceField(Appointment.VisitType.choices, required=False)
    visit_category = serializers.ChoiceField(Appointment.VisitCategory.choices, required=False)
    reason = serializers.CharField(**REASON)


class FollowingReschedule(WhenInput):
    """The new time of this visit; the later ones move by the same difference. Lengths are unchanged."""

    doctor_id = serializers.UUIDField(required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return {name: each for name, each in super().get_fields().items() if name not in {"duration", "end_time"}}


class SeriesPlanView(WriterMixin, ClinicView):
    roles = ("admin",)

    @extend_schema(
        summary="The dates of a series, with the conflict of each",
        request=SeriesPlan,
        responses=PlannedDates,
    )
    def post(self, request: Request) -> Response:
        fields = self.read(SeriesPlan)
        starts = series.dates_of(self.actor, rule=fields["rule"], first=fields.pop("starts_at"))
        planned = series.plan(self.actor, series.SeriesRequest(starts=starts, **fields), at=self.now)
        return Response({"results": [date.as_json() for date in planned]})


class SeriesView(WriterMixin, ClinicView):
    roles = ("admin",)

    @extend_schema(summary="Book a series, all dates or none", request=SeriesInput, responses={201: Visits})
    def post(self, request: Request) -> Response:
        visits = series.book(self.actor, series.SeriesRequest(**self.read(SeriesInput)), at=self.now)
        return Response({"results": represented(self, visits)}, status=201)


class CancelFollowingView(WriterMixin, ClinicView):
    roles = ("admin",)

    @extend_schema(
        summary="Cancel this visit and the later ones of its series",
        request=CancelInput,
        responses=Outcomes,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        results = series.cancel_following(self.actor, pk, **self.read(CancelInput), at=self.now)
        return Response({"results": OutcomeOutput(results, many=True).data})


class RescheduleFollowingView(WriterMixin, ClinicView):
    roles = ("admin",)

    @extend_schema(
        summary="Move this visit and the later ones of its series",
        request=FollowingReschedule,
        responses=Visits,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        moved = series.move_following(self.actor, pk, **self.read(FollowingReschedule), at=self.now)
        return Response({"results": represented(self, moved)})


def represented(view: Any, visits: list[Appointment]) -> list[dict[str, Any]]:
    """The current state of the appointments; the read is audited."""
    rows = Appointment.objects.visible_to(view.actor).filter(pk__in=[visit.pk for visit in visits]).for_cards()
    view.shows("appointments", [visit.patient_id for visit in rows])
    return [view.writer.write(visit) for visit in rows]
