"""`/api/waitlist` and the matches of a freed slot."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView, ClinicViewSet, ListMixin, RetrieveMixin, UpdateMixin
from clinicflow.core import clock
from scheduling.api.appointments import WriterMixin
from scheduling.api.filters import WaitlistFilters
from scheduling.api.serializers import (
    OfferInput,
    SlotsOutput,
    WaitlistChange,
    WaitlistInput,
    WaitlistMatches,
    WaitlistOutput,
)
from scheduling.models import Appointment, WaitlistEntry
from scheduling.operations import waitlist
from scheduling.querysets import WaitlistQuerySet
from scheduling.selectors.waitlist_matching import matches, nearest_for

MAX_MATCHES = 20


@extend_schema_view(list=extend_schema(summary="The waitlist"), retrieve=extend_schema(summary="One waitlist entry"))
class WaitlistViewSet(WriterMixin, ListMixin, RetrieveMixin, UpdateMixin, ClinicViewSet):
    roles = {"list": ("admin", "doctor"), "retrieve": ("admin", "doctor"), "*": ("admin",)}
    output_class = WaitlistOutput
    input_class = WaitlistChange
    filterset_class = WaitlistFilters
    resource_type: ClassVar[str] = "waitlist_entries"
    ordering = ("created_at", "pk")
    ordering_fields = ("created_at", "date_from", "date_to")

    def get_queryset(self) -> WaitlistQuerySet[WaitlistEntry]:
        return WaitlistEntry.objects.visible_to(self.actor).select_related("patient", "doctor", "offer_message")

    @extend_schema(summary="Add a patient to the waitlist", request=WaitlistInput, responses={201: WaitlistOutput})
    def create(self, request: Request) -> Response:
        entry = waitlist.add(self.actor, **self.read(WaitlistInput))
        return self.answer(self.get_queryset().fetch(entry.pk), status=201)

    @extend_schema(summary="Remove a patient from the waitlist", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        waitlist.remove(self.actor, pk)
        return Response(status=204)

    def change(self, obj: WaitlistEntry, fields: dict[str, Any]) -> WaitlistEntry:
        waitlist.update(self.actor, obj.pk, **fields)
        updated: WaitlistEntry = self.get_queryset().fetch(obj.pk)
        return updated

    @extend_schema(
        summary="Offer a free time, or record that one was offered",
        description="With `doctor_id` and a time, the patient receives a text message or email, if they allow it.",
        request=OfferInput,
        responses={200: WaitlistOutput},
    )
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, pk: UUID) -> Response:
        entry = waitlist.offer(self.actor, pk, **self.read(OfferInput), at=clock.now())
        return self.answer(self.get_queryset().fetch(entry.pk))

    @extend_schema(summary="Withdraw an offer; the patient keeps waiting", request=None, responses=WaitlistOutput)
    @action(detail=True, methods=["post"], url_path="keep-waiting")
    def keep_waiting(self, request: Request, pk: UUID) -> Response:
        return self.answer(self.get_queryset().fetch(waitlist.withdraw_offer(self.actor, pk).pk))

    @extend_schema(summary="The nearest free times for a waitlist entry", responses=SlotsOutput)
    @action(detail=True, methods=["get"])
    def slots(self, request: Request, pk: UUID) -> Response:
        entry = self.get_queryset().fetch(pk)
        nearest = nearest_for(self.actor, [entry], at=clock.now(), count=MAX_MATCHES).get(entry.pk, [])
        return Response({"results": [match.slot.as_json() for match in nearest]})


class WaitlistMatchesView(WriterMixin, ClinicView):
    """The waitlist entries that a visit's time satisfies, longest wait first."""

    roles = ("admin",)

    @extend_schema(summary="Waitlist entries that match this visit's time", responses=WaitlistMatches)
    def get(self, request: Request, pk: UUID) -> Response:
        visit = Appointment.objects.visible_to(self.actor).fetch(pk)
        entries = list(matches(self.actor, visit, at=clock.now())[:MAX_MATCHES])
        self.shows("waitlist_entries", [entry.patient_id for entry in entries])
        return Response({"results": WaitlistOutput(entries, many=True, context={"view": self}).data})
