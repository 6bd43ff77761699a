"""Edits of a questionnaire's sections and questions. Pure functions; `questionnaire_schema` validates the result.

Questions are addressed by id, which they keep when they move, so answers and conditions still refer to them.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from clinicflow.core.errors import Invalid, NotFound
from intake.rules.questionnaire_schema import localized

Sections = list[dict[str, Any]]
OPTION = re.compile(
    r"^\s*(?:\[(?P<value>[a-z0-9][a-z0-9_-]{0,39})\])?\s*(?P<en>[^|]+?)\s*(?:\|\s*(?P<es>.+?))?\s*(?P<alone>\*)?\s*$"
)
YES, NO = {"en": "Yes", "es": "Sí"}, {"en": "No", "es": "No"}


def add_section(sections: Sequence[Mapping[str, Any]], title: str) -> Sections:
    """Append a section with one question."""
    after = _copy(sections)
    name = _unused_name("section", {section["id"] for section in after})
    question = _new_question("short_text", _ids(after))
    return [*after, {"id": name, "title": {"en": title or "New section"}, "questions": [question]}]


def change_section(
    sections: Sequence[Mapping[str, Any]], section_id: str, *, title: Mapping[str, str], help: Mapping[str, str]
) -> Sections:
    """Replace the title and introduction of a section."""
    after = _copy(sections)
    section = _section(after, section_id)
    section["title"] = _stripped(title)
    section.pop("help", None)
    if help.get("en"):
        section["help"] = _stripped(help)
    return after


def shift_section(sections: Sequence[Mapping[str, Any]], section_id: str, by: int) -> Sections:
    """Move a section up (-1) or down (1) by one position."""
    after = _copy(sections)
    section = _section(after, section_id)
    place = after.index(section)
    after.remove(section)
    after.insert(max(0, place + by), section)
    return after


def remove_section(sections: Sequence[Mapping[str, Any]], section_id: str) -> Sections:
    """Remove a section with its questions."""
    after = _copy(sections)
    after.remove(_section(after, section_id))
    return after


def add_question(sections: Sequence[Mapping[str, Any]], section_id: str, kind: str) -> Sections:
    """Append a question with a placeholder text to a section."""
    after = _copy(sections)
    _section(after, section_id)["questions"].append(_new_question(kind, _ids(after)))
    return after


def change_question(sections: Sequence[Mapping[str, Any]], question_id: str, fields: Mapping[str, Any]) -> Sections:
    """Replace a question's fields except id and type. Empty fields are removed."""
    after = _copy(sections)
    question = _question(after, question_id)[1]
    identity = {name: question[name] for name in ("id", "type")}
    question.clear()
    question.update(identity | {name: value for name, value in fields.items() if value not in (None, "", {}, [])})
    return after


def move_question(sections: Sequence[Mapping[str, Any]], question_id: str, section_id: str, to: int) -> Sections:
    """Move a question into a section, to the zero-based position `to`."""
    after = _copy(sections)
    home, question = _question(after, question_id)
    target = _section(after, section_id)
    home["questions"].remove(question)
    target["questions"].insert(max(0, min(to, len(target["questions"]))), question)
    return after


def shift_question(sections: Sequence[Mapping[str, Any]], question_id: str, by: int) -> Sections:
    """Move a question up (-1) or down (1) by one position, across the border of its section if necessary."""
    home, question = _question(_copy(sections), question_id)
    place, number = home["questions"].index(question), [part["id"] for part in sections].index(home["id"])
    if 0 <= place + by < len(home["questions"]):
        return move_question(sections, question_id, home["id"], place + by)
    if not 0 <= number + by < len(sections):
        return _copy(sections)
    neighbour = sections[number + by]
    return move_question(sections, question_id, neighbour["id"], len(neighbour["questions"]) if by < 0 else 0)


