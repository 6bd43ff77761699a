"""Forms of intake: the sections of a questionnaire, a birth date, list filters and the questionnaire editor.

A field is named after its question; parts of an answer follow after a dot: `symptoms.yes`, `medications.0.name`.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinicflow.core.errors import FieldErrors, Invalid
from intake.rules import answer_validation as rules
from intake.rules import questionnaire_editor
from intake.rules.questionnaire_schema import localized, questions
from intake.selectors import form_list

ROW_LABELS = {
    "name": gettext_lazy("Medication"),
    "dose": gettext_lazy("How much"),
    "frequency": gettext_lazy("How often"),
    "substance": gettext_lazy("Allergic to"),
    "reaction": gettext_lazy("What happens"),
}
NONE_LABELS = {
    "medication_list": gettext_lazy("No medications"),
    "allergy_list": gettext_lazy("No allergies"),
}
SOME_LABELS = {"medication_list": gettext_lazy("These medications:"), "allergy_list": gettext_lazy("These allergies:")}
ROW_NAME = re.compile(r"\.(\d{1,3})\.(name|dose|frequency|substance|reaction)$")


class BirthDateForm(forms.Form):
    """A birth date in three fields. A date that does not exist is a form error, and not counted as an attempt."""

    month = forms.TypedChoiceField(coerce=int, label=gettext_lazy("Month"))
    day = forms.IntegerField(min_value=1, max_value=31, label=gettext_lazy("Day"))
    year = forms.IntegerField(min_value=1900, max_value=2200, label=gettext_lazy("Year"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month = cast(forms.ChoiceField, self.fields["month"])
        month.choices = [("", _("Month")), *((str(number), MONTHS[number]) for number in range(1, 13))]
        for name, part in (("month", "month"), ("day", "day"), ("year", "year")):
            self.fields[name].widget.attrs["autocomplete"] = f"bday-{part}"
        for name, length in (("day", 2), ("year", 4)):
            attributes = {"inputmode": "numeric", "maxlength": length, "autocomplete": f"bday-{name}"}
            self.fields[name].widget = forms.TextInput(attrs=attributes)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"year", "month", "day"} <= set(data):
            try:
                data["date"] = dt.date(data["year"], data["month"], data["day"])
            except ValueError:
                raise forms.ValidationError(_("That date doesn't exist.")) from None
        return data


class WaiveForm(forms.Form):
    """The reason for which no form is needed; the operation validates it."""

    reason = forms.CharField(
        label=gettext_lazy("Why is no form needed?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


class FormListFilterForm(forms.Form):
    """Filters of the form list from the query string. Invalid ones are ignored."""

    state = forms.ChoiceField(choices=[(key, key) for key in form_list.STATE_BY_KEY], required=False)
    when = forms.ChoiceField(choices=[("past", "past")], required=False)
    doctor = forms.UUIDField(required=False)

    def filters(self) -> form_list.FormFilters:
        """The valid filters."""
        self.is_valid()
        data = self.cleaned_data
        return form_list.FormFilters(
            state=data.get("state", ""), past=data.get("when") == "past", doctor_id=data.get("doctor") or None
        )


@cache
def suggestions(language: str) -> dict[str, list[str]]:
    """Suggestions for the cells of list questions, by column; other values are allowed."""
    path = settings.BASE_DIR / "intake" / "questionnaires" / "suggestions.json"
    by_column = json.loads(path.read_text("utf-8"))
    return {part: names if isinstance(names, list) else names[language] for part, names in by_column.items()}


@dataclass(frozen=True)
class Choice:
    """An option of a question, and whether it is chosen."""

    value: str
    label: str
    chosen: bool
    exclusive: bool = False


@dataclass(frozen=True)
class Cell:
    """An input of a row of a list question."""

    name: str
    key: str
    label: str
    value: str


@dataclass(frozen=True)
class QuestionField:
    """A question prepared for a template, with its answer and errors."""

    id: str
    type: str
    label: str
    help: str
    required: bool
    value: Any
    errors: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    detail_label: str = ""
    none_label: str = ""
    some_label: str = ""
    depends_on: str = ""
    depends_value: str = ""
    hidden: bool = False
    minimum: float | None = None
    maximum: float | None = None

    @property
    def text(self) -> str:
        """The answer if it is plain text, else an empty string."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def state(self) -> str:
        """The state of a list question: `none`, `some` or empty."""
        if isinstance(self.value, str) and self.value:
            return "some"
        answer = self.value if isinstance(self.value, Mapping) else {}
        return "none" if answer.get("none") else "some" if answer.get("rows") else str(answer.get("state", ""))

    @property
    def described_by(self) -> str:
        """The value of `aria-describedby`."""
        parts = [f"help-{self.id}" if self.help else "", f"error-{self.id}" if self.errors else ""]
        return " ".join(filter(None, parts))


