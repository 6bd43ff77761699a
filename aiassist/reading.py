"""A summary made ready for the eye: every line with the patient's own words, marked in place."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from aiassist.answers import engine_answers
from aiassist.editing import is_flagged, is_plain, item_at
from aiassist.engine.schema import Answer
from aiassist.engine.text import find_quote
from aiassist.models import IntakeSummary, ModelUse
from clinicflow.clinics.actors import Actor
from intake.models import IntakeForm, IntakeRevision

# Why an item is amber, in words for the doctor.
REASONS = {
    "unknown_question": _("It names a question that was not asked."),
    "quote_not_found": _("The quote is not in the answers."),
    "no_evidence": _("No words of the patient stand behind it."),
    "name_not_in_quote": _("The quoted words do not name it."),
    "not_a_known_name": _("Not a name that we know; ask what it is."),
    "dose_not_in_quote": _("The dose is not in the quoted words."),
    "frequency_not_in_quote": _("How often is not in the quoted words."),
    "reaction_not_in_quote": _("The reaction is not in the quoted words."),
    "looks_past": _("The answer reads as something in the past."),
    "looks_current": _("The answer reads as something current."),
    "looks_like_allergy": _("The answer reads as an allergy."),
    "looks_like_medication": _("The answer reads as a medicine that is taken."),
    "engine_disagrees": _("Denied, about a relative, or only asked about."),
    "number_not_in_answers": _("A number in it is not in the answers."),
    "drug_not_in_answers": _("A medicine in it is not in the answers."),
    "link": _("It contains a link."),
    "too_few_shared_words": _("It says more than the answer does."),
    "lost_negation": _("A “not” of the answer is missing."),
    "false_none": _("The answers do not say that there are none."),
    "false_no_change": _("The answers do not say that nothing has changed."),
    "number_not_in_quote": _("A number is not in the quoted words, or belongs to something else there."),
    "changed_word": _("A side, a time, a body part or a trend is not what the quoted words say."),
    "another_person": _("The quoted words are about another person."),
    "lost_doubt": _("The quoted words are less certain."),
    "not_read": _("Not read in time; these are the patient's own words."),
    "doctor_typed": _("Typed by the doctor."),
}
# Why the model gave no summary, in words for whoever runs the clinic.
FAILURES = {
    "rate_limited": _("The provider asks us to slow down."),
    "quota": _("The account with the provider has no credit left."),
    "server_error": _("The provider has a fault."),
    "auth": _("The provider does not accept the key."),
    "not_found_model": _("The provider does not know this model."),
    "context_length": _("A form was too long for the model."),
    "no_interface": _("The server offers neither the Responses API nor Chat Completions; check its address."),
    "bad_request": _("The provider did not accept the request."),
    "timeout": _("The provider did not answer in time."),
    "connection": _("The provider cannot be reached."),
    "empty": _("The answer was no answer at all."),
    "refused": _("The model refused."),
    "truncated": _("The answer was cut off."),
    "filtered": _("The provider's filter held the answer back."),
    "failed": _("The provider gave up on the answer."),
    "not_json": _("The answer was not in the agreed form."),
    "wrong_schema": _("The answer was not in the agreed form."),
    "unexpected": _("Something unexpected came back."),
    "over_cap": _("The month's limit is reached."),
    "breaker_open": _("It has failed too often and is paused."),
    "deadline": _("There was no time left for a call."),
    "too_slow": _("The answers took too long to read and are listed as they are."),
    "interrupted": _("A call was interrupted and is not paid twice."),
    "identity_left": _("Something of the patient's identity was left in the answers, so nothing was sent."),
    "gave_up": _("It was tried five times."),
}
INTERFACES = {"responses": "Responses API", "chat": "Chat Completions API"}
# What stands in place of a list that has no plain item.
STATES = {
    "listed": _("Named in the answers, but nothing is verified."),
    "none_reported": _("None, says the patient."),
    "not_stated": _("Not stated."),
    "no_change": _("No change reported."),
    "unclear": _("Unclear; please ask."),
}
ROW_ORDER = ("name", "substance", "dose", "frequency", "reaction", "status")  # PostgreSQL keeps its own


@dataclass(frozen=True)
class Citation:
    """One quote in its answer: `before`, the quoted words, `after`. `number` counts the questions of the form."""

    number: int
    label: str
    before: str
    quote: str
    after: str


@dataclass(frozen=True)
class Shown:
    """One item as shown. `position` names it to the actions; `reasons` are empty for a plain one."""

    position: int
    text: str
    details: tuple[str, ...]
    citations: tuple[Citation, ...]
    reasons: tuple[Any, ...] = ()
    status: str = ""
    section: str = ""
    accepted_by: str = ""
    corrected_by: str = ""


@dataclass(frozen=True)
class Reading:
    """A whole summary for the doctor's screen; `summary` is None where no form has been sent in."""

    summary: IntakeSummary | None
    form: IntakeForm | None = None
    allergies: Sequence[Shown] = ()
    medications: Sequence[Shown] = ()
    lines: Sequence[Shown] = ()
    concerns: Sequence[Shown] = ()
    notes: Sequence[Shown] = ()
    flagged: Sequence[Shown] = ()
    omissions: Sequence[Shown] = ()
    allergies_state: Any = ""
    medications_state: Any = ""
    allergies_state_citations: Sequence[Citation] = ()
    medications_state_citations: Sequence[Citation] = ()
    versions: int = 0
    answers: Sequence[tuple[int, Answer]] = field(default_factory=tuple)


