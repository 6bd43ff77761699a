"""`/api/settings`: the clinic's and the doctors' settings."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView
from clinicflow.api.etags import check_precondition, etag_of
from clinicflow.clinic_settings.api.serializers import (
    ClinicSettingsInput,
    ClinicSettingsOutput,
    DoctorSettingsInput,
    DoctorSettingsOutput,
)
from clinicflow.clinic_settings.operations import settings
from clinicflow.clinics.models import ClinicSettings, DoctorSettings


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
