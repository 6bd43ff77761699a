"""Jobs of summaries: one per version, by the rules engine, or by a model where the clinic has agreed to it."""

from uuid import UUID

from django.db import transaction

from aiassist.answers import engine_answers
from aiassist.engine.summarize import extract
from aiassist.engine.verifier import verify
from aiassist.models import IntakeSummary
from aiassist.operations import summaries
from clinicflow.clinics.actors import system_actor
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs.registry import job


def give_up(*, clinic_id: UUID, summary_id: str) -> None:
    summaries.fail(system_actor(clinic_id), UUID(summary_id), reason="gave_up")


@job("aiassist.summarize", atomic=False, on_death=give_up)
def summarize(*, clinic_id: UUID, summary_id: str) -> None:
    """Read the answers, extract and verify outside any transaction, keep the result in one."""
    actor = system_actor(clinic_id)
    with transaction.atomic(), tenant(clinic_id):
        revision = summaries.answers_to_read(actor, UUID(summary_id))
    if revision is None:
        return
    answers = engine_answers(revision.form.questionnaire, revision)
    verified = verify(extract(answers), answers)
    with transaction.atomic(), tenant(clinic_id):
        summaries.complete(
            actor,
            UUID(summary_id),
            answers=answers,
            verified=verified,
            engine=IntakeSummary.Engine.RULES,
            at=clock.now(),
        )
