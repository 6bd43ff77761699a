"""`/api/slots`, `/api/waitlist`, `/api/cancellations`, `/api/follow-ups`, `/api/doctor-notes`."""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView, ClinicViewSet, ListMixin, RetrieveMixin, UpdateMixin
from clinicflow.core import clock
from patients.models import Patient
from scheduling.api.appointments import WritesVisits
from scheduling.api.filters import CancellationFilters, FollowUpFilters, WaitlistFilters
from scheduling.api.serializers import (
    CancellationOutput,
    DoctorNoteChange,
    DoctorNoteInput,
    DoctorNoteOutput,
    FollowUpChange,
    FollowUpInput,
    FollowUpOutput,
    OfferInput,
    SlotQuery,
    SlotsOutput,
    WaitlistChange,
    WaitlistInput,
    WaitlistMatches,
    WaitlistOutput,
)
from scheduling.models import Appointment, Cancellation, DoctorNote, FollowUp, WaitlistEntry
from scheduling.operations import doctor_notes, follow_ups, waitlist
from scheduling.querysets import CancellationQuerySet, DoctorNoteQuerySet, FollowUpQuerySet, WaitlistQuerySet
from scheduling.selectors.availability import bookable_doctors, free_slots
from scheduling.selectors.waitlist_matching import matches, nearest_for

MOST_MATCHES = 20


class SlotsView(ClinicView):
    """Free times, earliest first; of several doctors free at once, the one with fewer visits that day."""

    roles = ("admin", "doctor")
    query_class = SlotQuery

    @extend_schema(summary="Free times to book", parameters=[SlotQuery], responses=SlotsOutput)
    def get(self, request: Request) -> Response:
        asked = self.query()
        doctor = asked.pop("doctor", None)
        first = asked.pop("date_from", None) or clock.today(self.actor.timezone)
        last = asked.pop("date_to", None) or first + dt.timedelta(days=6)
        if doctor and not bookable_doctors(self.actor, doctors=[doctor]):
            raise ValidationError({"doctor": ["There is no such doctor."]})
        slots = free_slots(self.actor, doctors=[doctor] if doctor else None, date_from=first, date_to=last, **asked)
        return Response({"results": [slot.as_json() for slot in slots]})


@extend_schema_view(list=extend_schema(summary="Visits that did not take place"))
class CancellationViewSet(WritesVisits, ListMixin, ClinicViewSet):
    roles = ("admin", "doctor")
    output_class = CancellationOutput
    filterset_class = CancellationFilters
    resource_type: ClassVar[str] = "cancellations"
    ordering = ("-created_at", "pk")
    ordering_fields = ("created_at", "notice_minutes")

    def get_queryset(self) -> CancellationQuerySet[Cancellation]:
        return Cancellation.objects.visible_to(self.actor).select_related("appointment")


@extend_schema_view(list=extend_schema(summary="A patient's cancellations", responses=CancellationOutput(many=True)))
class PatientCancellationsViewSet(CancellationViewSet):
    """`/api/patients/:patient_id/cancellations`."""

    def get_queryset(self) -> CancellationQuerySet[Cancellation]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        patient = Patient.objects.visible_to(self.actor).fetch(self.kwargs["patient_id"])
        return super().get_queryset().filter(patient=patient)


@extend_schema_view(
    list=extend_schema(summary="Who waits for an earlier time"), retrieve=extend_schema(summary="One who waits")
)
class WaitlistViewSet(WritesVisits, ListMixin, RetrieveMixin, UpdateMixin, ClinicViewSet):
    roles = {"list": ("admin", "doctor"), "retrieve": ("admin", "doctor"), "*": ("admin",)}
    output_class = WaitlistOutput
    input_class = WaitlistChange
    filterset_class = WaitlistFilters
    resource_type: ClassVar[str] = "waitlist_entries"
    ordering = ("created_at", "pk")
    ordering_fields = ("created_at", "date_from", "date_to")

    def get_queryset(self) -> WaitlistQuerySet[WaitlistEntry]:
        return WaitlistEntry.objects.visible_to(self.actor).select_related("patient", "doctor", "offer_message")

    @extend_schema(summary="Let a patient wait", request=WaitlistInput, responses={201: WaitlistOutput})
    def create(self, request: Request) -> Response:
        entry = waitlist.add(self.actor, **self.read(WaitlistInput))
        return self.answer(self.get_queryset().fetch(entry.pk), status=201)

    @extend_schema(summary="The patient waits no more", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        waitlist.remove(self.actor, pk)
        return Response(status=204)

    def change(self, obj: WaitlistEntry, fields: dict[str, Any]) -> WaitlistEntry:
        waitlist.update(self.actor, obj.pk, **fields)
        fresh: WaitlistEntry = self.get_queryset().fetch(obj.pk)
        return fresh

    @extend_schema(
        summary="Offer a free time, or note that one was offered",
        description="With `doctor_id` and a time the patient is told by text or e-mail, where they allow it.",
        request=OfferInput,
        responses={200: WaitlistOutput},
    )
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, pk: UUID) -> Response:
        entry = waitlist.offer(self.actor, pk, **self.read(OfferInput), at=clock.now())
        return self.answer(self.get_queryset().fetch(entry.pk))

    @extend_schema(summary="The offer was declined: the patient waits on", request=None, responses=WaitlistOutput)
    @action(detail=True, methods=["post"], url_path="keep-waiting")
    def keep_waiting(self, request: Request, pk: UUID) -> Response:
        return self.answer(self.get_queryset().fetch(waitlist.withdraw_offer(self.actor, pk).pk))

    @extend_schema(summary="The nearest free times for one who waits", responses=SlotsOutput)
    @action(detail=True, methods=["get"])
    def slots(self, request: Request, pk: UUID) -> Response:
        entry = self.get_queryset().fetch(pk)
        found = nearest_for(self.actor, [entry], at=clock.now(), count=MOST_MATCHES).get(entry.pk, [])
        return Response({"results": [fit.slot.as_json() for fit in found]})


