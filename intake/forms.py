"""The shape of what is typed in: one section of a questionnaire as a form, and a birth date.

A field is named after its question; parts of an answer follow a dot: `symptoms.yes`, `medications.0.name`.
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
from intake.rules.questionnaire_schema import questions, words
from intake.selectors import form_list

ROW_LABELS = {
    "name": gettext_lazy("Medicine"),
    "dose": gettext_lazy("How much"),
    "frequency": gettext_lazy("How often"),
    "substance": gettext_lazy("Allergic to"),
    "reaction": gettext_lazy("What happens"),
}
NONE_LABELS = {
    "medication_list": gettext_lazy("No medicines"),
    "allergy_list": gettext_lazy("No allergies"),
}
SOME_LABELS = {"medication_list": gettext_lazy("These medicines:"), "allergy_list": gettext_lazy("These allergies:")}
ROW_NAME = re.compile(r"\.(\d{1,3})\.(name|dose|frequency|substance|reaction)$")


class BirthDateForm(forms.Form):
    """Three fields, as people say a date; numbers that make no date are an error, not a try."""

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
                raise forms.ValidationError(_("There is no such day.")) from None
        return data


class WaiveForm(forms.Form):
    """Why an intake counts as completed without a form; the operation says what is wrong with the reason."""

    reason = forms.CharField(
        label=gettext_lazy("Why is no form needed?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


class ListForm(forms.Form):
    """What the front desk's list is asked for; what makes no sense is left out."""

    state = forms.ChoiceField(choices=[(key, key) for key in form_list.BY_KEY], required=False)
    when = forms.ChoiceField(choices=[("past", "past")], required=False)
    doctor = forms.UUIDField(required=False)

    def asked(self) -> form_list.FormFilters:
        self.is_valid()
        data = self.cleaned_data
        return form_list.FormFilters(
            state=data.get("state", ""), past=data.get("when") == "past", doctor_id=data.get("doctor") or None
        )


@cache
def suggestions(language: str) -> dict[str, list[str]]:
    """What lists offer while somebody types, by the part of a row; anything else may be written too."""
    path = settings.BASE_DIR / "intake" / "questionnaires" / "suggestions.json"
    offered = json.loads(path.read_text("utf-8"))
    return {part: names if isinstance(names, list) else names[language] for part, names in offered.items()}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool
    exclusive: bool = False


@dataclass(frozen=True)
class Cell:
    """One field of one row of a list."""

    name: str
    key: str
    label: str
    value: str


