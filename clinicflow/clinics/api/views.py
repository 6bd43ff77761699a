"""Doctors, settings, users and the audit log."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView, ClinicViewSet, Lists, Shows
from clinicflow.api.etags import check_precondition, etag_of
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.api.filters import AuditFilters, DoctorFilters, MemberFilters
from clinicflow.clinics.api.serializers import (
    AuditOutput,
    ClinicSettingsInput,
    ClinicSettingsOutput,
    DoctorOutput,
    DoctorSettingsInput,
    DoctorSettingsOutput,
    MemberChange,
    MemberInput,
    MemberOutput,
)
from clinicflow.clinics.models import ClinicSettings, Doctor, DoctorSettings, Membership
from clinicflow.clinics.operations import members, settings
from clinicflow.core import clock


@extend_schema_view(
    list=extend_schema(summary="The clinic's doctors"), retrieve=extend_schema(summary="One doctor of the clinic")
)
class DoctorViewSet(Lists, Shows, ClinicViewSet):
    roles = ("admin", "doctor", "owner")
    output_class = DoctorOutput
    filterset_class = DoctorFilters
    ordering = ("name", "pk")
    ordering_fields = ("name", "specialty", "created_at")

    def get_queryset(self) -> QuerySet[Doctor]:
        return Doctor.objects.visible_to(self.actor)


class ClinicSettingsView(ClinicView):
    roles = {"get": ("admin", "owner"), "put": ("admin",), "patch": ("admin",)}
    input_class = ClinicSettingsInput

    def _answer(self, row: ClinicSettings) -> Response:
        return Response(ClinicSettingsOutput(row).data, headers={"ETag": etag_of(row)})

    def _change(self, request: Request, *, partial: bool) -> Response:
        rows = ClinicSettings.objects.visible_to(self.actor)
        check_precondition(request, rows.select_for_update(of=("self",)).get())
        return self._answer(settings.save_clinic(self.actor, **self.read(partial=partial)))

    @extend_schema(summary="What the clinic has decided", responses=ClinicSettingsOutput)
    def get(self, request: Request) -> Response:
        return self._answer(ClinicSettings.objects.visible_to(self.actor).select_related("clinic").get())

    @extend_schema(summary="Replace the settings", request=ClinicSettingsInput, responses=ClinicSettingsOutput)
    def put(self, request: Request) -> Response:
        return self._change(request, partial=False)

    @extend_schema(summary="Change some settings", request=ClinicSettingsInput, responses=ClinicSettingsOutput)
    def patch(self, request: Request) -> Response:
        return self._change(request, partial=True)


class DoctorSettingsView(ClinicView):
    """The id is the doctor's."""

    roles = ("admin", "doctor")
    input_class = DoctorSettingsInput

    def _answer(self, row: DoctorSettings) -> Response:
        return Response(DoctorSettingsOutput(row).data, headers={"ETag": etag_of(row)})

    def _rows(self) -> Any:
        return DoctorSettings.objects.visible_to(self.actor).editable_by(self.actor)

    def _change(self, request: Request, pk: UUID, *, partial: bool) -> Response:
        rows = self._rows()
        check_precondition(request, rows.lock(rows.fetch_of(pk).pk))
        return self._answer(settings.save_doctor(self.actor, pk, **self.read(partial=partial)))

    @extend_schema(summary="What a doctor has decided", responses=DoctorSettingsOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        return self._answer(self._rows().fetch_of(pk))

    @extend_schema(summary="Replace a doctor's settings", request=DoctorSettingsInput, responses=DoctorSettingsOutput)
    def put(self, request: Request, pk: UUID) -> Response:
        return self._change(request, pk, partial=False)

    @extend_schema(
        summary="Change some of a doctor's settings", request=DoctorSettingsInput, responses=DoctorSettingsOutput
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        return self._change(request, pk, partial=True)


@extend_schema_view(list=extend_schema(summary="Who works in the clinic, as what"))
class MemberViewSet(Lists, ClinicViewSet):
    roles = ("admin",)
    input_class = MemberInput
    output_class = MemberOutput
    filterset_class = MemberFilters
    ordering = ("user__name", "role", "pk")
    ordering_fields = ("created_at", "role")

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.objects.visible_to(self.actor).select_related("user")

    @extend_schema(summary="Give a person a role in the clinic", request=MemberInput, responses={201: MemberOutput})
    def create(self, request: Request) -> Response:
        fields = self.read(MemberInput)
        given = members.invite(self.actor, roles=[fields.pop("role")], **fields, at=clock.now())
        return self.answer(given[0], status=201)

    @extend_schema(
        summary="Change a person's name, role or access", request=MemberChange, responses={200: MemberOutput}
    )
    def update(self, request: Request, pk: UUID) -> Response:
        self.get_object_to_change()
        return self.answer(members.change(self.actor, pk, **self.read(MemberChange)))

    @extend_schema(summary="Change some of it", request=MemberChange, responses={200: MemberOutput})
    def partial_update(self, request: Request, pk: UUID) -> Response:
        self.get_object_to_change()
        return self.answer(members.change(self.actor, pk, **self.read(MemberChange, partial=True)))


@extend_schema_view(list=extend_schema(summary="Who did and saw what"))
class AuditViewSet(Lists, ClinicViewSet):
    roles = ("admin", "owner")
    output_class = AuditOutput
    filterset_class = AuditFilters
    resource_type = "audit_logs"
    ordering = ("-id",)
    ordering_fields = ("at", "action", "resource_type")

    def get_queryset(self) -> QuerySet[AuditLog]:
        return AuditLog.objects.visible_to(self.actor).select_related("user")

    def patients_of(self, rows: Any) -> list[UUID]:
        """The front desk sees values, and with them patients; owners see neither."""
        if self.actor.role == "owner":
            return []
        return [patient_id for row in rows for patient_id in row.patient_ids]
