"""Reads of a summary for display: every item with its quotes, marked in the patient's answers."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from aiassist.engine.schema import Answer
from aiassist.engine.text import find_quote
from aiassist.models import IntakeSummary, ModelUse
from aiassist.rules.engine_answers import engine_answers
from aiassist.rules.summary_rewrite import is_flagged, is_plain, item_at
from clinicflow.access.actor import Actor
from intake.models import IntakeForm, IntakeRevision

# Why an item is not verified, as shown to the doctor.
REASONS = {
    "unknown_question": _("It cites a question that was not asked."),
    "quote_not_found": _("The quote is not in the answers."),
    "no_evidence": _("Nothing in the answers supports it."),
    "name_not_in_quote": _("The quote does not name it."),
    "not_a_known_name": _("Not a medicine we recognize; ask the patient."),
    "dose_not_in_quote": _("The dose is not in the quote."),
    "frequency_not_in_quote": _("The frequency is not in the quote."),
    "reaction_not_in_quote": _("The reaction is not in the quote."),
    "looks_past": _("The answer reads as something from the past."),
    "looks_current": _("The answer reads as something current."),
    "looks_like_allergy": _("The answer reads as an allergy."),
    "looks_like_medication": _("The answer reads as a medication."),
    "engine_disagrees": _("Denied, about a relative, or only asked about."),
    "number_not_in_answers": _("A number in it is not in the answers."),
    "drug_not_in_answers": _("A medication in it is not in the answers."),
    "link": _("It contains a link."),
    "too_few_shared_words": _("It says more than the answer does."),
    "lost_negation": _("A “not” of the answer is missing."),
    "false_none": _("The answers do not say that there are none."),
    "false_no_change": _("The answers do not say that nothing has changed."),
    "number_not_in_quote": _("A number in it is not in the quote, or belongs to something else there."),
    "changed_word": _("A side, body part, time or trend differs from the quote."),
    "another_person": _("The quote is about someone else."),
    "lost_doubt": _("The patient was not sure."),
    "not_read": _("Not read in time. These are the patient's own words."),
    "doctor_typed": _("Typed by the doctor."),
}
# Why the model did not write a summary, as shown on the settings page.
FAILURES = {
    "rate_limited": _("The provider limits the rate of requests."),
    "quota": _("The provider account has no credit left."),
    "server_error": _("The provider had an error."),
    "auth": _("The provider rejected the key."),
    "not_found_model": _("The provider does not know this model."),
    "context_length": _("A form was too long for the model."),
    "no_interface": _("The server offers neither the Responses API nor Chat Completions; check its address."),
    "bad_request": _("The provider rejected the request."),
    "timeout": _("The provider did not answer in time."),
    "connection": _("The provider cannot be reached."),
    "empty": _("The answer was empty."),
    "refused": _("The model refused."),
    "truncated": _("The answer was cut off."),
    "filtered": _("The provider's filter blocked the answer."),
    "failed": _("The provider could not complete the answer."),
    "not_json": _("The answer was not in the expected format."),
    "wrong_schema": _("The answer was not in the expected format."),
    "unexpected": _("The answer was unexpected."),
    "over_cap": _("The monthly limit is reached."),
    "breaker_open": _("Paused after repeated failures."),
    "deadline": _("Not enough time was left for a call."),
    "too_slow": _("Reading the answers took too long."),
    "interrupted": _("A call was interrupted and was not repeated, to avoid paying twice."),
    "identity_left": _("Identifying data was left in the answers, so nothing was sent."),
    "gave_up": _("It failed five times."),
}
INTERFACES = {"responses": "Responses API", "chat": "Chat Completions API"}
# Shown instead of a list without verified items.
STATES = {
    "listed": _("Mentioned in the answers, but nothing is verified."),
    "none_reported": _("None reported."),
    "no_change": _("No change since last time, according to the patient."),
    "not_stated": _("Not stated."),
    "unclear": _("Unclear; please ask."),
}
LISTS = ("allergies", "medications")
ROW_ORDER = ("name", "substance", "dose", "frequency", "reaction", "status")  # jsonb does not preserve the order


@dataclass(frozen=True)
class Citation:
    """A quote within its answer: `before`, `quote`, `after`. `number` is the question's number on the form."""

    number: int
    label: str
    before: str
    quote: str
    after: str