@dataclass(frozen=True)
class Asked:
    """One question as a page shows it, with what was answered and what is wrong with it."""

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
        """The answer as text, where it is text."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def state(self) -> str:
        """Of a list: none, some or nothing said yet."""
        if isinstance(self.value, str) and self.value:
            return "some"
        given = self.value if isinstance(self.value, Mapping) else {}
        return "none" if given.get("none") else "some" if given.get("rows") else str(given.get("state", ""))

    @property
    def described_by(self) -> str:
        parts = [f"help-{self.id}" if self.help else "", f"error-{self.id}" if self.errors else ""]
        return " ".join(filter(None, parts))


def ask(
    section: Mapping[str, Any],
    answers: Mapping[str, Any],
    language: str,
    *,
    errors: FieldErrors | None = None,
    every: Mapping[str, Any] | None = None,
    blank_rows: int = 1,
) -> list[Asked]:
    """The questions of a section with their answers. `every` holds the answers to the whole form, for conditions."""
    every = {**(every or {}), **answers}
    return [
        _asked(
            question, answers.get(question["id"]), language, (errors or {}).get(question["id"], []), every, blank_rows
        )
        for question in section["questions"]
    ]


def _asked(
    question: Mapping[str, Any],
    value: Any,
    language: str,
    errors: Sequence[str],
    every: Mapping[str, Any],
    blank_rows: int,
) -> Asked:
    kind = question["type"]
    condition = question.get("show_if") or {}
    wanted = condition.get("equals", "")
    return Asked(
        id=question["id"],
        type=kind,
        label=words(question["text"], language),
        help=words(question.get("help"), language),
        required=bool(question.get("required")),
        value=value,
        errors=list(errors),
        choices=_choices(question, value, language),
        rows=_rows(question, value, blank_rows) if kind in rules.ROW_FIELDS else [],
        detail_label=words(question.get("detail"), language),
        none_label=str(NONE_LABELS.get(kind, "")),
        some_label=str(SOME_LABELS.get(kind, "")),
        depends_on=condition.get("question", ""),
        depends_value=" ".join(wanted) if isinstance(wanted, list) else wanted,
        hidden=not rules.is_visible(question, every),
        minimum=question.get("minimum"),
        maximum=question.get("maximum"),
    )


def _choices(question: Mapping[str, Any], value: Any, language: str) -> list[Choice]:
    if question["type"] == "yes_no":
        said = value.get("yes") if isinstance(value, Mapping) else None
        return [Choice("yes", _("Yes"), said is True), Choice("no", _("No"), said is False)]
    chosen = value if isinstance(value, list) else [value]
    return [
        Choice(
            option["value"],
            words(option["text"], language),
            option["value"] in chosen,
            bool(option.get("exclusive")),
        )
        for option in question.get("options", [])
    ]


def _rows(question: Mapping[str, Any], value: Any, blank: int) -> list[list[Cell]]:
    names = rules.ROW_FIELDS[question["type"]]
    given = value.get("rows", []) if isinstance(value, Mapping) else [{names[0]: value}] if value else []
    filled = [*given, *({} for _unused in range(blank))]
    return [
        [Cell(f"{question['id']}.{number}.{key}", key, str(ROW_LABELS[key]), str(row.get(key, ""))) for key in names]
        for number, row in enumerate(filled)
    ]


def read(section: Mapping[str, Any], data: QueryDict) -> dict[str, Any]:
    """The raw answers of a section by question id, for `intake.rules.answer_validation`; None clears an answer."""
    return {question["id"]: _read(question, data) for question in section["questions"]}


def _read(question: Mapping[str, Any], data: QueryDict) -> Any:
    name = question["id"]
    match question["type"]:
        case "choices":
            return data.getlist(name)
        case "yes_no":
            said = {"yes": True, "no": False}.get(data.get(f"{name}.yes", ""))
            detail = data.get(f"{name}.detail", "") if said else ""
            return {"yes": said, "detail": detail} if said is not None else None
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
        found = ROW_NAME.search(key)
        if found and key == f"{name}{found[0]}" and found[2] in names:
            rows.setdefault(int(found[1]), {})[found[2]] = str(data[key])
    written = [rows[number] for number in sorted(rows) if any(text.strip() for text in rows[number].values())]
    return {"rows": written} if written else None


class EditForm:
    """One act of the editor, as its buttons and fields send it: `action` and what it is about."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data

    def apply(self, kept: dict[str, Any]) -> dict[str, Any]:
        """The questionnaire file after the act. Invalid when it makes no sense."""
        if self.data.get("action") == "name":
            languages = ["en", "es"] if self.data.get("spanish") else ["en"]
            audience = self.data.get("audience", kept["audience"])
            return {**kept, "name": self.data.get("name", ""), "audience": audience, "languages": languages}
        return {**kept, "sections": self._sections(kept["sections"])}

    def _sections(self, sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
        about, _dot, act = self.data.get("action", "").partition(".")
        if about == "section":
            return self._on_section(sections, self.data.get("section", ""), act)
        if about == "question":
            return self._on_question(sections, self.data.get("question", ""), act)
        raise Invalid(fields={"action": ["There is no such action."]})

    def _on_section(self, sections: list[dict[str, Any]], name: str, act: str) -> list[dict[str, Any]]:
        match act:
            case "add":
                return questionnaire_editor.add_section(sections, self.data.get("title_en", ""))
            case "save":
                return questionnaire_editor.change_section(
                    sections, name, title=self._words("title"), help=self._words("help")
                )
            case "up":
                return questionnaire_editor.step_section(sections, name, -1)
            case "down":
                return questionnaire_editor.step_section(sections, name, 1)
            case "remove":
                return questionnaire_editor.remove_section(sections, name)
        raise Invalid(fields={"action": ["There is no such action."]})

    def _on_question(self, sections: list[dict[str, Any]], name: str, act: str) -> list[dict[str, Any]]:
        match act:
            case "add":
                return questionnaire_editor.add_question(
                    sections, self.data.get("section", ""), self.data.get("type", "")
                )
            case "save":
                return questionnaire_editor.change_question(sections, name, self._question(sections, name))
            case "up":
                return questionnaire_editor.step_question(sections, name, -1)
            case "down":
                return questionnaire_editor.step_question(sections, name, 1)
            case "move":
                return questionnaire_editor.move_question(sections, name, self.data.get("section", ""), self._place())
            case "remove":
                return questionnaire_editor.remove_question(sections, name)
        raise Invalid(fields={"action": ["There is no such action."]})

    def _question(self, sections: list[dict[str, Any]], name: str) -> dict[str, Any]:
        before = next((question for question in questions(sections) if question["id"] == name), {})
        condition = self.data.get("show_question", "")
        fields: dict[str, Any] = {
            "text": self._words("text"),
            "help": self._words("help"),
            "topic": self.data.get("topic", "other"),
            "kind": self.data.get("kind", "clinical"),
            "required": "required" in self.data,
            "options": questionnaire_editor.read_options(self.data.get("options", ""), before.get("options", [])),
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
            raise Invalid(fields={name: ["This must be a number."]}) from None

    def _place(self) -> int:
        text = self.data.get("to", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
