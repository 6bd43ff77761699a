"""What an answer to a question may be. Pure sums: no tables, no requests.

| question | answer |
|---|---|
| short_text, long_text | text |
| choice | the value of one option |
| choices | list of option values; an exclusive one stands alone |
| yes_no | `{"yes": true}`, with `"detail": text` if there is more to say, or `{"yes": false}` |
| date | `YYYY-MM-DD` |
| number | a number |
| medication_list | `{"none": true}` or `{"rows": [{"name", "dose", "frequency"}]}` |
| allergy_list | `{"none": true}` or `{"rows": [{"substance", "reaction"}]}` |
| consent | `{"agreed": true, "name": typed signature, "signed_at": instant}` |

All but dates and numbers may also be plain text, kept word for word: a client that takes answers down as they are
spoken has nothing else.
"""

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.rules.questionnaire_schema import Sections, questions

SHORT, LONG, ROWS = 300, 4000, 60
MOST_BYTES, MOST_ANSWERS = 64 * 1024, 200
ROW_FIELDS = {"medication_list": ("name", "dose", "frequency"), "allergy_list": ("substance", "reaction")}
Question = Mapping[str, Any]
Answers = Mapping[str, Any]


class InvalidAnswer(ValueError):
    """An answer that its question cannot have; the text says why, to the person who gave it."""