def remove_question(sections: Sequence[Mapping[str, Any]], question_id: str) -> Sections:
    """Remove a question, and its section if it was the last one there."""
    after = _copy(sections)
    home, question = _question(after, question_id)
    home["questions"].remove(question)
    return [section for section in after if section["questions"]]


def parse_options(text: str, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Parse options from text, one per line: `English | Spanish`, with a final `*` for an exclusive one.

    An option with an unchanged English text keeps its value, so that existing answers stay valid. Invalid for a line
    that cannot be parsed.
    """
    known = {option["text"]["en"]: option["value"] for option in before}
    options: list[dict[str, Any]] = []
    for line in filter(str.strip, text.splitlines()):
        match = OPTION.match(line)
        if match is None:
            raise Invalid(fields={"options": [f"Enter this line as English | Spanish: {line[:60]}"]})
        taken = {option["value"] for option in options}
        value = match["value"] or known.get(match["en"]) or _unused_name(_slug(match["en"]), taken)
        option: dict[str, Any] = {"value": value, "text": _stripped({"en": match["en"], "es": match["es"] or ""})}
        options.append(option | ({"exclusive": True} if match["alone"] else {}))
    return options


def format_options(options: Sequence[Mapping[str, Any]]) -> str:
    """Format options as the text that `parse_options` reads."""
    lines = []
    for option in options:
        spanish = f" | {option['text']['es']}" if option["text"].get("es") else ""
        lines.append(f"[{option['value']}] {option['text']['en']}{spanish}{' *' if option.get('exclusive') else ''}")
    return "\n".join(lines)


def differences(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The changes between two versions by question: added, changed, moved and removed, in the order of the new one."""
    before, after = _positions(old), _positions(new)
    changes = []
    for name, (place, question) in after.items():
        if name not in before:
            changes.append(_difference("added", question, []))
            continue
        parts = [part for part in (*question, *before[name][1]) if question.get(part) != before[name][1].get(part)]
        if parts:
            changes.append(_difference("changed", question, list(dict.fromkeys(parts)), before[name][1]))
        elif place[0] != before[name][0][0]:
            changes.append(_difference("moved", question, []))
    changes += [_difference("removed", question, []) for name, (_, question) in before.items() if name not in after]
    return changes


def _difference(
    kind: str, question: Mapping[str, Any], parts: list[str], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    was = localized(before["text"], "en") if before and before["text"] != question["text"] else ""
    return {"kind": kind, "id": question["id"], "text": localized(question["text"], "en"), "parts": parts, "was": was}


def _positions(sections: Sequence[Mapping[str, Any]]) -> dict[str, tuple[tuple[str, int], Mapping[str, Any]]]:
    return {
        question["id"]: ((section["id"], place), question)
        for section in sections
        for place, question in enumerate(section["questions"])
    }


def _copy(sections: Sequence[Mapping[str, Any]]) -> Sections:
    return copy.deepcopy([dict(section) for section in sections])


def _section(sections: Sections, section_id: str) -> dict[str, Any]:
    for section in sections:
        if section["id"] == section_id:
            return section
    raise NotFound()


def _question(sections: Sections, question_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for section in sections:
        for question in section["questions"]:
            if question["id"] == question_id:
                return section, question
    raise NotFound()


def _ids(sections: Sections) -> set[str]:
    return {question["id"] for section in sections for question in section["questions"]}


def _new_question(kind: str, taken: set[str]) -> dict[str, Any]:
    question: dict[str, Any] = {"id": _unused_name("question", taken), "type": kind, "text": {"en": "New question"}}
    if kind in {"choice", "choices"}:
        question["options"] = [{"value": "yes", "text": YES}, {"value": "no", "text": NO}]
    return question


def _unused_name(preferred: str, taken: set[str]) -> str:
    if preferred not in taken:
        return preferred
    return next(name for number in range(2, 1000) if (name := f"{preferred}_{number}") not in taken)


def _slug(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:32]
    return slug or "option"


def _stripped(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in texts.items() if text.strip()}
