"""`/api/dashboard/admin/*`: the front desk's day."""

from collections import defaultdict
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView, ClinicViewSet
from clinicflow.clinics.http import clinic_request
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from dashboards.board.api.serializers import ClinicDay, DayFigures, DayQuery, KindQuery, RecentCancellation, WantOutput
from dashboards.board.selectors.attention import attention_items
from dashboards.board.selectors.day_figures import day_figures
from scheduling.api.appointments import WriterMixin
from scheduling.api.cancellations import CancellationViewSet
from scheduling.models import Cancellation
from scheduling.querysets import CancellationQuerySet
from scheduling.selectors.day_rows import DayRow, DayVisits

MAX_VISITS = 2000  # of one day


class SummaryView(ClinicView):
    """Figures of a day."""

    roles: ClassVar[Any] = ("admin",)
    query_class = DayQuery

    @extend_schema(summary="Figures of a day", parameters=[DayQuery], responses=DayFigures)
    def get(self, request: Request) -> Response:
        day = self.query().get("date") if request.query_params else None
        return Response(day_figures(self.actor, day or clock.today(self.actor.timezone)))


class ScheduleView(WriterMixin, ClinicView):
    """A day's visits by doctor. `date` in the path is the clinic's local date, `YYYY-MM-DD`."""

    roles: ClassVar[Any] = ("admin",)
    query_class = DayQuery

    def known_names(self) -> set[str]:
        return set()

    @extend_schema(
        summary="A day by doctor",
        parameters=[OpenApiParameter("date", {"type": "string", "format": "date"}, OpenApiParameter.PATH)],
        responses=ClinicDay,
    )
    def get(self, request: Request, date: str) -> Response:
        query = DayQuery(data={"date": date})
        query.is_valid(raise_exception=True)
        start, end = clock.day_bounds(query.validated_data["date"], self.actor.timezone)
        rows = [row for row in DayVisits(self.actor, start, end, limit=MAX_VISITS).rows() if not row.rescheduled]
        self.shows("appointments", [row.patient_id for row in rows])
        return Response({"date": query.validated_data["date"], "doctors": self._by_doctor(rows)})

    def _by_doctor(self, rows: list[DayRow]) -> list[dict[str, Any]]:
        visits: dict[UUID, list[DayRow]] = defaultdict(list)
        for row in rows:
            visits[row.doctor_id].append(row)
        doctors = Doctor.objects.visible_to(self.actor).order_by("name", "id")
        return [
            {
                "doctor_id": doctor.pk,
                "doctor_name": doctor.name,
                "specialty": doctor.specialty,
                "color": doctor.color,
                "appointments": [self.writer.write(row) for row in visits[doctor.pk]],
            }
            for doctor in doctors
            if doctor.is_active or doctor.pk in visits
        ]


@extend_schema_view(list=extend_schema(summary="Items that need the front desk's attention", parameters=[KindQuery]))
class NeedsAttentionViewSet(ClinicViewSet):
    """Most urgent first: conversations that need a reply, visits until the next working day that are unconfirmed or
    without intake, failed summaries, overdue follow-ups, freed slots that match the waitlist. At most 100 per kind."""

    roles: ClassVar[Any] = ("admin",)
    output_class = WantOutput
    query_class = KindQuery
    filter_backends = ()

    def known_names(self) -> set[str]:
        return {"kind", "page", "page_size"}  # the order is fixed

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.actor.timezone)

    def list(self, request: Request) -> Response:
        kind = self.query().get("kind")
        items = attention_items(self.actor, clock.now(), clinic_request(request._request).clinic_settings)
        page = self.paginate_queryset([item for item in items if kind in {None, item.kind}])
        self.shows("appointments", [item.patient_id for item in page or ()])
        return self.get_paginated_response(WantOutput(page, many=True, context={"view": self}).data)


@extend_schema_view(
    list=extend_schema(summary="Recent cancellations with their reasons", responses=RecentCancellation(many=True))
)
class RecentCancellationsViewSet(CancellationViewSet):
    """Newest first, without reverted ones. Filters as for `/api/cancellations`."""

    roles: ClassVar[Any] = ("admin",)
    output_class = RecentCancellation

    def get_queryset(self) -> CancellationQuerySet[Cancellation]:
        rows: Any = super().get_queryset()
        return rows.standing().select_related("appointment__doctor", "patient")
