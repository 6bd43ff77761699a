"""A summary made ready for the eye: every line with the patient's own words, marked in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from aiassist.answers import engine_answers
from aiassist.engine.schema import Answer, Reason
from aiassist.engine.text import find_quote
from aiassist.models import IntakeSummary
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
    "interrupted": _("A call was interrupted and is not paid twice."),
    "identity_left": _("Something of the patient's identity was left in the answers, so nothing was sent."),
    "gave_up": _("It was tried five times."),
}
# What stands in place of a list that has no plain item.
STATES = {
    "listed": _("Named in the answers, but nothing is verified."),
    "none_reported": _("None, says the patient."),
    "not_stated": _("Not stated."),
    "unclear": _("Unclear; please ask."),
}
ROW_ORDER = ("name", "substance", "dose", "frequency", "reaction", "status")  # PostgreSQL keeps its own
STATE_LABELS = {"medications": _("Medicines"), "allergies": _("Allergies")}


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


@dataclass(frozen=True)
class Version:
    """A version and what it says that the one before did not, and the other way round."""

    summary: IntakeSummary
    added: Sequence[str]
    removed: Sequence[str]
    allergies_state: Any = ""
    medications_state: Any = ""


def changes_between(versions: Sequence[IntakeSummary]) -> list[Version]:
    """Each version, newest first, with what changed since the one before it."""
    shown = []
    for position, summary in enumerate(versions):
        before = _said(versions[position + 1]) if position + 1 < len(versions) else _said(summary)
        after = _said(summary)
        shown.append(
            Version(
                summary,
                added=[text for text in after if text not in before],
                removed=[text for text in before if text not in after],
                allergies_state=_state(summary, "allergies"),
                medications_state=_state(summary, "medications"),
            )
        )
    return shown


def _said(summary: IntakeSummary) -> list[str]:
    lines = [*summary.summary_text.splitlines(), *summary.patient_concerns, *summary.key_notes]
    rows = [*summary.medications, *summary.allergies]
    empty = [name for name in STATE_LABELS if not getattr(summary, name)]
    return [
        *lines,
        *(", ".join(str(row[name]) for name in ROW_ORDER if row.get(name)) for row in rows),
        *(f"{STATE_LABELS[name]}: {_state(summary, name)}" for name in empty),
    ]


def _state(summary: IntakeSummary, section: str) -> Any:
    """What to say of a list without items. Never silence, which would look like a none."""
    state = summary.items.get(f"{section}_state") or {}
    return STATES.get(state.get("value", ""), STATES["not_stated"])


class _Reader:
    """Turns stored items into shown ones, with the answers at hand."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.numbered = {answer.question_id: (number, answer) for number, answer in enumerate(answers, 1)}

    def read(self, summary: IntakeSummary, form: IntakeForm) -> Reading:
        entries = list(enumerate(summary.items.get("items", [])))
        plain = [self._shown(position, entry) for position, entry in entries if is_plain(entry)]
        flagged = [self._shown(position, entry) for position, entry in entries if _is_flagged(entry)]

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

    def _shown(self, position: int, entry: Mapping[str, Any]) -> Shown:
        item = entry["item"]
        return Shown(
            position=position,
            section=entry["section"],
            text=item.get("text") or item.get("name") or item.get("substance") or "",
            details=tuple(item[name] for name in ("dose", "frequency", "reaction") if item.get(name)),
            status=item.get("status", ""),
            citations=self._citations(item["evidence"]),
            reasons=tuple(REASONS.get(reason, reason) for reason in entry["reasons"]),
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


def is_plain(entry: Mapping[str, Any]) -> bool:
    """Whether an item may stand among the plain ones: verified and not removed, or accepted by the doctor."""
    verdict = entry.get("verdict")
    return verdict == "accepted" or (verdict is None and set(entry["reasons"]) <= {Reason.DOCTOR_TYPED})


def _is_flagged(entry: Mapping[str, Any]) -> bool:
    return entry.get("verdict") is None and not is_plain(entry)