def question_fields(
    section: Mapping[str, Any],
    answers: Mapping[str, Any],
    language: str,
    *,
    errors: FieldErrors | None = None,
    all_answers: Mapping[str, Any] | None = None,
    blank_rows: int = 1,
) -> list[QuestionField]:
    """The questions of a section with their answers. `all_answers` are those of the whole form, for conditions."""
    all_answers = {**(all_answers or {}), **answers}
    return [
        _question_field(
            question,
            answers.get(question["id"]),
            language,
            (errors or {}).get(question["id"], []),
            all_answers,
            blank_rows,
        )
        for question in section["questions"]
    ]


def _question_field(
    question: Mapping[str, Any],
    value: Any,
    language: str,
    errors: Sequence[str],
    all_answers: Mapping[str, Any],
    blank_rows: int,
) -> QuestionField:
    kind = question["type"]
    condition = question.get("show_if") or {}
    expected = condition.get("equals", "")
    return QuestionField(
        id=question["id"],
        type=kind,
        label=localized(question["text"], language),
        help=localized(question.get("help"), language),
        required=bool(question.get("required")),
        value=value,
        errors=list(errors),
        choices=_choices(question, value, language),
        rows=_rows(question, value, blank_rows) if kind in rules.ROW_FIELDS else [],
        detail_label=localized(question.get("detail"), language),
        none_label=str(NONE_LABELS.get(kind, "")),
        some_label=str(SOME_LABELS.get(kind, "")),
        depends_on=condition.get("question", ""),
        depends_value=" ".join(expected) if isinstance(expected, list) else expected,
        hidden=not rules.is_visible(question, all_answers),
        minimum=question.get("minimum"),
        maximum=question.get("maximum"),
    )


def _choices(question: Mapping[str, Any], value: Any, language: str) -> list[Choice]:
    if question["type"] == "yes_no":
        yes = value.get("yes") if isinstance(value, Mapping) else None
        return [Choice("yes", _("Yes"), yes is True), Choice("no", _("No"), yes is False)]
    chosen = value if isinstance(value, list) else [value]
    return [
        Choice(
            option["value"],
            localized(option["text"], language),
            option["value"] in chosen,
            bool(option.get("exclusive")),
        )
        for option in question.get("options", [])
    ]


def _rows(question: Mapping[str, Any], value: Any, blank: int) -> list[list[Cell]]:
    names = rules.ROW_FIELDS[question["type"]]
    rows = value.get("rows", []) if isinstance(value, Mapping) else [{names[0]: value}] if value else []
    padded = [*rows, *({} for _unused in range(blank))]
    return [
        [Cell(f"{question['id']}.{number}.{key}", key, str(ROW_LABELS[key]), str(row.get(key, ""))) for key in names]
        for number, row in enumerate(padded)
    ]


def read_answers(section: Mapping[str, Any], data: QueryDict) -> dict[str, Any]:
    """The submitted answers of a section by question id, before validation; None clears an answer."""
    return {question["id"]: _read_answer(question, data) for question in section["questions"]}


def _read_answer(question: Mapping[str, Any], data: QueryDict) -> Any:
    name = question["id"]
    match question["type"]:
        case "choices":
            return data.getlist(name)
        case "yes_no":
            yes = {"yes": True, "no": False}.get(data.get(f"{name}.yes", ""))
            detail = data.get(f"{name}.detail", "") if yes else ""
            return {"yes": yes, "detail": detail} if yes is not None else None
        case "medication_list" | "allergy_list":
            return _read_list(question, data)
        case "consent":
            agreed, signature = f"{name}.agreed" in data, data.get(f"{name}.name", "")
            return {"agreed": agreed, "name": signature} if agreed or signature.strip() else None
    return data.get(name) or None


