"""`/api/settings`: the clinic's and the doctors' settings."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.access.guards import require_recent_password
from clinicflow.api.base import ClinicView
from clinicflow.api.etags import check_precondition, etag_of
from clinicflow.clinic_settings.api.serializers import (
    ClinicSettingsInput,
    ClinicSettingsOutput,
    DoctorSettingsInput,
    DoctorSettingsOutput,
)
from clinicflow.clinic_settings.operations import settings
from clinicflow.clinic_settings.schema import ASKING_PASSWORD
from clinicflow.clinics.models import ClinicSettings, DoctorSettings
from clinicflow.clinics.querysets import DoctorSettingsQuerySet


class ClinicSettingsView(ClinicView):
    """The settings of the clinic. A web session needs a recent password to change those of the security page."""

    roles = {"get": ("admin", "owner"), "put": ("admin",), "patch": ("admin",)}
    input_class = ClinicSettingsInput

    def _response(self, row: ClinicSettings) -> Response:
        return Response(ClinicSettingsOutput(row).data, headers={"ETag": etag_of(row)})

    def _change(self, request: Request, *, partial: bool) -> Response:
        rows = ClinicSettings.objects.visible_to(self.actor)
        current = rows.select_for_update(of=("self",)).get()
        check_precondition(request, current)
        fields = self.read(partial=partial)
        if any(fields[name] != getattr(current, name) for name in ASKING_PASSWORD & fields.keys()):
            require_recent_password(request._request)
        return self._response(settings.save_clinic(self.actor, **fields))

    @extend_schema(summary="The clinic's settings", responses=ClinicSettingsOutput)
    def get(self, request: Request) -> Response:
        return self._response(ClinicSettings.objects.visible_to(self.actor).select_related("clinic").get())

    @extend_schema(summary="Replace the settings", request=ClinicSettingsInput, responses=ClinicSettingsOutput)
    def put(self, request: Request) -> Response:
        return self._change(request, partial=False)

    @extend_schema(summary="Change some settings", request=ClinicSettingsInput, responses=ClinicSettingsOutput)
    def patch(self, request: Request) -> Response:
        return self._change(request, partial=True)


class DoctorSettingsView(ClinicView):
    """Settings of the doctor with this id: the front desk's for all doctors, a doctor's for their own."""

    roles = ("admin", "doctor")
    input_class = DoctorSettingsInput

    def _response(self, row: DoctorSettings) -> Response:
        return Response(DoctorSettingsOutput(row).data, headers={"ETag": etag_of(row)})

    def _rows(self) -> DoctorSettingsQuerySet:
        return DoctorSettings.objects.visible_to(self.actor).editable_by(self.actor)

    def _change(self, request: Request, pk: UUID, *, partial: bool) -> Response:
        rows = self._rows()
        check_precondition(request, rows.lock(rows.fetch_of(pk).pk))
        return self._response(settings.save_doctor(self.actor, pk, **self.read(partial=partial)))

    @extend_schema(summary="A doctor's settings", responses=DoctorSettingsOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        return self._response(self._rows().fetch_of(pk))

    @extend_schema(summary="Replace a doctor's settings", request=DoctorSettingsInput, responses=DoctorSettingsOutput)
    def put(self, request: Request, pk: UUID) -> Response:
        return self._change(request, pk, partial=False)

    @extend_schema(
        summary="Change some of a doctor's settings", request=DoctorSettingsInput, responses=DoctorSettingsOutput
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        return self._change(request, pk, partial=True)
