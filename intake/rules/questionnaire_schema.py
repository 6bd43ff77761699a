"""The schema of a questionnaire, as imported, exported and stored (docs/questionnaire.schema.json)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from clinicflow.core.errors import Invalid

LANGUAGES = ("en", "es")
Type = Literal[
    "short_text",
    "long_text",
    "choice",
    "choices",
    "yes_no",
    "date",
    "number",
    "medication_list",
    "allergy_list",
    "consent",
]
Topic = Literal[
    "reason",
    "symptoms",
    "medications",
    "allergies",
    "conditions",
    "surgeries",
    "family_history",
    "tobacco",
    "alcohol",
    "pregnancy",
    "pharmacy",
    "emergency_contact",
    "consent",
    "other",
]
TYPES: tuple[str, ...] = get_args(Type)
TOPICS: tuple[str, ...] = get_args(Topic)


def _check_characters(text: str) -> str:
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("has characters that cannot be stored")
    return text


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Value = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Sentence = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True), AfterValidator(_check_characters)
]
Label = Annotated[
    str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True), AfterValidator(_check_characters)
]


class SchemaModel(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class LocalizedText(SchemaModel):
    """A text in each language; English is required."""

    en: Sentence
    es: Sentence | None = None


class Option(SchemaModel):
    """An option. An `exclusive` one ("none of these") cannot be combined with others."""

    value: Value
    text: LocalizedText
    exclusive: bool = False


class ShowIf(SchemaModel):
    """A condition: show the question only if an earlier one has this answer (`yes`, `no` or an option's value)."""

    question: Name
    equals: Value | list[Value]


class Question(SchemaModel):
    id: Name
    type: Type
    text: LocalizedText
    help: LocalizedText | None = None
    topic: Topic = "other"
    kind: Literal["administrative", "clinical"] = "clinical"
    required: bool = False
    options: list[Option] = Field(default_factory=list, max_length=40)
    detail: LocalizedText | None = None
    show_if: ShowIf | None = None
    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _validate_fields_of_type(self) -> Self:
        has_options = self.type in {"choice", "choices"}
        if has_options and len(self.options) < 2:
            raise ValueError("needs at least two options")
        if not has_options and self.options:
            raise ValueError("must not have options: it is not a choice")
        if len({option.value for option in self.options}) < len(self.options):
            raise ValueError("has two options with the same value")
        if self.detail and self.type != "yes_no":
            raise ValueError("must not have a detail: it is not a yes/no question")
        if self.type != "number" and (self.minimum is not None or self.maximum is not None):
            raise ValueError("must not have limits: it is not a number")
        return self


class Section(SchemaModel):
    id: Name
    title: LocalizedText
    help: LocalizedText | None = None
    questions: list[Question] = Field(min_length=1, max_length=40)


class QuestionnaireFile(SchemaModel):
    """A questionnaire file."""

    format: Literal["clinicflow-questionnaire/1"] = "clinicflow-questionnaire/1"
    name: Label
    audience: Literal["adult", "child", "follow-up"] = "adult"
    languages: list[Literal["en", "es"]] = Field(default=["en"], min_length=1, max_length=2)
    sections: list[Section] = Field(min_length=1, max_length=30)

    @model_validator(mode="after")
    def _validate_references(self) -> Self:
        if len({section.id for section in self.sections}) < len(self.sections):
            raise ValueError("two sections have the same id")
        earlier: dict[str, Question] = {}
        for question in (question for section in self.sections for question in section.questions):
            if question.id in earlier:
                raise ValueError(f"two questions have the id “{question.id}”")
            _check_condition(question, earlier)
            earlier[question.id] = question
        return self


def _check_condition(question: Question, earlier: Mapping[str, Question]) -> None:
    """ValueError unless the condition refers to an earlier question and to answers that it can have."""
    if question.show_if is None:
        return
    target = earlier.get(question.show_if.question)
    if target is None:
        raise ValueError(f"“{question.id}” depends on a question that does not come before it")
    expected = question.show_if.equals if isinstance(question.show_if.equals, list) else [question.show_if.equals]
    possible = {"yes", "no"} if target.type == "yes_no" else {option.value for option in target.options}
    if not set(expected) <= possible:
        raise ValueError(f"“{question.id}” depends on an answer that “{target.id}” cannot have")


def validate(data: Any) -> dict[str, Any]:
    """The questionnaire in `data`, with its defaults. Invalid with the errors by path."""
    try:
        return QuestionnaireFile.model_validate(data).model_dump(exclude_none=True)
    except ValidationError as error:
        raise Invalid("This is not a questionnaire", fields=_errors_by_place(error)) from None


def _errors_by_place(error: ValidationError) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(str(step) for step in item["loc"]) or "questionnaire"
        errors.setdefault(place, []).append(item["msg"].removeprefix("Value error, "))
    return errors


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a questionnaire file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **QuestionnaireFile.model_json_schema(),
    }


Sections = Sequence[Mapping[str, Any]]


def questions(sections: Sections) -> Iterator[Mapping[str, Any]]:
    """All questions in order."""
    for section in sections:
        yield from section["questions"]


def localized(texts: Mapping[str, str] | None, language: str) -> str:
    """The text in a language, or in English if there is no translation."""
    texts = texts or {}
    return texts.get(language) or texts.get("en", "")
