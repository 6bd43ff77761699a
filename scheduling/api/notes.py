"""`/api/doctor-notes`: doctors' notes on their patients."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicViewSet, RetrieveMixin, UpdateMixin
from patients.models import Patient
from scheduling.api.serializers import DoctorNoteChange, DoctorNoteInput, DoctorNoteOutput
from scheduling.models import DoctorNote
from scheduling.operations import doctor_notes
from scheduling.querysets import DoctorNoteQuerySet


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

    @extend_schema(summary="Notes on a patient", responses=DoctorNoteOutput(many=True))
    def patient(self, request: Request, patient_id: UUID) -> Response:
        patient = Patient.objects.visible_to(self.actor).fetch(patient_id)
        return self.answer_page(self.get_queryset().filter(patient=patient))

    @extend_schema(summary="Create a note", request=DoctorNoteInput, responses={201: DoctorNoteOutput})
    def create(self, request: Request) -> Response:
        note = doctor_notes.create(self.actor, **self.read(DoctorNoteInput))
        return self.answer(self.get_queryset().fetch(note.pk), status=201)

    def change(self, obj: DoctorNote, fields: dict[str, Any]) -> DoctorNote:
        doctor_notes.correct(self.actor, obj.pk, **({"content": obj.content} | fields))
        note: DoctorNote = self.get_queryset().fetch(obj.pk)
        return note
