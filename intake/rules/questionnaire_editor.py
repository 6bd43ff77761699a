"""Edits of a questionnaire's sections and questions: pure functions; `questionnaire_schema` validates the result.

Places are ids: a question keeps its id when it moves, so answers and conditions find it again.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from clinicflow.core.errors import Invalid, NotFound
from intake.rules.questionnaire_schema import words

Sections = list[dict[str, Any]]
OPTION = re.compile(
    r"^\s*(?:\[(?P<value>[a-z0-9][a-z0-9_-]{0,39})\])?\s*(?P<en>[^|]+?)\s*(?:\|\s*(?P<es>.+?))?\s*(?P<alone>\*)?\s*$"
)
YES, NO = {"en": "Yes", "es": "Sí"}, {"en": "No", "es": "No"}


def add_section(sections: Sequence[Mapping[str, Any]], title: str) -> Sections:
    """A new last section with one question."""
    after = _copy(sections)
    name = _free("section", {section["id"] for section in after})
    question = _new_question("short_text", _ids(after))
    return [*after, {"id": name, "title": {"en": title or "New section"}, "questions": [question]}]


def change_section(
    sections: Sequence[Mapping[str, Any]], section_id: str, *, title: Mapping[str, str], help: Mapping[str, str]
) -> Sections:
    """Other words over a section."""
    after = _copy(sections)
    section = _section(after, section_id)
    section["title"] = _words(title)
    section.pop("help", None)
    if help.get("en"):
        section["help"] = _words(help)
    return after


def step_section(sections: Sequence[Mapping[str, Any]], section_id: str, by: int) -> Sections:
    """One place up (-1) or down (1)."""
    after = _copy(sections)
    section = _section(after, section_id)
    place = after.index(section)
    after.remove(section)
    after.insert(max(0, place + by), section)
    return after


def remove_section(sections: Sequence[Mapping[str, Any]], section_id: str) -> Sections:
    after = _copy(sections)
    after.remove(_section(after, section_id))
    return after


def add_question(sections: Sequence[Mapping[str, Any]], section_id: str, kind: str) -> Sections:
    """A new last question of a section, ready to be worded."""
    after = _copy(sections)
    _section(after, section_id)["questions"].append(_new_question(kind, _ids(after)))
    return after


def change_question(sections: Sequence[Mapping[str, Any]], question_id: str, fields: Mapping[str, Any]) -> Sections:
    """The question with these fields instead; what is empty is left out. Its id and type stay."""
    after = _copy(sections)
    question = _question(after, question_id)[1]
    kept = {name: question[name] for name in ("id", "type")}
    question.clear()
    question.update(kept | {name: value for name, value in fields.items() if value not in (None, "", {}, [])})
    return after


def move_question(sections: Sequence[Mapping[str, Any]], question_id: str, section_id: str, to: int) -> Sections:
    """Into a section, to the place `to`, counted from 0."""
    after = _copy(sections)
    home, question = _question(after, question_id)
    target = _section(after, section_id)
    home["questions"].remove(question)
    target["questions"].insert(max(0, min(to, len(target["questions"]))), question)
    return after


def step_question(sections: Sequence[Mapping[str, Any]], question_id: str, by: int) -> Sections:
    """One place up (-1) or down (1), over the edge of its section into the next one."""
    home, question = _question(_copy(sections), question_id)
    place, number = home["questions"].index(question), [part["id"] for part in sections].index(home["id"])
    if 0 <= place + by < len(home["questions"]):
        return move_question(sections, question_id, home["id"], place + by)
    if not 0 <= number + by < len(sections):
        return _copy(sections)
    neighbour = sections[number + by]
    return move_question(sections, question_id, neighbour["id"], len(neighbour["questions"]) if by < 0 else 0)


def remove_question(sections: Sequence[Mapping[str, Any]], question_id: str) -> Sections:
    """Without the question; a section that loses its last one goes with it."""
    after = _copy(sections)
    home, question = _question(after, question_id)
    home["questions"].remove(question)
    return [section for section in after if section["questions"]]


def read_options(text: str, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Options as an editor types them, one a line: `English | Spanish`, `*` at the end of one that stands alone.

    A line whose English words are known keeps its value, so that answers given before still mean the same.
    """
    known = {option["text"]["en"]: option["value"] for option in before}
    options: list[dict[str, Any]] = []
    for line in filter(str.strip, text.splitlines()):
        match = OPTION.match(line)
        if match is None:
            raise Invalid(fields={"options": [f"This line cannot be read: {line[:60]}"]})
        taken = {option["value"] for option in options}
        value = match["value"] or known.get(match["en"]) or _free(_slug(match["en"]), taken)
        option: dict[str, Any] = {"value": value, "text": _words({"en": match["en"], "es": match["es"] or ""})}
        options.append(option | ({"exclusive": True} if match["alone"] else {}))
    return options


def write_options(options: Sequence[Mapping[str, Any]]) -> str:
    """The same, the other way round."""
    lines = []
    for option in options:
        spanish = f" | {option['text']['es']}" if option["text"].get("es") else ""
        lines.append(f"[{option['value']}] {option['text']['en']}{spanish}{' *' if option.get('exclusive') else ''}")
    return "\n".join(lines)


def differences(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a version changed, question by question: added, removed, changed, moved; in the new one's order."""
    before, after = _placed(old), _placed(new)
    found = []
    for name, (place, question) in after.items():
        if name not in before:
            found.append(_difference("added", question, []))
            continue
        parts = [part for part in (*question, *before[name][1]) if question.get(part) != before[name][1].get(part)]
        if parts:
            found.append(_difference("changed", question, list(dict.fromkeys(parts)), before[name][1]))
        elif place[0] != before[name][0][0]:
            found.append(_difference("moved", question, []))
    found += [_difference("removed", question, []) for name, (_, question) in before.items() if name not in after]
    return found


def _difference(
    kind: str, question: Mapping[str, Any], parts: list[str], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    was = words(before["text"], "en") if before and before["text"] != question["text"] else ""
    return {"kind": kind, "id": question["id"], "text": words(question["text"], "en"), "parts": parts, "was": was}


def _placed(sections: Sequence[Mapping[str, Any]]) -> dict[str, tuple[tuple[str, int], Mapping[str, Any]]]:
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
    question: dict[str, Any] = {"id": _free("question", taken), "type": kind, "text": {"en": "New question"}}
    if kind in {"choice", "choices"}:
        question["options"] = [{"value": "yes", "text": YES}, {"value": "no", "text": NO}]
    return question


def _free(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, 1000) if (name := f"{wanted}_{number}") not in taken)


def _slug(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:32]
    return slug or "option"


def _words(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in texts.items() if text.strip()}