def check(sections: Sections, answers: object) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The answers in their kept form, and what is wrong, by question id. Empty answers are left out."""
    if not isinstance(answers, Mapping):
        return {}, {"raw_answers": [_("This must be an object of question ids and answers.")]}
    if len(answers) > MOST_ANSWERS or _size(answers) > MOST_BYTES:
        return {}, {"raw_answers": [_("These answers are too long.")]}
    known = {question["id"]: question for question in questions(sections)}
    kept: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, value in answers.items():
        question = known.get(name)
        if question is None:
            wrong[_printable(name)] = [_("There is no such question.")]
            continue
        try:
            answer = clean(question, value)
        except InvalidAnswer as fault:
            wrong[name] = [str(fault)]
            continue
        if answer not in (None, "", [], {}, {"rows": []}):
            kept[name] = answer
    return kept, wrong


def clean(question: Question, value: Any) -> Any:
    """One answer in its kept form. Unfit if the question cannot have it."""
    if value is None:
        return None
    if isinstance(value, str) and question["type"] not in {"date", "number", "consent"}:
        limit = SHORT if question["type"] == "short_text" else LONG
        return _text(value, limit)
    return _CLEANERS[question["type"]](question, value)


def is_given(answer: Any) -> bool:
    """Whether anything was answered at all."""
    if isinstance(answer, Mapping):
        signed = answer.get("agreed") and answer.get("name")
        return bool(answer.get("none") or answer.get("rows") or answer.get("yes") is not None or signed)
    return answer is not None and answer not in ("", [])


def is_visible(question: Question, answers: Answers) -> bool:
    """Whether the answers so far let the question be asked."""
    condition = question.get("show_if")
    if not condition:
        return True
    wanted = condition["equals"] if isinstance(condition["equals"], list) else [condition["equals"]]
    given: Any = answers.get(condition["question"])
    if isinstance(given, Mapping):
        given = "yes" if given.get("yes") else "no" if "yes" in given else ""
    return bool(set(given if isinstance(given, list) else [given]) & set(wanted))


def visible_questions(sections: Sections, answers: Answers) -> list[Question]:
    """The questions that these answers leave to be asked, in order; one that hangs on a hidden one is hidden too."""
    asked: list[Question] = []
    kept: dict[str, Any] = {}
    for question in questions(sections):
        if is_visible(question, kept):
            asked.append(question)
            if question["id"] in answers:
                kept[question["id"]] = answers[question["id"]]
    return asked


def prune(sections: Sections, answers: Answers) -> dict[str, Any]:
    """Without the answers to questions that are not asked any more."""
    return {
        question["id"]: answers[question["id"]]
        for question in visible_questions(sections, answers)
        if question["id"] in answers
    }


def missing(sections: Sections, answers: Answers) -> dict[str, list[str]]:
    """What still has to be answered before the form can be sent in, by question id."""
    return {
        question["id"]: [_missing_words(question)]
        for question in visible_questions(sections, answers)
        if question.get("required") and not is_given(answers.get(question["id"]))
    }


def of_kind(sections: Sections, answers: Answers, kind: str) -> dict[str, Any]:
    """The answers to `administrative` or `clinical` questions only."""
    ids = {question["id"] for question in questions(sections) if question.get("kind", "clinical") == kind}
    return {name: answer for name, answer in answers.items() if name in ids}


def _missing_words(question: Question) -> str:
    match question["type"]:
        case "consent":
            return _("Please agree and sign.")
        case "choice" | "yes_no":
            return _("Choose one answer.")
        case "choices":
            return _("Choose at least one answer.")
        case "medication_list":
            return _("List your medicines, or choose “No medicines”.")
        case "allergy_list":
            return _("List your allergies, or choose “No allergies”.")
    return _("Please answer this question.")


def _size(answers: Mapping[Any, Any]) -> int:
    try:
        return len(json.dumps(answers, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    except (TypeError, ValueError, RecursionError):
        return MOST_BYTES + 1


def _printable(name: object) -> str:
    return "".join(char if char.isprintable() else "?" for char in str(name))[:60]


def _text(value: Any, limit: int = LONG) -> str:
    if not isinstance(value, str):
        raise InvalidAnswer(_("This must be text."))
    text = value.replace("\r\n", "\n").strip()
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidAnswer(_("This has characters that cannot be kept."))
    if len(text) > limit:
        raise InvalidAnswer(
            ngettext("Please shorten this to %(n)d character.", "Please shorten this to %(n)d characters.", limit)
            % {"n": limit}
        )
    return text


def _clean_short(question: Question, value: Any) -> str:
    return _text(value, SHORT)


def _clean_long(question: Question, value: Any) -> str:
    return _text(value)


def _clean_choice(question: Question, value: Any) -> str:
    raise InvalidAnswer(_("Choose one of the answers."))


def _clean_choices(question: Question, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise InvalidAnswer(_("This must be a list of answers."))
    chosen = {_text(item, SHORT) for item in value}
    options = {option["value"]: option for option in question["options"]}
    if not chosen <= set(options):
        raise InvalidAnswer(_("Choose one of the answers."))
    if len(chosen) > 1 and any(options[name].get("exclusive") for name in chosen):
        raise InvalidAnswer(_("“None” cannot be chosen together with another answer."))
    return [name for name in options if name in chosen]


def _clean_yes_no(question: Question, value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        value = {"yes": value}
    _fields(value, {"yes", "detail"})
    if not isinstance(value.get("yes"), bool | None):
        raise InvalidAnswer(_("Choose one of the answers."))
    detail = _text(value.get("detail") or "")
    if value.get("yes") is None and not detail:
        return {}
    yes = value.get("yes") is not False  # a detail without a yes says yes
    return {"yes": yes, "detail": detail} if yes and detail else {"yes": yes}


def _clean_date(question: Question, value: Any) -> str:
    text = _text(value, SHORT)
    if not text:
        return ""
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidAnswer(_("This is not a date. Write it as year-month-day, like 2024-03-31.")) from None
    if not 1900 <= date.year <= 2200:
        raise InvalidAnswer(_("This date is too far away."))
    return date.isoformat()


def _clean_number(question: Question, value: Any) -> float | int | None:
    if isinstance(value, str):
        value = _read_number(value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e9:
        raise InvalidAnswer(_("This must be a number."))
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
    _fields(value, {"none", "rows"})
    rows = value.get("rows") or []
    if not isinstance(rows, list) or len(rows) > ROWS:
        raise InvalidAnswer(_("This list is too long."))
    kept = []
    for row in rows:
        _fields(row, set(names))
        texts = {name: _text(row.get(name) or "", SHORT) for name in names}
        if any(texts.values()):
            if not texts[names[0]]:
                raise InvalidAnswer(_("One line has no name. Write it, or empty the line."))
            kept.append(texts)
    if not isinstance(value.get("none"), bool | None):
        raise InvalidAnswer(_("This must be yes or no."))
    if kept and value.get("none"):
        raise InvalidAnswer(_("“None” cannot be chosen together with a list."))
    if value.get("none"):
        return {"none": True}
    return {"rows": kept}


def _clean_consent(question: Question, value: Any) -> dict[str, Any]:
    if isinstance(value, bool | str):
        value = {"agreed": bool(value), "name": value if isinstance(value, str) else ""}
    _fields(value, {"agreed", "name", "signed_at"})
    if not isinstance(value.get("agreed"), bool | None):
        raise InvalidAnswer(_("This must be yes or no."))
    signature = _text(value.get("name") or "", SHORT)
    if not value.get("agreed"):
        return {"agreed": False, "name": signature} if signature else {}
    signed_at = _text(value.get("signed_at") or "", SHORT)
    if signed_at:
        try:
            dt.datetime.fromisoformat(signed_at)
        except ValueError:
            raise InvalidAnswer(_("This is not a time.")) from None
    return {"agreed": True, "name": signature, **({"signed_at": signed_at} if signed_at else {})}


def _fields(value: Any, allowed: set[str]) -> None:
    if not isinstance(value, Mapping):
        raise InvalidAnswer(_("This must be an object."))
    if not set(value) <= allowed:
        raise InvalidAnswer(_("This has parts that the question does not ask for."))


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
