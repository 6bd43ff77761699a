"""`/api/cancellations` and those of a patient: visits that were cancelled or missed."""

from typing import ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from clinicflow.api.base import ClinicViewSet, ListMixin
from patients.models import Patient
from scheduling.api.appointments import WriterMixin
from scheduling.api.filters import CancellationFilters
from scheduling.api.serializers import CancellationOutput
from scheduling.models import Cancellation


@extend_schema_view(list=extend_schema(summary="Cancellations and no-shows"))
class CancellationViewSet(WriterMixin, ListMixin, ClinicViewSet):
    roles = ("admin", "doctor")
    output_class = CancellationOutput
    filterset_class = CancellationFilters
    resource_type: ClassVar[str] = "cancellations"
    ordering = ("-created_at", "pk")
    ordering_fields = ("created_at", "notice_minutes")

    def get_queryset(self) -> QuerySet[Cancellation]:
        return Cancellation.objects.visible_to(self.actor).select_related("appointment")


@extend_schema_view(list=extend_schema(summary="A patient's cancellations", responses=CancellationOutput(many=True)))
class PatientCancellationsViewSet(CancellationViewSet):
    """`/api/patients/:patient_id/cancellations`."""

    def get_queryset(self) -> QuerySet[Cancellation]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        patient = Patient.objects.visible_to(self.actor).fetch(self.kwargs["patient_id"])
        return super().get_queryset().filter(patient=patient)
