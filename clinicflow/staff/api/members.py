"""`/api/settings/users`: the members of the clinic and their roles."""

from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicViewSet, ListMixin
from clinicflow.clinics.models import Membership
from clinicflow.clinics.querysets import MembershipQuerySet
from clinicflow.core import clock
from clinicflow.staff.api.filters import MemberFilters
from clinicflow.staff.api.serializers import MemberChange, MemberInput, MemberOutput
from clinicflow.staff.operations import members


@extend_schema_view(list=extend_schema(summary="The clinic's members and their roles"))
class MemberViewSet(ListMixin, ClinicViewSet):
    roles = ("admin",)
    asks_password = ("create", "update", "partial_update")
    input_class = MemberInput
    output_class = MemberOutput
    filterset_class = MemberFilters
    ordering = ("listed_name", "role", "pk")
    ordering_fields = ("created_at", "role")

    def get_queryset(self) -> MembershipQuerySet[Membership]:
        return Membership.objects.visible_to(self.actor).select_related("user").with_listed_name()

    @extend_schema(summary="Invite a user to a role in the clinic", request=MemberInput, responses={201: MemberOutput})
    def create(self, request: Request) -> Response:
        fields = self.read(MemberInput)
        invited = members.invite(self.actor, roles=[fields.pop("role")], **fields, at=clock.now())
        return self.answer(invited[0], status=201)

    @extend_schema(
        summary="Change a member's name, role or access", request=MemberChange, responses={200: MemberOutput}
    )
    def update(self, request: Request, pk: UUID) -> Response:
        self.get_object_to_change()
        return self.answer(members.change(self.actor, pk, **self.read(MemberChange)))

    @extend_schema(summary="Change some of a member's fields", request=MemberChange, responses={200: MemberOutput})
    def partial_update(self, request: Request, pk: UUID) -> Response:
        self.get_object_to_change()
        return self.answer(members.change(self.actor, pk, **self.read(MemberChange, partial=True)))
