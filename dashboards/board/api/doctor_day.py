"""`/api/dashboard/doctor/*`: a doctor's own day."""

from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView, ClinicViewSet
from clinicflow.clinics.http import clinic_request
from clinicflow.core import clock
from dashboards.board.api.serializers import AlertOutput, AlertQuery, DayQuery, DoctorFigures, DoctorToday
from dashboards.board.selectors.day_figures import day_figures
from dashboards.board.selectors.doctor_day import DoctorDay, read_doctor_day
from scheduling.api.appointments import WriterMixin
from scheduling.models import Appointment


class OwnDayMixin(WriterMixin):
    """Base of views of the doctor's local day, today or `?date=`."""

    @property
    def zone(self: Any) -> ZoneInfo:
        return ZoneInfo(self.actor.timezone)

    @cached_property
    def own_day(self: Any) -> DoctorDay:
        day = self.query().get("date") or clock.today(self.actor.timezone)
        own_day = read_doctor_day(self.actor, day, self.now)
        self.shows("appointments", [visit.patient_id for visit in own_day.visits])
        return own_day


class SummaryView(OwnDayMixin, ClinicView):
    """Figures of the doctor's day."""

    roles: ClassVar[Any] = ("doctor",)
    query_class = DayQuery

    @extend_schema(summary="Figures of the doctor's day", parameters=[DayQuery], responses=DoctorFigures)
    def get(self, request: Request) -> Response:
        own = self.own_day
        return Response(
            day_figures(self.actor, own.day)
            | {
                "running_late_minutes": own.pace.behind,
                "next_appointment_id": own.next_id,
                "summaries_to_review": len(own.to_review),
            }
        )


class TodayView(OwnDayMixin, ClinicView):
    """The doctor's visits in order, with the time at which each can begin."""

    roles: ClassVar[Any] = ("doctor",)
    query_class = DayQuery

    @extend_schema(summary="The doctor's visits of the day", parameters=[DayQuery], responses=DoctorToday)
    def get(self, request: Request) -> Response:
        own = self.own_day
        return Response(
            {
                "date": own.day,
                "running_late_minutes": own.pace.behind,
                "next_appointment_id": own.next_id,
                "results": [self._entry(own, visit) for visit in own.visits],
            }
        )

    def _entry(self, own: DoctorDay, visit: Appointment) -> dict[str, Any]:
        summary, expected = own.summaries.get(visit.pk), own.pace.expected.get(visit.pk)
        return {
            "appointment": self.writer.write(visit),
            "expected_at": expected.astimezone(self.zone) if expected else None,
            "summary_status": summary.status if summary else None,
            "summary_reviewed": bool(summary and summary.reviewed_at),
        }


@extend_schema_view(list=extend_schema(summary="Alerts about the day's visits", parameters=[AlertQuery]))
class AlertsViewSet(OwnDayMixin, ClinicViewSet):
    """Alerts: arrived and late patients, no-shows, allergies, summaries to review, missing intake forms."""

    roles: ClassVar[Any] = ("doctor",)
    output_class = AlertOutput
    query_class = AlertQuery
    filter_backends = ()

    def known_names(self) -> set[str]:
        return {"date", "kind", "page", "page_size"}  # the order is fixed

    def list(self, request: Request) -> Response:
        own, kind = self.own_day, self.query().get("kind")
        required = clinic_request(request._request).clinic_settings.intake_required
        alerts = own.alerts(self.now, intake_required=required)
        page = self.paginate_queryset([alert for alert in alerts if kind in {None, alert.kind}])
        return self.get_paginated_response(AlertOutput(page, many=True, context={"view": self}).data)