@dataclass(frozen=True)
class ShownItem:
    """One item for display. `position` identifies it in the actions; a verified item has no `reasons`."""

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
class ReviewedList:
    """A list as a doctor last reviewed it, for an answer that says that nothing has changed."""

    reviewed_at: dt.datetime
    rows: Sequence[str]


@dataclass(frozen=True)
class SummaryPage:
    """A summary for the doctor's page; `summary` is None when no form has been submitted."""

    summary: IntakeSummary | None
    form: IntakeForm | None = None
    allergies: Sequence[ShownItem] = ()
    medications: Sequence[ShownItem] = ()
    lines: Sequence[ShownItem] = ()
    concerns: Sequence[ShownItem] = ()
    notes: Sequence[ShownItem] = ()
    flagged: Sequence[ShownItem] = ()
    omissions: Sequence[ShownItem] = ()
    allergies_state: Any = ""
    medications_state: Any = ""
    allergies_state_citations: Sequence[Citation] = ()
    medications_state_citations: Sequence[Citation] = ()
    allergies_unread: Sequence[ShownItem] = ()
    medications_unread: Sequence[ShownItem] = ()
    allergies_before: ReviewedList | None = None
    medications_before: ReviewedList | None = None
    versions: int = 0
    answers: Sequence[tuple[int, Answer]] = field(default_factory=tuple)


def summary_page(actor: Actor, appointment_id: UUID) -> SummaryPage:
    """The newest summary of a visit, if it is visible to the actor."""
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
        return SummaryPage(summary=None, form=form)
    revision = IntakeRevision.objects.visible_to(actor).get(form=form, number=summary.form_revision)
    page = _Presenter(engine_answers(form.questionnaire, revision)).present(summary, form)
    unchanged = [name for name in LISTS if (summary.items.get(f"{name}_state") or {}).get("value") == "no_change"]
    if not unchanged:
        return page
    before = {name: found for name, found in last_reviewed_lists(actor, summary).items() if name in unchanged}
    return replace(page, allergies_before=before.get("allergies"), medications_before=before.get("medications"))


def last_reviewed_lists(actor: Actor, summary: IntakeSummary) -> dict[str, ReviewedList]:
    """The patient's lists of the last earlier form that a doctor has reviewed, by name; empty lists are left out."""
    earlier = (
        IntakeSummary.objects.visible_to(actor)
        .newest()
        .filter(patient_id=summary.patient_id, reviewed_at__isnull=False)
        .exclude(intake_form_id=summary.intake_form_id)
        .order_by("-reviewed_at", "-pk")
        .first()
    )
    if earlier is None or earlier.reviewed_at is None:
        return {}
    reviewed_at = earlier.reviewed_at
    return {name: ReviewedList(reviewed_at, _rows(earlier, name)) for name in LISTS if getattr(earlier, name)}


def answers_of(actor: Actor, summary: IntakeSummary) -> list[Answer]:
    """The answers that a version summarizes."""
    revision = (
        IntakeRevision.objects.visible_to(actor)
        .select_related("form__questionnaire")
        .get(form_id=summary.intake_form_id, number=summary.form_revision)
    )
    return engine_answers(revision.form.questionnaire, revision)


def shown_item(actor: Actor, summary: IntakeSummary, position: int) -> ShownItem:
    """One item of a summary with its quotes. NotFound when there is none at the position."""
    return _Presenter(answers_of(actor, summary)).shown(position, item_at(summary, position))


