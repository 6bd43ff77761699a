"""Runs the engine over rows of consultations and writes what the scorer of such rows reads.

A row: `{"id", "field", "answers": [{"id", "question", "answer"}], ...}`. Such rows carry no topic, so it is read from the question's words;
in the product the questionnaire says it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from aiassist.engine import lists, rules
from aiassist.engine.schema import Answer
from aiassist.engine.text import parse

_ALLERGIES = re.compile(r"allerg|adverse reaction|reacted (?:\w+ )?to|reaction(?:s)? to (?:\w+ )?(?:med|drug)|alergi")
_MEDICATIONS = re.compile(
    r"\b(?:medications?|medicines?|meds|prescriptions?|pills|drugs you|medicamentos?|medicinas?|pastillas)\b.*|what (?:are|do|else (?:are|do)) you (?:taking|take|use)|(?:are|do) you (?:currently )?(?:taking|take|on) (?:any|anything)|"
    r"taken anything|take anything|taking anything|que toma|toma (?:usted )?(?:alg|medic)|maintenance treatment"
)
_ASKS = re.compile(r"\?|^(?:and|so|okay|ok|um|any|are|do|does|what|which|how|is|have|has|did|can|you're|tell)\b|\b(?:are you|do you|have you|any|did you|you're not|you are not|what)\b")
_NOT_ABOUT = re.compile(r"side effects?|refills?|going to (?:give|prescribe|put)|prescribe you|i'll prescribe|i will (?:write|prescribe)|gon na (?:prescribe|give|put|start|order|recommend)|i'd like you to|want you to|smoke|help with the")
_CARRIES = re.compile(r"^(?:(?:and|okay|ok|alright|oh|so|um|yes|sorry|right|hm|well|no) ?,? ?)*(?:which|what else|anything else|any(?:thing)? other|others?|are you sure|like what|what are they|do you know (?:their|its|the) names?|nothing)\b")


def topic_of(question: str, before: str = "other") -> str:
    """The topic that a question's words ask about; a bare "anything else?" goes on with the topic before it."""
    folded = " ".join(parse(question).norms)
    if not folded:
        return "other"
    tail = folded[-400:]
    if _ALLERGIES.search(tail) and not re.search(r"(?:for|your|seasonal) allergies|allergist", tail) and _ASKS.search(tail):
        return "allergies"
    if _ALLERGIES.search(tail) and re.search(r"any .*allerg|have .*allerg|allergic", tail) and _ASKS.search(tail):
        return "allergies"
    if _MEDICATIONS.search(tail) and not _NOT_ABOUT.search(tail) and _ASKS.search(tail):
        return "medications"
    if len(folded.split()) <= 9 and _CARRIES.match(folded):
        return before
    return "other"


def answers_of(row: dict[str, Any]) -> list[Answer]:
    """The answers of a row with topics read from the questions."""
    answers, topic = [], "other"
    for entry in row["answers"]:
        topic = topic_of(str(entry["question"]), topic)
        answers.append(Answer(question_id=str(entry["id"]), topic=topic, label=str(entry["question"]), text=str(entry["answer"])))
    return answers


def predict(row: dict[str, Any]) -> dict[str, Any]:
    """The prediction of one row, in the scorer's shape."""
    answers = answers_of(row)
    findings = rules.read(answers)
    medications, allergies = lists.medicines(findings), lists.allergens(findings)
    quotes = {True: "current", False: "past"}
    return {
        "id": row["id"],
        "medications": [
            {"name": finding.name if not finding.respelled else finding.respelled, "status": status, "qid": finding.question_id, "quote": finding.quote} for finding, status in medications
        ],
        "allergies": [{"name": finding.respelled or finding.name, "status": quotes[True], "qid": finding.question_id, "quote": finding.quote} for finding in allergies],
        "medications_state": lists.state_of("medications", answers, any(status != "past" for _, status in medications))[0],
        "allergies_state": lists.state_of("allergies", answers, bool(allergies))[0],
    }


def predictions(lines: Iterable[str]) -> Iterator[str]:
    """One line of JSON for every line of JSON; blank lines are passed over."""
    for line in lines:
        if line.strip():
            yield json.dumps(predict(json.loads(line)), ensure_ascii=False)
