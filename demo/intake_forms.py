"""Intake forms of the visits: their status and answers."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from aiassist.engine.danger import find_dangers
from aiassist.models import DangerAlert
from demo import phrases
from demo.factories import SeededRandom
from demo.form_answers import answers_of
from demo.visits import DemoVisit
from intake.models import IntakeForm, IntakeRevision, Questionnaire
from intake.operations.forms import hash_of

DAY = dt.timedelta(days=1)
# Share of submitted forms by working days to the visit; links are sent at booking.
SUBMITTED_SHARE = {0: 0.86, 1: 0.8, 2: 0.7, 3: 0.55}


@dataclass(kw_only=True)
class FormFactory:
    """Builds the unsaved forms, revisions and alerts of one clinic. `reviewers` are user ids by doctor id."""

    questionnaires: Mapping[str, Questionnaire]
    now: dt.datetime
    reviewers: Mapping[UUID, UUID]
    forms: list[IntakeForm] = field(default_factory=list)
    revisions: list[IntakeRevision] = field(default_factory=list)
    alerts: list[DangerAlert] = field(default_factory=list)

    def add(self, visits: Iterable[DemoVisit]) -> None:
        """Add the form of each visit and set the visit's `intake_status`."""
        for visit in visits:
            if visit.row.rescheduled:  # its form was carried over to the new visit
                continue
            rng = SeededRandom("papers", visit.row.pk)
            state = self._state(visit, rng)
            visit.row.intake_status = state
            if state != "missing":
                self._form(visit, rng)

    def _state(self, visit: DemoVisit, rng: SeededRandom) -> str:
        share = 0.88 if visit.steps < 0 else SUBMITTED_SHARE.get(visit.steps, 0.25)
        if not visit.is_live:
            share = 0.3
        draw = rng.random()
        if draw < share or visit.row.arrived:
            return "completed"
        return "sent" if draw < share + (1 - share) * 0.55 else "missing"

    def _form(self, visit: DemoVisit, rng: SeededRandom) -> None:
        row = visit.row
        requested_at = min(row.created_at + dt.timedelta(minutes=1), self.now)
        audience = self.audience(visit)
        form = IntakeForm(
            id=rng.id_at(requested_at),
            clinic_id=row.clinic_id,
            patient=row.patient,
            appointment=row,
            questionnaire=self.questionnaires[audience],
            language=row.patient.preferred_language,
            created_at=requested_at,
            updated_at=requested_at,
        )
        self.forms.append(form)
        if row.intake_status == "completed":
            self._submit(form, visit, audience, rng)
        elif rng.happens(0.4):
            form.opened_at = form.updated_at = min(requested_at + rng.minutes(20, 900), self.now)

    def _submit(self, form: IntakeForm, visit: DemoVisit, audience: str, rng: SeededRandom) -> None:
        latest = min(self.now - rng.minutes(1, 90), visit.row.starts_at - rng.minutes(15, 200))
        sent_at = max(min(visit.row.starts_at - DAY * rng.random() * 3, latest), form.created_at)
        signed_at = sent_at.isoformat(timespec="seconds")
        answers = dict(answers_of(visit.patient, visit.complaint, audience, signed_at=signed_at, rng=rng))
        if not self.alerts and self._may_be_in_danger(visit, audience):
            answers["reason"] = f"{answers['reason']} {phrases.DANGER}"
            self._raise_alerts(form, visit, sent_at)
        form.raw_answers = answers
        form.opened_at = max(sent_at - rng.minutes(4, 14), form.created_at)
        form.saved_at = form.submitted_at = form.updated_at = sent_at
        form.status, form.revision = IntakeForm.Status.SUBMITTED, 1
        reviewer = self.reviewers.get(visit.row.doctor_id)
        seen_at = visit.row.completed_at
        if seen_at and reviewer:
            form.status = IntakeForm.Status.REVIEWED
            form.reviewed_at = form.updated_at = seen_at
            form.reviewed_by_id = reviewer
        self.revisions.append(
            IntakeRevision(
                id=rng.id_at(sent_at),
                clinic_id=form.clinic_id,
                form=form,
                patient=form.patient,
                number=1,
                raw_answers=form.raw_answers,
                answers_hash=hash_of(form.raw_answers),
                language=form.language,
                submitted_at=sent_at,
                created_at=sent_at,
                updated_at=sent_at,
            )
        )

    def _may_be_in_danger(self, visit: DemoVisit, audience: str) -> bool:
        row = visit.row
        is_next = 0 <= visit.steps <= 3 and visit.is_live and not row.arrived and row.starts_at > self.now
        return is_next and audience != "child" and row.patient.preferred_language == "en"

    def _raise_alerts(self, form: IntakeForm, visit: DemoVisit, at: dt.datetime) -> None:
        form.danger_found_at = at
        visit.row.needs_attention, visit.row.attention_reason = True, "danger"
        for danger in find_dangers(phrases.DANGER):
            alert = DangerAlert(
                id=SeededRandom("danger", form.pk, danger.kind).id_at(at),
                clinic_id=form.clinic_id,
                appointment=visit.row,
                patient=form.patient,
                form=form,
                question_id="reason",
                kind=str(danger.kind),
                quote=danger.quote,
                found_at=at,
                created_at=at,
                updated_at=at,
            )
            self.alerts.append(alert)

    @staticmethod
    def audience(visit: DemoVisit) -> str:
        if visit.row.patient.is_minor_on(visit.day):
            return "child"
        return "follow-up" if visit.row.visit_category == "follow-up" else "adult"