def read_summary(actor: Actor, appointment_id: UUID) -> Reading:
    """The newest summary of a visit, as the actor may see it."""
    form = (
        IntakeForm.objects.visible_to(actor)
        .select_related("questionnaire")
        .filter(appointment_id=appointment_id)
        .first()
    )
    summary = (
        IntakeSummary.objects.visible_to(actor)
        .newest()
        .select_related("reviewed_by", "edited_by")
        .filter(intake_form=form)
        .first()
        if form
        else None
    )
    if form is None or summary is None:
        return Reading(summary=None, form=form)
    revision = IntakeRevision.objects.visible_to(actor).get(form=form, number=summary.form_revision)
    return _Reader(engine_answers(form.questionnaire, revision)).read(summary, form)


def answers_of(actor: Actor, summary: IntakeSummary) -> list[Answer]:
    """The answers that a version is about."""
    revision = (
        IntakeRevision.objects.visible_to(actor)
        .select_related("form__questionnaire")
        .get(form_id=summary.intake_form_id, number=summary.form_revision)
    )
    return engine_answers(revision.form.questionnaire, revision)


def read_item(actor: Actor, summary: IntakeSummary, position: int) -> Shown:
    """One item of a summary with its quotes, as shown in the list."""
    return _Reader(answers_of(actor, summary)).shown(position, item_at(summary, position))


def two_of(
    versions: Sequence[IntakeSummary], older: str, newer: str
) -> tuple[IntakeSummary | None, IntakeSummary | None]:
    """The two versions with these numbers, the lower first; by default the newest and the one before it."""
    by_number = {str(summary.version): summary for summary in versions}
    right = by_number.get(newer) or (versions[0] if versions else None)
    before = [summary for summary in versions if right is not None and summary.version < right.version]
    left = by_number.get(older) or (before[0] if before else right)
    if left is not None and right is not None and left.version > right.version:
        return right, left
    return left, right


TRIAL_TAKES = 60.0  # seconds


def is_waiting_for_trial(use: ModelUse | None, asked: str, at: dt.datetime) -> bool:
    """Whether a trial of the connection that was asked for at `asked` (Unix seconds) has no outcome yet."""
    if not asked.isdecimal() or not 0 <= at.timestamp() - int(asked) < TRIAL_TAKES:
        return False
    outcomes = [use.last_success_at, use.last_failure_at] if use else []
    return not any(outcome and outcome.timestamp() >= int(asked) for outcome in outcomes)


@dataclass(frozen=True)
class Side:
    """What one of two versions says in a section, line by line, and whether the other lacks it."""

    lines: Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Compared:
    """One section of two versions side by side."""

    label: Any
    older: Side
    newer: Side

    @property
    def changed(self) -> bool:
        return any(lacking for side in (self.older, self.newer) for _, lacking in side.lines)


