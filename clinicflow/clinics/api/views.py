"""`/api/doctors`."""

from drf_spectacular.utils import extend_schema, extend_schema_view

from clinicflow.api.base import ClinicViewSet, ListMixin, RetrieveMixin
from clinicflow.clinics.api.filters import DoctorFilters
from clinicflow.clinics.api.serializers import DoctorOutput
from clinicflow.clinics.models import Doctor
from clinicflow.clinics.querysets import DoctorQuerySet


@extend_schema_view(
    list=extend_schema(summary="The clinic's doctors"), retrieve=extend_schema(summary="One doctor of the clinic")
)
class DoctorViewSet(ListMixin, RetrieveMixin, ClinicViewSet):
    roles = ("admin", "doctor", "owner")
    output_class = DoctorOutput
    filterset_class = DoctorFilters
    ordering = ("name", "pk")
    ordering_fields = ("name", "specialty", "created_at")

    def get_queryset(self) -> DoctorQuerySet[Doctor]:
        return Doctor.objects.visible_to(self.actor)