def versions_to_compare(
    versions: Sequence[IntakeSummary], older: str, newer: str
) -> tuple[IntakeSummary | None, IntakeSummary | None]:
    """The versions with these numbers, the lower first; by default the newest two. None when there is no version."""
    by_number = {str(summary.version): summary for summary in versions}
    right = by_number.get(newer) or (versions[0] if versions else None)
    before = [summary for summary in versions if right is not None and summary.version < right.version]
    left = by_number.get(older) or (before[0] if before else right)
    if left is not None and right is not None and left.version > right.version:
        return right, left
    return left, right


TRIAL_TIMEOUT = 60.0  # seconds


def is_waiting_for_trial(use: ModelUse | None, requested_at: str, at: dt.datetime) -> bool:
    """Whether a connection test requested at `requested_at` (Unix seconds, as text) has no outcome yet.

    False after TRIAL_TIMEOUT, and for any other text.
    """
    if not requested_at.isdecimal() or not 0 <= at.timestamp() - int(requested_at) < TRIAL_TIMEOUT:
        return False
    outcomes = [use.last_success_at, use.last_failure_at] if use else []
    return not any(outcome and outcome.timestamp() >= int(requested_at) for outcome in outcomes)


@dataclass(frozen=True)
class VersionSection:
    """The lines of one version in a section, each with whether the other version lacks it."""

    lines: Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class VersionComparison:
    """One section of two versions side by side."""

    label: Any
    older: VersionSection
    newer: VersionSection

    @property
    def changed(self) -> bool:
        return any(lacking for side in (self.older, self.newer) for _, lacking in side.lines)


def compare(older: IntakeSummary, newer: IntakeSummary) -> list[VersionComparison]:
    """Two versions compared section by section."""
    return [
        VersionComparison(label, _section_of(read(older), read(newer)), _section_of(read(newer), read(older)))
        for label, read in _SECTIONS.items()
    ]


def _section_of(lines: Sequence[str], other: Sequence[str]) -> VersionSection:
    return VersionSection([(line, line not in other) for line in lines])


def _rows(summary: IntakeSummary, section: str) -> list[str]:
    """A list's rows as text, or its state when it is empty, so that it does not read as "none"."""
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
    """The state shown for a list without items."""
    state = summary.items.get(f"{section}_state") or {}
    return STATES.get(state.get("value", ""), STATES["not_stated"])


class _Presenter:
    """Converts stored items for display, with quotes located in the answers."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.numbered = {answer.question_id: (number, answer) for number, answer in enumerate(answers, 1)}

    def present(self, summary: IntakeSummary, form: IntakeForm) -> SummaryPage:
        entries = list(enumerate(summary.items.get("items", [])))
        plain = [self.shown(position, entry) for position, entry in entries if is_plain(entry)]
        flagged = [self.shown(position, entry) for position, entry in entries if is_flagged(entry)]

        def of(section: str) -> list[ShownItem]:
            return [item for item in plain if item.section == section]

        unread = summary.items.get("unread", [])
        omissions = [self._omission(entry) for entry in summary.items.get("omissions", [])]
        states = {name: summary.items.get(f"{name}_state") or {} for name in ("allergies", "medications")}
        return SummaryPage(
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
            allergies_unread=[self._unread(entry) for entry in unread if entry["section"] == "allergies"],
            medications_unread=[self._unread(entry) for entry in unread if entry["section"] == "medications"],
            versions=summary.version,
            answers=list(self.numbered.values()),
        )

    def shown(self, position: int, entry: Mapping[str, Any]) -> ShownItem:
        """A stored item for display, with its quotes."""
        item = entry["item"]
        return ShownItem(
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

    def _omission(self, entry: Mapping[str, Any]) -> ShownItem:
        return ShownItem(
            position=-1,
            section=entry["section"],
            text=entry["name"],
            details=(),
            citations=self._citations([entry["evidence"]]),
        )

    def _unread(self, entry: Mapping[str, Any]) -> ShownItem:
        return ShownItem(
            position=-1,
            section=entry["section"],
            text=entry["text"],
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
