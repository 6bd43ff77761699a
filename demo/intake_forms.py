"""Intake: which visits have a form, how far it is, and what is in it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from demo.factories import Chance
from demo.form_answers import answers_of
from demo.visits import Visit
from intake.models import IntakeForm, IntakeRevision, Questionnaire
from intake.operations.forms import hash_of

DAY = dt.timedelta(days=1)
# Share of forms sent in, by worked days to the visit; links go out when a visit is booked.
SENT_IN = {0: 0.86, 1: 0.8, 2: 0.7, 3: 0.55}


@dataclass(kw_only=True)
class Papers:
    """The forms of one clinic; `fresh` are those sent in lately, which have no doctor's review yet."""

    questionnaires: Mapping[str, Questionnaire]
    now: dt.datetime
    reviewers: Mapping[UUID, UUID]
    forms: list[IntakeForm] = field(default_factory=list)
    revisions: list[IntakeRevision] = field(default_factory=list)

    def add(self, visits: Iterable[Visit]) -> None:
        """Give each visit its form and its `intake_status`."""
        for visit in visits:
            if visit.row.rescheduled:  # its form went along to the new visit
                continue
            chance = Chance("papers", visit.row.pk)
            state = self._state(visit, chance)
            visit.row.intake_status = state
            if state != "missing":
                self._form(visit, chance)

    def _state(self, visit: Visit, chance: Chance) -> str:
        share = 0.88 if visit.steps < 0 else SENT_IN.get(visit.steps, 0.25)
        if not visit.is_live:
            share = 0.3
        draw = chance.random()
        if draw < share or visit.row.arrived:
            return "completed"
        return "sent" if draw < share + (1 - share) * 0.55 else "missing"

    def _form(self, visit: Visit, chance: Chance) -> None:
        row = visit.row
        asked_at = min(row.created_at + dt.timedelta(minutes=1), self.now)
        audience = self.audience(visit)
        form = IntakeForm(
            id=chance.id_at(asked_at),
            clinic_id=row.clinic_id,
            patient=row.patient,
            appointment=row,
            questionnaire=self.questionnaires[audience],
            language=row.patient.preferred_language,
            created_at=asked_at,
            updated_at=asked_at,
        )
        self.forms.append(form)
        if row.intake_status == "completed":
            self._send_in(form, visit, audience, chance)
        elif chance.happens(0.4):
            form.opened_at = form.updated_at = min(asked_at + chance.minutes(20, 900), self.now)

    def _send_in(self, form: IntakeForm, visit: Visit, audience: str, chance: Chance) -> None:
        latest = min(self.now - chance.minutes(1, 90), visit.row.starts_at - chance.minutes(15, 200))
        sent_at = max(min(visit.row.starts_at - DAY * chance.random() * 3, latest), form.created_at)
        answers = answers_of(
            visit.person, visit.complaint, audience, signed_at=sent_at.isoformat(timespec="seconds"), chance=chance
        )
        form.raw_answers = dict(answers)
        form.opened_at = max(sent_at - chance.minutes(4, 14), form.created_at)
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
                id=chance.id_at(sent_at),
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

    @staticmethod
    def audience(visit: Visit) -> str:
        if visit.row.patient.is_minor_on(visit.day):
            return "child"
        return "follow-up" if visit.row.visit_category == "follow-up" else "adult"