def _read_list(question: Mapping[str, Any], data: QueryDict) -> dict[str, Any] | None:
    name, names = question["id"], rules.ROW_FIELDS[question["type"]]
    state = data.get(f"{name}.state", "")
    if state == "none":
        return {"none": True}
    rows: dict[int, dict[str, str]] = {}
    for key in data:
        match = ROW_NAME.search(key)
        if match and key == f"{name}{match[0]}" and match[2] in names:
            rows.setdefault(int(match[1]), {})[match[2]] = str(data[key])
    filled = [rows[number] for number in sorted(rows) if any(text.strip() for text in rows[number].values())]
    return {"rows": filled} if filled else None


class QuestionnaireEditForm:
    """One action of the questionnaire editor: `action` names it, other fields its arguments."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data

    def apply(self, questionnaire: dict[str, Any]) -> dict[str, Any]:
        """The questionnaire file after the action. Invalid for an unknown action or invalid arguments."""
        if self.data.get("action") == "name":
            languages = ["en", "es"] if self.data.get("spanish") else ["en"]
            audience = self.data.get("audience", questionnaire["audience"])
            return {**questionnaire, "name": self.data.get("name", ""), "audience": audience, "languages": languages}
        return {**questionnaire, "sections": self._sections(questionnaire["sections"])}

    def _sections(self, sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
        about, _dot, act = self.data.get("action", "").partition(".")
        if about == "section":
            return self._on_section(sections, self.data.get("section", ""), act)
        if about == "question":
            return self._on_question(sections, self.data.get("question", ""), act)
        raise Invalid(fields={"action": ["This action is unknown."]})

    def _on_section(self, sections: list[dict[str, Any]], name: str, act: str) -> list[dict[str, Any]]:
        match act:
            case "add":
                return questionnaire_editor.add_section(sections, self.data.get("title_en", ""))
            case "save":
                return questionnaire_editor.change_section(
                    sections, name, title=self._words("title"), help=self._words("help")
                )
            case "up":
                return questionnaire_editor.shift_section(sections, name, -1)
            case "down":
                return questionnaire_editor.shift_section(sections, name, 1)
            case "remove":
                return questionnaire_editor.remove_section(sections, name)
        raise Invalid(fields={"action": ["This action is unknown."]})

    def _on_question(self, sections: list[dict[str, Any]], name: str, act: str) -> list[dict[str, Any]]:
        match act:
            case "add":
                return questionnaire_editor.add_question(
                    sections, self.data.get("section", ""), self.data.get("type", "")
                )
            case "save":
                return questionnaire_editor.change_question(sections, name, self._question(sections, name))
            case "up":
                return questionnaire_editor.shift_question(sections, name, -1)
            case "down":
                return questionnaire_editor.shift_question(sections, name, 1)
            case "move":
                return questionnaire_editor.move_question(sections, name, self.data.get("section", ""), self._place())
            case "remove":
                return questionnaire_editor.remove_question(sections, name)
        raise Invalid(fields={"action": ["This action is unknown."]})

    def _question(self, sections: list[dict[str, Any]], name: str) -> dict[str, Any]:
        before = next((question for question in questions(sections) if question["id"] == name), {})
        condition = self.data.get("show_question", "")
        fields: dict[str, Any] = {
            "text": self._words("text"),
            "help": self._words("help"),
            "topic": self.data.get("topic", "other"),
            "kind": self.data.get("kind", "clinical"),
            "required": "required" in self.data,
            "options": questionnaire_editor.parse_options(self.data.get("options", ""), before.get("options", [])),
            "detail": self._words("detail"),
            "minimum": self._number("minimum"),
            "maximum": self._number("maximum"),
        }
        if condition:
            fields["show_if"] = {"question": condition, "equals": self.data.get("show_equals", "").split()}
        return fields

    def _words(self, name: str) -> dict[str, str]:
        texts = {language: self.data.get(f"{name}_{language}", "").strip() for language in ("en", "es")}
        return {language: text for language, text in texts.items() if text}

    def _number(self, name: str) -> float | None:
        text = self.data.get(name, "").strip()
        try:
            return float(text) if text else None
        except ValueError:
            raise Invalid(fields={name: ["Enter a number."]}) from None

    def _place(self) -> int:
        text = self.data.get("to", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
