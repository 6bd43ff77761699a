"""Summaries of recent forms, by the rules engine."""

import datetime as dt
from collections.abc import Sequence

from aiassist.engine.schema import VERSION
from aiassist.engine.summarize import extract
from aiassist.engine.verifier import verify
from aiassist.models import IntakeSummary
from aiassist.operations import summaries
from aiassist.rules.engine_answers import engine_answers
from demo.factories import SeededRandom
from intake.models import IntakeRevision


def summaries_of(revisions: Sequence[IntakeRevision]) -> list[IntakeSummary]:
    """An unsaved summary of each revision, generated seconds after it was submitted; reviewed where the form is."""
    return [_summary(revision) for revision in revisions]


def _summary(revision: IntakeRevision) -> IntakeSummary:
    form = revision.form
    answers = engine_answers(form.questionnaire, revision)
    at = revision.submitted_at + dt.timedelta(seconds=3)
    summary = IntakeSummary(
        id=SeededRandom("summary", form.pk).id_at(at),
        clinic_id=form.clinic_id,
        appointment_id=form.appointment_id,
        intake_form=form,
        patient_id=form.patient_id,
        form_revision=revision.number,
        status=IntakeSummary.Status.GENERATED,
        engine=IntakeSummary.Engine.RULES,
        schema_version=VERSION,
        answers_hash=summaries.hash_of(answers),
        generated_at=at,
        reviewed_at=form.reviewed_at,
        reviewed_by_id=form.reviewed_by_id,
        created_at=at,
        updated_at=form.reviewed_at or at,
    )
    summaries.apply_result(summary, verify(extract(answers), answers))
    return summary
