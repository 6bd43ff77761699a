"""`/api/intake/`: forms and questionnaires."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicViewSet, ListMixin, RetrieveMixin
from clinicflow.api.filters import BooleanFilter
from clinicflow.api.serializers import EmptySerializer
from intake.api.serializers import FormChange, FormInput, FormOutput, QuestionnaireInput, QuestionnaireOutput
from intake.models import IntakeForm, Questionnaire
from intake.operations import deliveries, forms, questionnaires
from intake.querysets import IntakeFormQuerySet, QuestionnaireQuerySet
from scheduling.models import Appointment


class FormFilters(django_filters.FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=IntakeForm.Status.choices)
    patient = django_filters.UUIDFilter(field_name="patient_id")
    appointment = django_filters.UUIDFilter(field_name="appointment_id")
    doctor = django_filters.UUIDFilter(field_name="appointment__doctor_id")

    class Meta:
        model = IntakeForm
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Forms"), retrieve=extend_schema(summary="One form"))
class FormViewSet(ListMixin, RetrieveMixin, ClinicViewSet):
    roles = {"review": ("doctor",), "*": ("admin", "doctor")}
    output_class = FormOutput
    filterset_class = FormFilters
    resource_type: ClassVar[str] = "intake_forms"
    ordering = ("-created_at", "pk")
    ordering_fields = ("created_at", "updated_at", "submitted_at", "status")

    def get_queryset(self) -> IntakeFormQuerySet[IntakeForm]:
        return IntakeForm.objects.visible_to(self.actor).select_related("patient", "appointment", "questionnaire")

    @extend_schema(summary="Create or fill in an appointment's form", request=FormInput, responses={201: FormOutput})
    def create(self, request: Request) -> Response:
        fields = self.read(FormInput)
        visit = Appointment.objects.visible_to(self.actor).fetch(fields["appointment_id"])
        if fields.get("patient_id", visit.patient_id) != visit.patient_id:
            raise ValidationError({"patient_id": ["This is not the appointment's patient."]})
        form = forms.create_or_reuse(
            self.actor, visit.pk, questionnaire_id=fields.get("questionnaire_id"), language=fields.get("language", "")
        )
        if "raw_answers" in fields:
            status = fields.get("status", IntakeForm.Status.SUBMITTED)
            forms.enter_from_paper(
                self.actor, form.pk, fields["raw_answers"], send_in=status == IntakeForm.Status.SUBMITTED
            )
        response = self._form_response(form.pk, status=201)
        response["Location"] = f"/api/intake/forms/{form.pk}"
        return response

    @extend_schema(summary="Enter answers", request=FormChange, responses={200: FormOutput})
    def update(self, request: Request, pk: UUID) -> Response:
        return self._enter(replace=True)

    @extend_schema(summary="Enter some answers", request=FormChange, responses={200: FormOutput})
    def partial_update(self, request: Request, pk: UUID) -> Response:
        return self._enter(replace=False)

    @extend_schema(summary="Send the patient the link", request=EmptySerializer, responses={200: FormOutput})
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: UUID) -> Response:
        self.read(EmptySerializer)
        deliveries.send_link(self.actor, self.get_object().appointment_id)
        return self._form_response(pk)

    @extend_schema(summary="Mark a form as reviewed", request=EmptySerializer, responses={200: FormOutput})
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: UUID) -> Response:
        self.read(EmptySerializer)
        forms.review(self.actor, pk)
        return self._form_response(pk)

    def _enter(self, *, replace: bool) -> Response:
        form = self.get_object_to_change()
        fields = self.read(FormChange, partial=not replace)
        if "language" in fields:
            forms.set_language(self.actor, form.pk, fields["language"])
        if "raw_answers" in fields or "status" in fields:
            status = fields.get("status")
            forms.enter_from_paper(
                self.actor,
                form.pk,
                fields.get("raw_answers", {}),
                send_in=status == IntakeForm.Status.SUBMITTED or (status is None and form.submitted_at is not None),
                replace=replace,
            )
        return self._form_response(form.pk)

    def _form_response(self, pk: UUID, *, status: int = 200) -> Response:
        return self.answer(self.get_queryset().fetch(pk), status=status)


class QuestionnaireFilters(django_filters.FilterSet):
    audience = django_filters.ChoiceFilter(choices=Questionnaire.Audience.choices)
    family = django_filters.UUIDFilter()
    current = BooleanFilter(method="only_current")

    class Meta:
        model = Questionnaire
        fields: list[str] = []

    def only_current(self, rows: Any, name: str, value: bool) -> Any:
        return rows.current() if value else rows.exclude(pk__in=rows.current().values("pk"))


@extend_schema_view(list=extend_schema(summary="Questionnaires"), retrieve=extend_schema(summary="One questionnaire"))
class QuestionnaireViewSet(ListMixin, RetrieveMixin, ClinicViewSet):
    roles = {"list": ("admin", "doctor", "owner"), "retrieve": ("admin", "doctor", "owner"), "*": ("admin",)}
    output_class = QuestionnaireOutput
    filterset_class = QuestionnaireFilters
    resource_type: ClassVar[str] = "questionnaires"
    ordering = ("name", "-version", "pk")
    ordering_fields = ("name", "version", "created_at", "published_at")

    def get_queryset(self) -> QuestionnaireQuerySet[Questionnaire]:
        return Questionnaire.objects.visible_to(self.actor)

    @extend_schema(summary="Create a questionnaire", request=QuestionnaireInput, responses={201: QuestionnaireOutput})
    def create(self, request: Request) -> Response:
        fields = self.read(QuestionnaireInput)
        publish = fields.pop("publish")
        questionnaire = questionnaires.create(self.actor, fields)
        return self._created(questionnaires.publish(self.actor, questionnaire.pk) if publish else questionnaire)

    @extend_schema(
        summary="Create the next version of a questionnaire",
        request=QuestionnaireInput,
        responses={201: QuestionnaireOutput},
    )
    def revise(self, request: Request, pk: UUID) -> Response:
        fields = self.read(QuestionnaireInput)
        publish = fields.pop("publish")
        draft = questionnaires.new_version(self.actor, pk)
        draft = questionnaires.edit(self.actor, draft.pk, fields)
        return self._created(questionnaires.publish(self.actor, draft.pk) if publish else draft)

    def _created(self, questionnaire: Questionnaire) -> Response:
        response = self.answer(questionnaire, status=201)
        response["Location"] = f"/api/intake/questionnaires/{questionnaire.pk}"
        return response
