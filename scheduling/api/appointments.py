"""`/api/appointments`: appointments, with one action per row of the transition table."""

import datetime as dt
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicViewSet, ListMixin
from clinicflow.api.etags import etag_of
from clinicflow.api.serializers import EmptySerializer
from clinicflow.clinics.http import clinic_request
from clinicflow.core import clock
from patients.models import Patient
from scheduling.api.filters import AppointmentFilters
from scheduling.api.representation import VisitWriter
from scheduling.api.serializers import (
    AppointmentChange,
    AppointmentInput,
    AppointmentOutput,
    CancelInput,
    OverrideInput,
    RescheduleInput,
    WalkInInput,
)
from scheduling.models import Appointment
from scheduling.operations import appointments
from scheduling.querysets import AppointmentQuerySet
from scheduling.selectors.day_rows import DayVisits, visit_row

# The filters accept more spellings; the fast path handles these.
PLAIN_DAY = re.compile(r"20\d\d-\d\d-\d\d")
PLAIN_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
NUMBER = re.compile(r"[1-9]\d{0,4}")
DAY_NAMES = {"date", "doctor", "page", "page_size", "format"}


def day_of_query(query: Any) -> tuple[dt.date, UUID | None] | None:
    """The day and the doctor of a plain query, without the filters' forms; None if the filters must validate it."""
    day, doctor = query.get("date", ""), query.get("doctor", "")
    if not PLAIN_DAY.fullmatch(day) or not (doctor == "" or PLAIN_ID.fullmatch(doctor)):
        return None
    try:
        return dt.date.fromisoformat(day), UUID(doctor) if doctor else None
    except ValueError:
        return None


# For views whose responses contain appointments: the request's instant and its `VisitWriter`.
# A comment: a docstring would become the description of every endpoint that uses it.
class WriterMixin:
    @cached_property
    def now(self: Any) -> Any:
        return clock.now()

    @cached_property
    def writer(self: Any) -> VisitWriter:
        return VisitWriter(self.actor, settings=clinic_request(self.request._request).clinic_settings, at=self.now)


def transition(summary: str, input_class: Any = EmptySerializer, *, path: str | None = None) -> Any:
    """Declare a transition as `POST /api/appointments/:id/<action>`."""

    def decorate(method: Any) -> Any:
        method = action(detail=True, methods=["post"], url_path=path or method.__name__.replace("_", "-"))(method)
        return extend_schema(summary=summary, request=input_class, responses={200: AppointmentOutput})(method)

    return decorate


