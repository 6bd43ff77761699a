"""What goes into an engine and what comes out of it.

`Extraction` is the exact shape asked of both engines; `VERSION` names it.
"""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

VERSION = "2026-12-1"
RULES_LABEL = "Extracted by rules"

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
    "concerns",
    "comment",
    "other",
]
State = Literal["listed", "none_reported", "no_change", "not_stated", "unclear"]
Status = Literal["current", "past", "unclear"]


class Answer(BaseModel):
    """One answered question. `text` is what quotes are taken from; for rows and choices it is `rendered` from them.

    `kind` administrative answers are never read and never sent. `none` is the patient's explicit "none" of a
    medication or allergy list.
    """

    model_config = ConfigDict(frozen=True)

    question_id: str
    topic: str = "other"
    kind: Literal["administrative", "clinical"] = "clinical"
    label: str = ""
    text: str = ""
    language: str = "en"
    rows: tuple[dict[str, str], ...] = ()
    none: bool = False
    yes: bool | None = None

    def __hash__(self) -> int:
        return hash((self.question_id, self.topic, self.kind, self.label, self.text, self.none))

    @classmethod
    def of(
        cls,
        question_id: str,
        value: Any,
        *,
        topic: str = "other",
        kind: Literal["administrative", "clinical"] = "clinical",
        label: str = "",
        language: str = "en",
    ) -> "Answer":
        """Build from a stored answer.

        `value` is text, a number, a bool, a list of choices, a list of rows, `{"none": true}`, `{"rows": [...]}` or
        `{"yes": bool, "detail": text}`; anything else counts as nothing said.
        """
        rows = _rows(value)
        none = isinstance(value, dict) and bool(value.get("none"))
        yes = value.get("yes") if isinstance(value, dict) else value
        yes = yes if isinstance(yes, bool) else None
        return cls(
            question_id=question_id,
            topic=topic or "other",
            kind=kind,
            label=label,
            text=_rendered(value, rows, none, yes, _WORDS.get(language[:2], _WORDS["en"])),
            language=language,
            rows=tuple(rows),
            none=none,
            yes=yes,
        )


_WORDS = {"en": {"none": "None", "yes": "Yes", "no": "No"}, "es": {"none": "Ninguno", "yes": "Sí", "no": "No"}}


def _rows(value: Any) -> list[dict[str, str]]:
    """The rows of a medication or allergy list that say anything."""
    listed = value.get("rows") if isinstance(value, dict) else value
    if not isinstance(listed, list | tuple):
        return []
    rows = [_row(row) for row in listed if isinstance(row, dict)]
    return [row for row in rows if any(row.values())]


def _rendered(value: Any, rows: list[dict[str, str]], none: bool, yes: bool | None, words: dict[str, str]) -> str:
    """An answer as text, from which quotes are taken: a line for each row, "Yes. " before the detail."""
    text = ""
    if isinstance(value, dict):
        text = str(value.get("detail") or value.get("text") or "")
    elif isinstance(value, list | tuple):
        text = ", ".join(str(choice) for choice in value if not isinstance(choice, dict))
    elif value is not None and not isinstance(value, bool):
        text = str(value)
    if rows:
        return "\n".join([", ".join(part for part in row.values() if part) for row in rows] + ([text] if text else []))
    lead = words["none"] if none else "" if yes is None else words["yes" if yes else "no"]
    return ". ".join(part for part in (lead, text) if part)


def _row(row: dict[str, Any]) -> dict[str, str]:
    return {str(name): str(value).strip() for name, value in row.items() if value is not None}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Evidence(_Strict):
    """Where the patient said it: the question and the words, verbatim."""

    question_id: str = Field(max_length=200)
    quote: str = Field(max_length=2000)


class Line(_Strict):
    """One free sentence of the summary with what it rests on."""

    text: str = Field(max_length=1000)
    evidence: list[Evidence] = Field(max_length=20)


class Medication(_Strict):
    """A medicine as the patient named it."""

    name: str = Field(max_length=200)
    dose: str | None = Field(max_length=200)
    frequency: str | None = Field(max_length=200)
    status: Status
    evidence: list[Evidence] = Field(max_length=20)


class Allergy(_Strict):
    """A substance that the patient reacts to."""

    substance: str = Field(max_length=200)
    reaction: str | None = Field(max_length=300)
    evidence: list[Evidence] = Field(max_length=20)


class Unread(_Strict):
    """Words of a direct answer that nothing of the extraction accounts for; shown as "not read"."""

    section: Literal["medications", "allergies"]
    text: str = Field(max_length=1000)
    evidence: Evidence
    may_be_name: bool


class Extraction(_Strict):
    """The output of either engine, before verification. `unread` is computed by rules and never asked of a model."""

    summary: list[Line] = Field(max_length=40)
    patient_concerns: list[Line] = Field(max_length=40)
    key_notes: list[Line] = Field(max_length=40)
    medications: list[Medication] = Field(max_length=60)
    allergies: list[Allergy] = Field(max_length=60)
    medications_state: State
    medications_state_evidence: list[Evidence] = Field(max_length=20)
    allergies_state: State
    allergies_state_evidence: list[Evidence] = Field(max_length=20)
    unread: SkipJsonSchema[list[Unread]] = Field(default_factory=list, max_length=60)


