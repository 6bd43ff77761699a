"""`/api/intake/summaries/`: reading, editing and regenerating the summary of a visit's form."""

from uuid import UUID

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from aiassist.api.serializers import SummaryInput, SummaryOutput, SummaryState
from aiassist.models import IntakeSummary
from aiassist.operations import summaries
from aiassist.rules.engine_answers import engine_answers
from aiassist.rules.summary_rewrite import rewrite
from clinicflow.access.roles import Role
from clinicflow.api.base import ClinicView
from clinicflow.api.etags import check_precondition, etag_of
from clinicflow.api.serializers import EmptySerializer
from clinicflow.core import clock
from clinicflow.core.errors import NotFound
from intake.models import IntakeRevision

OUTPUT_BY_ROLE = {Role.FRONT_DESK: SummaryState, Role.DOCTOR: SummaryOutput}
BY_ROLE_SCHEMA = PolymorphicProxySerializer(
    component_name="Summary", serializers=[SummaryOutput, SummaryState], resource_type_field_name=None
)


class SummaryBaseView(ClinicView):
    """Base of the views that respond with a summary."""

    def answer(self, summary: IntakeSummary, *, status: int = 200) -> Response:
        """The summary as this role may see it, with its entity tag."""
        self.shows("ai_intake_summaries", [summary.patient_id], summary.pk)
        output: BaseSerializer = OUTPUT_BY_ROLE[self.actor.role](summary)
        return Response(output.data, status=status, headers={"ETag": etag_of(summary)})


class SummaryView(SummaryBaseView):
    """`GET` by the visit's id, `PUT` and `PATCH` by the summary's."""

    roles = {"get": ("admin", "doctor"), "put": ("doctor",), "patch": ("doctor",)}

    @extend_schema(summary="The summary of a visit", responses={200: BY_ROLE_SCHEMA})
    def get(self, request: Request, pk: UUID) -> Response:
        summary = IntakeSummary.objects.states_visible_to(self.actor).newest().filter(appointment_id=pk).first()
        if summary is None:
            raise NotFound()
        return self.answer(summary)

    @extend_schema(summary="Edit a summary", request=SummaryInput, responses={200: SummaryOutput})
    def put(self, request: Request, pk: UUID) -> Response:
        return self._edit(request, pk, partial=False)

    @extend_schema(summary="Edit part of a summary", request=SummaryInput, responses={200: SummaryOutput})
    def patch(self, request: Request, pk: UUID) -> Response:
        return self._edit(request, pk, partial=True)

    def _edit(self, request: Request, pk: UUID, *, partial: bool) -> Response:
        summary = IntakeSummary.objects.visible_to(self.actor).lock(pk)
        check_precondition(request, summary)
        stored = SummaryOutput(summary).data
        fields = {name: stored[name] for name in SummaryInput().fields} | self.read(SummaryInput, partial=partial)
        revision = (
            IntakeRevision.objects.visible_to(self.actor)
            .select_related("form__questionnaire")
            .get(form_id=summary.intake_form_id, number=summary.form_revision)
        )
        arrays = fields | {"summary_text": [line for line in fields["summary_text"].splitlines() if line.strip()]}
        verified = rewrite(summary, arrays, engine_answers(revision.form.questionnaire, revision))
        edited = summaries.edit(self.actor, pk, verified=verified, expected_version=summary.version, at=clock.now())
        return self.answer(edited)


class SummaryRegenerateView(SummaryBaseView):
    roles = {"post": ("doctor",)}

    @extend_schema(summary="Regenerate a summary", request=EmptySerializer, responses={202: SummaryOutput})
    def post(self, request: Request, pk: UUID) -> Response:
        self.read(EmptySerializer)
        return self.answer(summaries.regenerate(self.actor, pk), status=202)
