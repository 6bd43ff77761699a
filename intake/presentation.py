"""Answers as people read them: on the check page, the doctor's screen and paper."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from clinicflow.web import display
from intake.rules import answer_validation as rules
from intake.rules.questionnaire_schema import Sections, words


@dataclass(frozen=True)
class Line:
    """One question and its answer in lines of text; none when nothing was said. `before` is set if it `changed`."""

    id: str
    label: str
    lines: list[str]
    kind: str
    topic: str
    missing: bool = False
    changed: bool = False
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One section of a form as it reads."""

    id: str
    title: str
    lines: list[Line]

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
) -> list[Part]:
    """The asked questions with their answers, by section; only those of one `kind` if it is given.

    `before` holds the answers of an earlier revision, to mark what changed.
    """
    asked = {question["id"] for question in rules.visible_questions(sections, answers)}
    absent = rules.missing(sections, answers)
    parts = []
    for section in sections:
        lines = [
            _line(question, answers, language, missing=question["id"] in absent, before=before)
            for question in section["questions"]
            if question["id"] in asked and kind in {"", question.get("kind", "clinical")}
        ]
        if lines:
            parts.append(Part(id=section["id"], title=words(section["title"], language), lines=lines))
    return parts


def _line(
    question: Mapping[str, Any],
    answers: Mapping[str, Any],
    language: str,
    *,
    missing: bool,
    before: Mapping[str, Any] | None,
) -> Line:
    name = question["id"]
    changed = before is not None and before.get(name) != answers.get(name)
    return Line(
        id=name,
        label=words(question["text"], language),
        lines=format_answer(question, answers.get(name), language),
        kind=question.get("kind", "clinical"),
        topic=question.get("topic", "other"),
        missing=missing,
        changed=changed,
        before=tuple(format_answer(question, (before or {}).get(name), language)) if changed else (),
    )


def format_answer(question: Mapping[str, Any], answer: Any, language: str) -> list[str]:
    """An answer in lines of text, choices as they were read; empty when nothing was answered."""
    if isinstance(answer, Mapping):
        return _object_in_words(question, answer)
    options = {option["value"]: words(option["text"], language) for option in question.get("options", [])}
    if isinstance(answer, list):
        return [options.get(value, str(value)) for value in answer]
    if question["type"] == "date" and answer:
        return [display.write_date(dt.date.fromisoformat(answer), "medium")]
    if answer is None or answer == "":
        return []
    return [options.get(answer, answer) if isinstance(answer, str) else f"{answer:g}"]


def _object_in_words(question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    if answer.get("none"):
        return [_("None")]
    if "rows" in answer:
        return [_row_in_words(question, row) for row in answer["rows"]]
    if "yes" in answer:
        return [_("Yes") if answer["yes"] else _("No"), *filter(None, [answer.get("detail", "")])]
    if answer.get("agreed"):
        return [_signature(answer)]
    return []


def _row_in_words(question: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """A line of a list in the order in which it is asked; the database keeps none."""
    names = rules.ROW_FIELDS[question["type"]]
    return " · ".join(str(row[name]) for name in names if row.get(name))


def _signature(consent: Mapping[str, Any]) -> str:
    name, signed_at = consent.get("name", ""), parse_datetime(consent.get("signed_at", "") or "")
    if not name:
        return _("Agreed")
    if signed_at is None:
        return _("Signed by %(name)s") % {"name": name}
    when = f"{display.write_date(signed_at, 'medium')}, {display.write_clock(signed_at)}"
    return _("Signed by %(name)s, %(when)s") % {"name": name, "when": when}