def compare(older: IntakeSummary, newer: IntakeSummary) -> list[Compared]:
    """Two versions, section by section, with what each has that the other has not."""
    return [
        Compared(label, _side(said(older), said(newer)), _side(said(newer), said(older)))
        for label, said in _SECTIONS.items()
    ]


def _side(lines: Sequence[str], other: Sequence[str]) -> Side:
    return Side([(line, line not in other) for line in lines])


def _rows(summary: IntakeSummary, section: str) -> list[str]:
    """A list's rows as text; where it has none, what is to be said of that. Never silence, which would look like a
    none.
    """
    rows = [", ".join(str(row[name]) for name in ROW_ORDER if row.get(name)) for row in getattr(summary, section)]
    return rows or [str(_state(summary, section))]


_SECTIONS: Mapping[Any, Callable[[IntakeSummary], Sequence[str]]] = {
    _("Allergies"): lambda summary: _rows(summary, "allergies"),
    _("Medicines"): lambda summary: _rows(summary, "medications"),
    _("Summary"): lambda summary: summary.summary_text.splitlines(),
    _("Concerns"): lambda summary: summary.patient_concerns,
    _("Also said"): lambda summary: summary.key_notes,
}


def _state(summary: IntakeSummary, section: str) -> Any:
    """What to say of a list without items."""
    state = summary.items.get(f"{section}_state") or {}
    return STATES.get(state.get("value", ""), STATES["not_stated"])


class _Reader:
    """Turns stored items into shown ones, with the answers at hand."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.numbered = {answer.question_id: (number, answer) for number, answer in enumerate(answers, 1)}

    def read(self, summary: IntakeSummary, form: IntakeForm) -> Reading:
        entries = list(enumerate(summary.items.get("items", [])))
        plain = [self.shown(position, entry) for position, entry in entries if is_plain(entry)]
        flagged = [self.shown(position, entry) for position, entry in entries if is_flagged(entry)]

        def of(section: str) -> list[Shown]:
            return [item for item in plain if item.section == section]

        omissions = [self._omission(entry) for entry in summary.items.get("omissions", [])]
        states = {name: summary.items.get(f"{name}_state") or {} for name in ("allergies", "medications")}
        return Reading(
            summary=summary,
            form=form,
            allergies=of("allergies"),
            medications=of("medications"),
            lines=of("summary"),
            concerns=of("patient_concerns"),
            notes=of("key_notes"),
            flagged=flagged,
            omissions=omissions,
            allergies_state=STATES.get(states["allergies"].get("value", ""), ""),
            medications_state=STATES.get(states["medications"].get("value", ""), ""),
            allergies_state_citations=self._citations(states["allergies"].get("evidence", [])),
            medications_state_citations=self._citations(states["medications"].get("evidence", [])),
            versions=summary.version,
            answers=list(self.numbered.values()),
        )

    def shown(self, position: int, entry: Mapping[str, Any]) -> Shown:
        """A stored item with its quotes."""
        item = entry["item"]
        return Shown(
            position=position,
            section=entry["section"],
            text=item.get("text") or item.get("name") or item.get("substance") or "",
            details=tuple(item[name] for name in ("dose", "frequency", "reaction") if item.get(name)),
            status=item.get("status", ""),
            citations=self._citations(item["evidence"]),
            reasons=tuple(REASONS.get(reason, reason) for reason in entry["reasons"]),
            corrected_by=entry.get("corrected_by_name", ""),
            accepted_by=entry.get("decided_by_name", "") if entry.get("verdict") == "accepted" else "",
        )

    def _omission(self, entry: Mapping[str, Any]) -> Shown:
        return Shown(
            position=-1,
            section=entry["section"],
            text=entry["name"],
            details=(),
            citations=self._citations([entry["evidence"]]),
        )

    def _citations(self, evidence: Sequence[Mapping[str, str]]) -> tuple[Citation, ...]:
        return tuple(citation for entry in evidence if (citation := self._citation(entry)))

    def _citation(self, entry: Mapping[str, str]) -> Citation | None:
        number, answer = self.numbered.get(entry["question_id"], (0, None))
        if answer is None:
            return None
        place = find_quote(entry["quote"], answer.text)
        if place is None:
            return Citation(number, answer.label, answer.text, "", "")
        start, end = place
        return Citation(number, answer.label, answer.text[:start], answer.text[start:end], answer.text[end:])