class AppointmentViewSet(WriterMixin, ClinicViewSet):
    roles = {
        "list": ("admin", "doctor"),
        "retrieve": ("admin", "doctor"),
        "complete": ("admin", "doctor"),
        "no_show": ("admin", "doctor"),
        "*": ("admin",),
    }
    output_class = AppointmentOutput
    filterset_class = AppointmentFilters
    resource_type: ClassVar[str] = "appointments"
    ordering = ("starts_at", "doctor_id", "pk")
    ordering_fields = ("starts_at", "created_at", "updated_at", "status")

    def get_queryset(self) -> AppointmentQuerySet[Appointment]:
        return Appointment.objects.visible_to(self.actor).for_cards()

    @extend_schema(summary="Visits, a day's or by filters", responses=AppointmentOutput(many=True))
    def list(self, request: Request) -> Response:
        if request.query_params.get("date") and set(request.query_params) <= DAY_NAMES:
            return self._day(request)
        return self.answer_page(self.get_queryset())

    def _day(self, request: Request) -> Response:
        """The hot read: the same response as from the queryset, in one query."""
        parsed = day_of_query(request.query_params)
        if parsed is None:
            return self.answer_page(self.get_queryset())  # which reports the error
        day, doctor = parsed
        pages: Any = self.paginator
        size = pages.get_page_size(request)
        number = request.query_params.get("page", "1")
        before = (int(number) - 1) * size if NUMBER.fullmatch(number) else 0  # the paginator rejects the others
        start, end = clock.day_bounds(day, self.actor.timezone)
        visits = DayVisits(self.actor, start, end, doctor_id=doctor, limit=size, offset=before)
        page = pages.paginate_queryset(visits, request, view=self)
        self.shows(self.resource_type, [row.patient_id for row in page])
        return self.get_paginated_response([self.writer.write(row) for row in page])

    @extend_schema(summary="One visit", responses=AppointmentOutput)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        return self._show(pk)

    @extend_schema(summary="Book a visit", request=AppointmentInput, responses={201: AppointmentOutput})
    def create(self, request: Request) -> Response:
        return self._created(appointments.BookingRequest(**self.read(AppointmentInput)))

    @extend_schema(summary="Book a walk-in", request=WalkInInput, responses={201: AppointmentOutput})
    @action(detail=False, methods=["post"], url_path="walk-in")
    def walk_in(self, request: Request) -> Response:
        return self._created(appointments.BookingRequest(starts_at=self.now, walk_in=True, **self.read(WalkInInput)))

    @extend_schema(summary="Change a visit", request=AppointmentChange, responses={200: AppointmentOutput})
    def update(self, request: Request, pk: UUID) -> Response:
        return self._change(partial=False)

    @extend_schema(summary="Change fields of a visit", request=AppointmentChange, responses={200: AppointmentOutput})
    def partial_update(self, request: Request, pk: UUID) -> Response:
        return self._change(partial=True)

    @extend_schema(summary="Hide a visit that was booked by mistake", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        appointments.delete(self.actor, pk, at=self.now)
        return Response(status=204)

    @transition("Confirm", OverrideInput)
    def confirm(self, request: Request, pk: UUID) -> Response:
        return self._done(appointments.confirm(self.actor, pk, **self.read(OverrideInput), at=self.now))

    @transition("Undo a confirmation")
    def unconfirm(self, request: Request, pk: UUID) -> Response:
        self.read(EmptySerializer)
        return self._done(appointments.unconfirm(self.actor, pk, at=self.now))

    @transition("Record the arrival", OverrideInput)
    def arrive(self, request: Request, pk: UUID) -> Response:
        return self._done(appointments.arrive(self.actor, pk, **self.read(OverrideInput), at=self.now))

    @transition("Undo the arrival")
    def undo_arrive(self, request: Request, pk: UUID) -> Response:
        self.read(EmptySerializer)
        return self._done(appointments.undo_arrive(self.actor, pk, at=self.now))

    @transition("Complete", OverrideInput)
    def complete(self, request: Request, pk: UUID) -> Response:
        return self._done(appointments.complete(self.actor, pk, **self.read(OverrideInput), at=self.now))

    @transition("Mark as no-show")
    def no_show(self, request: Request, pk: UUID) -> Response:
        self.read(EmptySerializer)
        return self._done(appointments.mark_no_show(self.actor, pk, at=self.now))

    @transition("Reinstate a cancelled or missed visit", OverrideInput)
    def reinstate(self, request: Request, pk: UUID) -> Response:
        return self._booked(appointments.reinstate(self.actor, pk, **self.read(OverrideInput), at=self.now))

    @transition("Cancel", CancelInput)
    def cancel(self, request: Request, pk: UUID) -> Response:
        return self._done(appointments.cancel(self.actor, pk, **self.read(CancelInput), at=self.now))

    @transition("Move to another time; returns the new visit", RescheduleInput)
    def reschedule(self, request: Request, pk: UUID) -> Response:
        return self._booked(appointments.reschedule(self.actor, pk, **self.read(RescheduleInput), at=self.now))

    @transition("Undo a reschedule, by the id of the new visit; returns the old one")
    def undo_reschedule(self, request: Request, pk: UUID) -> Response:
        self.read(EmptySerializer)
        return self._done(appointments.undo_move(self.actor, pk, at=self.now))

    def _change(self, *, partial: bool) -> Response:
        visit = self.get_object_to_change()
        context = {"request": self.request, "actor": self.actor, "view": self, "visit": visit}
        serializer = AppointmentChange(data=self.request.data, partial=partial, context=context)
        serializer.is_valid(raise_exception=True)
        changes: Any = dict(serializer.validated_data)
        reason = changes.pop("override_reason", "")
        return self._booked(
            appointments.update(self.actor, visit.pk, changes=changes, override_reason=reason, at=self.now)
        )

    def _created(self, booking: appointments.BookingRequest) -> Response:
        result = appointments.book(self.actor, booking, at=self.now)
        response = self._booked(result, status=201)
        response["Location"] = f"/api/appointments/{result.appointment.pk}"
        return response

    def _booked(self, result: appointments.BookingResult, *, status: int = 200) -> Response:
        return self._show(result.appointment.pk, warnings=result.warnings, status=status)

    def _done(self, visit: Appointment) -> Response:
        return self._show(visit.pk)

    def _show(self, pk: UUID, *, warnings: Sequence[str] = (), status: int = 200) -> Response:
        """The current state of the appointment, with the names of its doctor and patient. One query."""
        row = visit_row(self.actor, pk)
        self.shows(self.resource_type, [row.patient_id], row.pk)
        return Response(self.writer.write(row, warnings), status=status, headers={"ETag": etag_of(row)})


@extend_schema_view(list=extend_schema(summary="A patient's visits", responses=AppointmentOutput(many=True)))
class PatientAppointmentsViewSet(WriterMixin, ListMixin, ClinicViewSet):
    """`/api/patients/:patient_id/appointments`, the latest first."""

    roles = ("admin", "doctor")
    output_class = AppointmentOutput
    filterset_class = AppointmentFilters
    resource_type: ClassVar[str] = "appointments"
    ordering = ("-starts_at", "pk")
    ordering_fields = ("starts_at", "created_at")

    def get_queryset(self) -> AppointmentQuerySet[Appointment]:
        if getattr(self, "swagger_fake_view", False):
            return Appointment.objects.visible_to(self.actor)
        patient = Patient.objects.visible_to(self.actor).fetch(self.kwargs["patient_id"])
        return Appointment.objects.visible_to(self.actor).filter(patient=patient).select_related("patient", "doctor")
