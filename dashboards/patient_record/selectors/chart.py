"""The clinical part of the record, for doctors: summaries, submitted forms, notes."""

from dataclasses import dataclass
from uuid import UUID

from aiassist.models import IntakeSummary
from aiassist.selectors.summary_page import SummaryPage, summary_page
from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from intake.models import IntakeForm
from patients.models import Patient
from scheduling.selectors.patient_notes import Notes, read_notes

MAX_FORMS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedForm:
    """A submitted form with the newest version of its summary."""

    form: IntakeForm
    summary: IntakeSummary | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The clinical part. `reading` is the newest summary, of the visit `summary_visit`; `forms` are newest first."""

    notes: Notes
    forms: list[SubmittedForm]
    reading: SummaryPage | None
    summary_visit: UUID | None


def read_chart(actor: Actor, patient: Patient, notes_page: str) -> Chart | None:
    """The clinical part for a doctor; None for other roles."""
    if actor.role != Role.DOCTOR:
        return None
    forms = list(
        IntakeForm.objects.visible_to(actor)
        .filter(patient=patient, submitted_at__isnull=False)
        .select_related("appointment__doctor", "questionnaire")
        .defer("raw_answers", "draft_answers", "questionnaire__sections")
        .order_by("-submitted_at", "pk")[:MAX_FORMS]
    )
    newest = IntakeSummary.objects.visible_to(actor).newest().filter(intake_form__in=[form.pk for form in forms])
    by_form = {summary.intake_form_id: summary for summary in newest.defer("items")}
    visit = next((form.appointment_id for form in forms if form.pk in by_form), None)
    return Chart(
        notes=read_notes(actor, patient.pk, notes_page),
        forms=[SubmittedForm(form=form, summary=by_form.get(form.pk)) for form in forms],
        reading=summary_page(actor, visit) if visit else None,
        summary_visit=visit,
    )
