"""Answers formatted for display: on the review page, for the doctor and in print."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from clinicflow.web import display
from intake.rules import answer_validation as rules
from intake.rules.questionnaire_schema import Sections, localized


@dataclass(frozen=True)
class AnswerLine:
    """A question and its answer as lines of text, empty if unanswered. `before` is set if the answer `changed`."""

    id: str
    label: str
    lines: list[str]
    kind: str
    topic: str
    missing: bool = False
    changed: bool = False
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerSection:
    """A section of a form with its answers."""

    id: str
    title: str
    lines: list[AnswerLine]

    @property
    def missing(self) -> bool:
        return any(line.missing for line in self.lines)


def answers_for_display(
    sections: Sections,
    answers: Mapping[str, Any],
    language: str,
    *,
    kind: str = "",
    before: Mapping[str, Any] | None = None,
) -> list[AnswerSection]:
    """The visible questions with their answers, by section; only those of one `kind` if it is given.

    `before` is the answers of an earlier revision, to mark the changes.
    """
    visible = {question["id"] for question in rules.visible_questions(sections, answers)}
    missing = rules.missing(sections, answers)
    parts = []
    for section in sections:
        lines = [
            _answer_line(question, answers, language, missing=question["id"] in missing, before=before)
            for question in section["questions"]
            if question["id"] in visible and kind in {"", question.get("kind", "clinical")}
        ]
        if lines:
            parts.append(AnswerSection(id=section["id"], title=localized(section["title"], language), lines=lines))
    return parts


def _answer_line(
    question: Mapping[str, Any],
    answers: Mapping[str, Any],
    language: str,
    *,
    missing: bool,
    before: Mapping[str, Any] | None,
) -> AnswerLine:
    name = question["id"]
    changed = before is not None and before.get(name) != answers.get(name)
    return AnswerLine(
        id=name,
        label=localized(question["text"], language),
        lines=format_answer(question, answers.get(name), language),
        kind=question.get("kind", "clinical"),
        topic=question.get("topic", "other"),
        missing=missing,
        changed=changed,
        before=tuple(format_answer(question, (before or {}).get(name), language)) if changed else (),
    )


def format_answer(question: Mapping[str, Any], answer: Any, language: str) -> list[str]:
    """An answer as lines of text, with the labels of its options; empty if unanswered."""
    if isinstance(answer, Mapping):
        return _format_object(question, answer)
    options = {option["value"]: localized(option["text"], language) for option in question.get("options", [])}
    if isinstance(answer, list):
        return [options.get(value, str(value)) for value in answer]
    if question["type"] == "date" and answer:
        return [display.write_date(dt.date.fromisoformat(answer), "medium")]
    if answer is None or answer == "":
        return []
    return [options.get(answer, answer) if isinstance(answer, str) else f"{answer:g}"]


def _format_object(question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    if answer.get("none"):
        return [_("None")]
    if "rows" in answer:
        return [_format_row(question, row) for row in answer["rows"]]
    if "yes" in answer:
        return [_("Yes") if answer["yes"] else _("No"), *filter(None, [answer.get("detail", "")])]
    if answer.get("agreed"):
        return [_format_signature(answer)]
    return []


def _format_row(question: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """A row of a list, its fields in the order of the form: JSON objects in the database are unordered."""
    names = rules.ROW_FIELDS[question["type"]]
    return " · ".join(str(row[name]) for name in names if row.get(name))


def _format_signature(consent: Mapping[str, Any]) -> str:
    name, signed_at = consent.get("name", ""), parse_datetime(consent.get("signed_at", "") or "")
    if not name:
        return _("Agreed")
    if signed_at is None:
        return _("Signed by %(name)s") % {"name": name}
    when = f"{display.write_date(signed_at, 'medium')}, {display.write_clock(signed_at)}"
    return _("Signed by %(name)s, %(when)s") % {"name": name, "when": when}
