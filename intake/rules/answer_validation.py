"""Validation of answers against their questions. Pure functions.

| question | answer |
|---|---|
| short_text, long_text | text |
| choice | the value of one option |
| choices | list of option values; an exclusive one cannot be combined |
| yes_no | `{"yes": true}`, with an optional `"detail": text`, or `{"yes": false}` |
| date | `YYYY-MM-DD` |
| number | a number |
| medication_list | `{"none": true}` or `{"rows": [{"name", "dose", "frequency"}]}` |
| allergy_list | `{"none": true}` or `{"rows": [{"substance", "reaction"}]}` |
| consent | `{"agreed": true, "name": typed signature, "signed_at": instant}` |

Except for dates, numbers and consents, an answer may also be plain text, which is stored verbatim: a client that
transcribes speech has no structured answer.
"""

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.rules.questionnaire_schema import Sections, questions

MAX_SHORT_TEXT, MAX_LONG_TEXT, MAX_ROWS = 300, 4000, 60
MAX_BYTES, MAX_ANSWERS = 64 * 1024, 200
ROW_FIELDS = {"medication_list": ("name", "dose", "frequency"), "allergy_list": ("substance", "reaction")}
Question = Mapping[str, Any]
Answers = Mapping[str, Any]


class InvalidAnswer(ValueError):
    """An answer that does not fit its question; the text is an error message for the patient."""


def validate(sections: Sections, answers: object) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The answers as they are stored, and errors by question id. Empty answers are left out."""
    if not isinstance(answers, Mapping):
        return {}, {"raw_answers": [_("This must be an object of question ids and answers.")]}
    if len(answers) > MAX_ANSWERS or _size(answers) > MAX_BYTES:
        return {}, {"raw_answers": [_("These answers are too long.")]}
    known = {question["id"]: question for question in questions(sections)}
    valid: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, value in answers.items():
        question = known.get(name)
        if question is None:
            errors[_printable(name)] = [_("This question does not exist.")]
            continue
        try:
            answer = clean(question, value)
        except InvalidAnswer as error:
            errors[name] = [str(error)]
            continue
        if answer not in (None, "", [], {}, {"rows": []}):
            valid[name] = answer
    return valid, errors


def clean(question: Question, value: Any) -> Any:
    """One answer as it is stored; None and empty values clear it. InvalidAnswer if it does not fit the question."""
    if value is None:
        return None
    if isinstance(value, str) and question["type"] not in {"date", "number", "consent"}:
        limit = MAX_SHORT_TEXT if question["type"] == "short_text" else MAX_LONG_TEXT
        return _text(value, limit)
    return _CLEANERS[question["type"]](question, value)


def is_answered(answer: Any) -> bool:
    """Whether the question was answered. A consent counts only if it is signed."""
    if isinstance(answer, Mapping):
        signed = answer.get("agreed") and answer.get("name")
        return bool(answer.get("none") or answer.get("rows") or answer.get("yes") is not None or signed)
    return answer is not None and answer not in ("", [])


def is_visible(question: Question, answers: Answers) -> bool:
    """Whether the question's condition is met by the answers."""
    condition = question.get("show_if")
    if not condition:
        return True
    expected = condition["equals"] if isinstance(condition["equals"], list) else [condition["equals"]]
    given: Any = answers.get(condition["question"])
    if isinstance(given, Mapping):
        given = "yes" if given.get("yes") else "no" if "yes" in given else ""
    return bool(set(given if isinstance(given, list) else [given]) & set(expected))


def visible_questions(sections: Sections, answers: Answers) -> list[Question]:
    """The visible questions in order. A question that depends on a hidden one is hidden too."""
    visible: list[Question] = []
    visible_answers: dict[str, Any] = {}
    for question in questions(sections):
        if is_visible(question, visible_answers):
            visible.append(question)
            if question["id"] in answers:
                visible_answers[question["id"]] = answers[question["id"]]
    return visible


def prune(sections: Sections, answers: Answers) -> dict[str, Any]:
    """The answers without those to hidden questions."""
    return {
        question["id"]: answers[question["id"]]
        for question in visible_questions(sections, answers)
        if question["id"] in answers
    }


def missing(sections: Sections, answers: Answers) -> dict[str, list[str]]:
    """Messages for the required questions without an answer, by question id."""
    return {
        question["id"]: [_missing_message(question)]
        for question in visible_questions(sections, answers)
        if question.get("required") and not is_answered(answers.get(question["id"]))
    }


def answers_of_kind(sections: Sections, answers: Answers, kind: str) -> dict[str, Any]:
    """The answers to questions of one kind, `administrative` or `clinical`."""
    ids = {question["id"] for question in questions(sections) if question.get("kind", "clinical") == kind}
    return {name: answer for name, answer in answers.items() if name in ids}


def _missing_message(question: Question) -> str:
    match question["type"]:
        case "consent":
            return _("Please agree and sign.")
        case "choice" | "yes_no":
            return _("Choose one answer.")
        case "choices":
            return _("Choose at least one answer.")
        case "medication_list":
            return _("List your medications, or choose “No medications”.")
        case "allergy_list":
            return _("List your allergies, or choose “No allergies”.")
    return _("Please answer this question.")