class WaitlistMatchesView(WritesVisits, ClinicView):
    """Who could take a visit's time when it is given up, in order of waiting."""

    roles = ("admin",)

    @extend_schema(summary="Who waits for a time like this visit's", responses=WaitlistMatches)
    def get(self, request: Request, pk: UUID) -> Response:
        visit = Appointment.objects.visible_to(self.actor).fetch(pk)
        found = list(matches(self.actor, visit, at=clock.now())[:MOST_MATCHES])
        self.shows("waitlist_entries", [entry.patient_id for entry in found])
        return Response({"results": WaitlistOutput(found, many=True, context={"view": self}).data})


@extend_schema_view(
    list=extend_schema(summary="Visits that should happen"), retrieve=extend_schema(summary="One follow-up")
)
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

    @extend_schema(summary="Ask for a visit", request=FollowUpInput, responses={201: FollowUpOutput})
    def create(self, request: Request) -> Response:
        follow_up = follow_ups.create(self.actor, **self.read(FollowUpInput))
        return self.answer(self.get_queryset().fetch(follow_up.pk), status=201)

    def change(self, obj: FollowUp, fields: dict[str, Any]) -> FollowUp:
        status = fields.pop("status", obj.status)
        if fields and obj.status not in {"completed", "cancelled"}:
            follow_ups.update(self.actor, obj.pk, **fields)
        if status != obj.status:
            self._close(obj, status)
        fresh: FollowUp = self.get_queryset().fetch(obj.pk)
        return fresh

    def _close(self, obj: FollowUp, status: str) -> None:
        closing = {"cancelled": follow_ups.cancel, "completed": follow_ups.complete}.get(status)
        if closing is None:
            raise ValidationError({"status": ["Book an appointment from it, or cancel it."]})
        closing(self.actor, obj.pk)

    @extend_schema(summary="It is not needed any more", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        follow_ups.cancel(self.actor, pk)
        return Response(status=204)


class DoctorNoteViewSet(RetrieveMixin, UpdateMixin, ClinicViewSet):
    roles = ("doctor",)
    output_class = DoctorNoteOutput
    input_class = DoctorNoteChange
    resource_type: ClassVar[str] = "doctor_notes"
    ordering = ("-created_at", "pk")
    ordering_fields = ("created_at",)

    def known_names(self) -> set[str]:
        return super().known_names() | ({"page", "page_size"} if self.action == "patient" else set())

    def get_queryset(self) -> DoctorNoteQuerySet[DoctorNote]:
        return DoctorNote.objects.visible_to(self.actor).select_related("doctor")

    @extend_schema(summary="The notes about a patient", responses=DoctorNoteOutput(many=True))
    def patient(self, request: Request, patient_id: UUID) -> Response:
        patient = Patient.objects.visible_to(self.actor).fetch(patient_id)
        return self.answer_page(self.get_queryset().filter(patient=patient))

    @extend_schema(summary="Write a note", request=DoctorNoteInput, responses={201: DoctorNoteOutput})
    def create(self, request: Request) -> Response:
        note = doctor_notes.create(self.actor, **self.read(DoctorNoteInput))
        return self.answer(self.get_queryset().fetch(note.pk), status=201)

    def change(self, obj: DoctorNote, fields: dict[str, Any]) -> DoctorNote:
        doctor_notes.correct(self.actor, obj.pk, **({"content": obj.content} | fields))
        note: DoctorNote = self.get_queryset().fetch(obj.pk)
        return note
