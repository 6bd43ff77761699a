"""What a questionnaire is made of, as it is imported, exported and kept (docs/questionnaire.schema.json)."""

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


def _plain(text: str) -> str:
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("has characters that cannot be kept")
    return text


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Value = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Sentence = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True), AfterValidator(_plain)
]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True), AfterValidator(_plain)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Words(Part):
    """The same words in each language; English is always there."""

    en: Sentence
    es: Sentence | None = None


class Option(Part):
    """One choice. An `exclusive` one ("none of these") cannot be chosen together with another."""

    value: Value
    text: Words
    exclusive: bool = False


class ShowIf(Part):
    """Show the question only when an earlier one has this answer (`yes`, `no` or an option's value)."""

    question: Name
    equals: Value | list[Value]


class Question(Part):
    id: Name
    type: Type
    text: Words
    help: Words | None = None
    topic: Topic = "other"
    kind: Literal["administrative", "clinical"] = "clinical"
    required: bool = False
    options: list[Option] = Field(default_factory=list, max_length=40)
    detail: Words | None = None
    show_if: ShowIf | None = None
    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        chooses = self.type in {"choice", "choices"}
        if chooses and len(self.options) < 2:
            raise ValueError("needs at least two options")
        if not chooses and self.options:
            raise ValueError("only a choice has options")
        if len({option.value for option in self.options}) < len(self.options):
            raise ValueError("has two options with the same value")
        if self.detail and self.type != "yes_no":
            raise ValueError("only a yes/no question asks for a detail")
        if self.type != "number" and (self.minimum is not None or self.maximum is not None):
            raise ValueError("only a number has limits")
        return self


class Section(Part):
    id: Name
    title: Words
    help: Words | None = None
    questions: list[Question] = Field(min_length=1, max_length=40)


class QuestionnaireFile(Part):
    """A whole questionnaire, as exported and imported."""

    format: Literal["clinicflow-questionnaire/1"] = "clinicflow-questionnaire/1"
    name: Label
    audience: Literal["adult", "child", "follow-up"] = "adult"
    languages: list[Literal["en", "es"]] = Field(default=["en"], min_length=1, max_length=2)
    sections: list[Section] = Field(min_length=1, max_length=30)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if len({section.id for section in self.sections}) < len(self.sections):
            raise ValueError("two sections have the same id")
        seen: dict[str, Question] = {}
        for question in (question for section in self.sections for question in section.questions):
            if question.id in seen:
                raise ValueError(f"two questions have the id “{question.id}”")
            _check_condition(question, seen)
            seen[question.id] = question
        return self


def _check_condition(question: Question, earlier: Mapping[str, Question]) -> None:
    """A condition names an earlier question and answers that it can have."""
    if question.show_if is None:
        return
    asked = earlier.get(question.show_if.question)
    if asked is None:
        raise ValueError(f"“{question.id}” depends on a question that does not come before it")
    wanted = question.show_if.equals if isinstance(question.show_if.equals, list) else [question.show_if.equals]
    possible = {"yes", "no"} if asked.type == "yes_no" else {option.value for option in asked.options}
    if not set(wanted) <= possible:
        raise ValueError(f"“{question.id}” depends on an answer that “{asked.id}” cannot have")


def read(data: Any) -> dict[str, Any]:
    """The questionnaire in `data`, checked and complete with its defaults; Invalid names each faulty place."""
    try:
        return QuestionnaireFile.model_validate(data).model_dump(exclude_none=True)
    except ValidationError as error:
        raise Invalid("This is not a questionnaire", fields=_faults(error)) from None


def _faults(error: ValidationError) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(str(step) for step in fault["loc"]) or "questionnaire"
        faults.setdefault(place, []).append(fault["msg"].removeprefix("Value error, "))
    return faults


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a questionnaire file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **QuestionnaireFile.model_json_schema(),
    }


Sections = Sequence[Mapping[str, Any]]


def questions(sections: Sections) -> Iterator[Mapping[str, Any]]:
    """Every question, in the order they are asked."""
    for section in sections:
        yield from section["questions"]


def words(texts: Mapping[str, str] | None, language: str) -> str:
    """The text in that language, or in English where it has not been translated."""
    texts = texts or {}
    return texts.get(language) or texts.get("en", "")