def _size(answers: Mapping[Any, Any]) -> int:
    try:
        return len(json.dumps(answers, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    except (TypeError, ValueError, RecursionError):
        return MAX_BYTES + 1


def _printable(name: object) -> str:
    return "".join(char if char.isprintable() else "?" for char in str(name))[:60]


def _text(value: Any, limit: int = MAX_LONG_TEXT) -> str:
    if not isinstance(value, str):
        raise InvalidAnswer(_("This must be text."))
    text = value.replace("\r\n", "\n").strip()
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidAnswer(_("Remove characters that cannot be saved."))
    if len(text) > limit:
        raise InvalidAnswer(
            ngettext("Please shorten this to %(n)d character.", "Please shorten this to %(n)d characters.", limit)
            % {"n": limit}
        )
    return text


def _clean_short(question: Question, value: Any) -> str:
    return _text(value, MAX_SHORT_TEXT)


def _clean_long(question: Question, value: Any) -> str:
    return _text(value)


def _clean_choice(question: Question, value: Any) -> str:
    raise InvalidAnswer(_("Choose one of the answers."))


def _clean_choices(question: Question, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise InvalidAnswer(_("This must be a list of answers."))
    chosen = {_text(item, MAX_SHORT_TEXT) for item in value}
    options = {option["value"]: option for option in question["options"]}
    if not chosen <= set(options):
        raise InvalidAnswer(_("Choose one of the answers."))
    if len(chosen) > 1 and any(options[name].get("exclusive") for name in chosen):
        raise InvalidAnswer(_("“None” cannot be combined with another answer."))
    return [name for name in options if name in chosen]


def _clean_yes_no(question: Question, value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        value = {"yes": value}
    _check_keys(value, {"yes", "detail"})
    if not isinstance(value.get("yes"), bool | None):
        raise InvalidAnswer(_("Choose one of the answers."))
    detail = _text(value.get("detail") or "")
    if value.get("yes") is None and not detail:
        return {}
    yes = value.get("yes") is not False  # a detail without a choice means yes
    return {"yes": yes, "detail": detail} if yes and detail else {"yes": yes}


def _clean_date(question: Question, value: Any) -> str:
    text = _text(value, MAX_SHORT_TEXT)
    if not text:
        return ""
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidAnswer(_("Enter the date as year-month-day, such as 2024-03-31.")) from None
    if not 1900 <= date.year <= 2200:
        raise InvalidAnswer(_("Enter a date from 1900 to 2200."))
    return date.isoformat()


def _clean_number(question: Question, value: Any) -> float | int | None:
    if isinstance(value, str):
        value = _read_number(value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e9:
        raise InvalidAnswer(_("Enter a number."))
    low, high = question.get("minimum"), question.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        raise InvalidAnswer(_("This number is out of range."))
    return int(value) if float(value).is_integer() else value


def _read_number(text: str) -> float | None:
    text = text.strip()
    if not text:
        return None
    try:
        return float(text.replace(",", ".")) if len(text) <= 20 else math.nan
    except ValueError:
        return math.nan


def _clean_list(question: Question, value: Any) -> dict[str, Any]:
    names = ROW_FIELDS[question["type"]]
    if isinstance(value, list):
        value = {"rows": [{names[0]: row} if isinstance(row, str) else row for row in value]}
    _check_keys(value, {"none", "rows"})
    rows = value.get("rows") or []
    if not isinstance(rows, list) or len(rows) > MAX_ROWS:
        raise InvalidAnswer(_("This list is too long."))
    filled_rows = []
    for row in rows:
        _check_keys(row, set(names))
        texts = {name: _text(row.get(name) or "", MAX_SHORT_TEXT) for name in names}
        if any(texts.values()):
            if not texts[names[0]]:
                raise InvalidAnswer(_("Enter a name on every line, or clear the line."))
            filled_rows.append(texts)
    if not isinstance(value.get("none"), bool | None):
        raise InvalidAnswer(_("This must be yes or no."))
    if filled_rows and value.get("none"):
        raise InvalidAnswer(_("“None” cannot be combined with a list."))
    if value.get("none"):
        return {"none": True}
    return {"rows": filled_rows}


def _clean_consent(question: Question, value: Any) -> dict[str, Any]:
    if isinstance(value, bool | str):
        value = {"agreed": bool(value), "name": value if isinstance(value, str) else ""}
    _check_keys(value, {"agreed", "name", "signed_at"})
    if not isinstance(value.get("agreed"), bool | None):
        raise InvalidAnswer(_("This must be yes or no."))
    signature = _text(value.get("name") or "", MAX_SHORT_TEXT)
    if not value.get("agreed"):
        return {"agreed": False, "name": signature} if signature else {}
    signed_at = _text(value.get("signed_at") or "", MAX_SHORT_TEXT)
    if signed_at:
        try:
            dt.datetime.fromisoformat(signed_at)
        except ValueError:
            raise InvalidAnswer(_("This is not a time.")) from None
    return {"agreed": True, "name": signature, **({"signed_at": signed_at} if signed_at else {})}


def _check_keys(value: Any, allowed: set[str]) -> None:
    if not isinstance(value, Mapping):
        raise InvalidAnswer(_("This must be an object."))
    if not set(value) <= allowed:
        raise InvalidAnswer(_("This has fields that the question does not have."))


_CLEANERS: dict[str, Callable[[Question, Any], Any]] = {
    "short_text": _clean_short,
    "long_text": _clean_long,
    "choice": _clean_choice,
    "choices": _clean_choices,
    "yes_no": _clean_yes_no,
    "date": _clean_date,
    "number": _clean_number,
    "medication_list": _clean_list,
    "allergy_list": _clean_list,
    "consent": _clean_consent,
}
