"""`/api/patients`."""

from collections.abc import Mapping
from typing import IO, Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from clinicflow.access.http import request_actor
from clinicflow.api.base import ClinicView, ClinicViewSet, ListMixin, RetrieveMixin, UpdateMixin
from clinicflow.api.errors import TooLarge
from clinicflow.api.renderers import PROBLEM_TYPE, JSONRenderer, as_json
from clinicflow.core import clock
from patients.api.filters import PatientFilters
from patients.api.serializers import (
    ImportQuery,
    MergeInput,
    NewPatient,
    PatientForDoctor,
    PatientInput,
    PatientOutput,
    ReportOutput,
)
from patients.models import Patient
from patients.operations import exchange, patients
from patients.querysets import PatientQuerySet

BY_ROLE: Any = PolymorphicProxySerializer(
    component_name="Patient", serializers=[PatientOutput, PatientForDoctor], resource_type_field_name=None
)


@extend_schema_view(
    list=extend_schema(summary="Patients, by name or a search", responses=BY_ROLE),
    retrieve=extend_schema(summary="One patient", responses=BY_ROLE),
)
class PatientViewSet(ListMixin, RetrieveMixin, UpdateMixin, ClinicViewSet):
    """Patients. Doctors read their own patients, with fewer fields; only the front desk writes."""

    roles = {"list": ("admin", "doctor"), "retrieve": ("admin", "doctor"), "*": ("admin",)}
    output_class = PatientOutput
    input_class = PatientInput
    filterset_class = PatientFilters
    resource_type: ClassVar[str] = "patients"
    ordering = ("search_last", "pk")
    ordering_fields = ("last_name", "first_name", "date_of_birth", "created_at", "updated_at")

    def get_queryset(self) -> PatientQuerySet[Patient]:
        rows = Patient.objects.visible_to(self.actor)
        return rows.current() if self.action == "list" else rows

    def get_output_class(self) -> type[BaseSerializer]:
        request: Any = self.request  # None while the schema is generated
        actor = request_actor(request._request) if request else None
        return PatientForDoctor if actor is not None and actor.role == "doctor" else PatientOutput

    def patients_of(self, rows: Any) -> list[UUID]:
        return [patient.pk for patient in rows]

    @extend_schema(summary="Register a patient", request=NewPatient, responses={201: PatientOutput})
    def create(self, request: Request) -> Response:
        fields: Any = self.read(NewPatient)
        allow_duplicate = fields.pop("although_alike", False)
        patient = patients.register(self.actor, fields, unless_alike=not allow_duplicate)
        response = self.answer(patient, status=201)
        response["Location"] = f"/api/patients/{patient.pk}"
        return response

    def change(self, obj: Patient, fields: dict[str, Any]) -> Patient:
        if "contact_preferences" in fields:
            fields["contact_preferences"] = {**obj.contact_preferences, **fields["contact_preferences"]}
        details: Any = fields
        return patients.update(self.actor, obj.pk, changes=details)

    @extend_schema(summary="Merge two records", request=MergeInput, responses={200: PatientOutput})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: UUID) -> Response:
        return self.answer(patients.merge(self.actor, pk, **self.read(MergeInput)))


class CsvParser(BaseParser):
    """A CSV body as bytes. TooLarge above the limit of all request bodies."""

    media_type = "text/csv"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, bytes]:
        data = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(data) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge()
        return {"file": data}


class CsvRenderer(BaseRenderer):
    """For clients that accept text/csv. The file itself is streamed, so this renders only errors, as problem+json."""

    media_type = "text/csv"
    format = "csv"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is not None:
            response["Content-Type"] = PROBLEM_TYPE
        return as_json(data)


class ImportView(ClinicView):
    roles = ("admin",)
    query_class = ImportQuery
    parser_classes = [CsvParser, MultiPartParser]

    @extend_schema(
        summary="Import patients from a CSV file",
        description="A `text/csv` body, or `file` in a multipart form. Columns: " + ", ".join(exchange.COLUMNS) + ".",
        parameters=[ImportQuery],
        request={"text/csv": OpenApiTypes.STR},
        responses=ReportOutput,
    )
    def post(self, request: Request) -> Response:
        payload: Any = request.data
        file = payload.get("file")
        if file is None or isinstance(file, str):
            raise ValidationError({"file": ["Send a CSV file."]})
        data = file if isinstance(file, bytes) else _read(file)
        report = exchange.read_csv(self.actor, data, **self.query())
        self.shows("patients", [row.patient_id for row in report.rows])
        return Response(ReportOutput(report).data)


def _read(file: Any) -> bytes:
    if file.size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise TooLarge()
    data: bytes = file.read()
    return data


class ExportView(ClinicView):
    roles = ("admin",)
    asks_password = ("get",)
    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(summary="Export all patients as a CSV file", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request) -> StreamingHttpResponse:
        name = f"patients-{clock.today(self.actor.timezone)}.csv"
        response = StreamingHttpResponse(exchange.write_csv(self.actor), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