class Reason(StrEnum):
    """Why an item is not shown as fact. The values are stored and shown; never rename one."""

    UNKNOWN_QUESTION = "unknown_question"
    QUOTE_NOT_FOUND = "quote_not_found"
    NAME_NOT_IN_QUOTE = "name_not_in_quote"
    DOSE_NOT_IN_QUOTE = "dose_not_in_quote"
    FREQUENCY_NOT_IN_QUOTE = "frequency_not_in_quote"
    REACTION_NOT_IN_QUOTE = "reaction_not_in_quote"
    LOOKS_PAST = "looks_past"
    LOOKS_CURRENT = "looks_current"
    LOOKS_LIKE_ALLERGY = "looks_like_allergy"
    LOOKS_LIKE_MEDICATION = "looks_like_medication"
    ENGINE_DISAGREES = "engine_disagrees"
    NOT_A_KNOWN_NAME = "not_a_known_name"
    NO_EVIDENCE = "no_evidence"
    NUMBER_NOT_IN_ANSWERS = "number_not_in_answers"
    DRUG_NOT_IN_ANSWERS = "drug_not_in_answers"
    LINK = "link"
    TOO_FEW_SHARED_WORDS = "too_few_shared_words"
    LOST_NEGATION = "lost_negation"
    FALSE_NONE = "false_none"
    DOCTOR_TYPED = "doctor_typed"
    NUMBER_NOT_IN_QUOTE = "number_not_in_quote"
    CHANGED_WORD = "changed_word"
    ANOTHER_PERSON = "another_person"
    LOST_DOUBT = "lost_doubt"
    FALSE_NO_CHANGE = "false_no_change"
    NOT_READ = "not_read"


# An item with one of these contradicts what the patient wrote: the doctor has to check it before the visit.
ATTENTION = frozenset(
    {
        Reason.DOSE_NOT_IN_QUOTE,
        Reason.LOOKS_LIKE_ALLERGY,
        Reason.LOOKS_LIKE_MEDICATION,
        Reason.LOOKS_PAST,
        Reason.ENGINE_DISAGREES,
        Reason.DRUG_NOT_IN_ANSWERS,
        Reason.LINK,
        Reason.LOST_NEGATION,
        Reason.NUMBER_NOT_IN_QUOTE,
        Reason.NUMBER_NOT_IN_ANSWERS,
        Reason.CHANGED_WORD,
        Reason.ANOTHER_PERSON,
    }
)

Section = Literal["summary", "patient_concerns", "key_notes", "medications", "allergies"]


class VerifiedItem(_Strict):
    """One item with the verdict on it. `repaired` when a quote stood under another question and was moved there."""

    section: Section
    item: Line | Medication | Allergy
    reasons: list[Reason]
    repaired: bool = False

    @property
    def plain(self) -> bool:
        """Whether it may be shown as fact without a doctor's acceptance."""
        return not self.reasons


class Omission(_Strict):
    """Something that the answers say and the summary lacks."""

    section: Literal["medications", "allergies"]
    name: str
    evidence: Evidence


class VerifiedState(_Strict):
    """The state of a list after checks, with the evidence of a none."""

    value: State
    claimed: State
    reasons: list[Reason]
    evidence: list[Evidence]


class Verified(_Strict):
    """The verdict on a whole extraction: every item once, in the engine's order, and what is missing from it."""

    items: list[VerifiedItem]
    omissions: list[Omission]
    medications_state: VerifiedState
    allergies_state: VerifiedState
    attention: list[str]
    instruction_like: list[Evidence]
    unread: list[Unread] = Field(default_factory=list)

    @property
    def needs_attention(self) -> bool:
        """An allergy omission, a false none, an unclear state, or an item that contradicts the answers."""
        return bool(self.attention) or any(ATTENTION & set(item.reasons) for item in self.items)

    @property
    def withheld(self) -> int:
        """How many items the plain arrays of `api_arrays` leave out."""
        return sum(not item.plain for item in self.items)

    def of(self, section: Section, *, plain: bool | None = None) -> list[VerifiedItem]:
        """The items of a section: all, only plain ones, or only flagged ones."""
        return [item for item in self.items if item.section == section and (plain is None or item.plain is plain)]

    def api_arrays(self) -> dict[str, list[Any]]:
        """What the API may show: verified items only. `withheld` says how many are left out."""
        plain = {
            section: [item.item for item in self.of(section, plain=True)]
            for section in ("summary", "patient_concerns", "key_notes", "medications", "allergies")
        }
        return {
            "summary_text": [line.text for line in plain["summary"] if isinstance(line, Line)],
            "patient_concerns": [line.text for line in plain["patient_concerns"] if isinstance(line, Line)],
            "key_notes": [line.text for line in plain["key_notes"] if isinstance(line, Line)],
            "medications": [
                {"name": m.name, "dose": m.dose, "frequency": m.frequency, "status": m.status}
                for m in plain["medications"]
                if isinstance(m, Medication)
            ],
            "allergies": [
                {"substance": a.substance, "reaction": a.reaction} for a in plain["allergies"] if isinstance(a, Allergy)
            ],
        }
