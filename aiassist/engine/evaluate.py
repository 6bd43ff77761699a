"""Runs the engine over rows of consultations and writes what the scorer of such rows reads.

A row: `{"id", "field", "answers": [{"id", "question", "answer"}], ...}`. Such rows carry no topic, so it is read from
the question's words; in the product the questionnaire says it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from aiassist.engine import cues, lists, rules
from aiassist.engine.schema import Answer, State
from aiassist.engine.text import is_spanish, parse

_ALLERGIES = re.compile(r"allerg|adverse reaction|reacted (?:\w+ )?to|reaction(?:s)? to (?:\w+ )?(?:med|drug)|alergi")
_MEDICATIONS = re.compile(
    r"\b(?:medications?|medicines?|meds|prescriptions?|pills|drugs you|medicamentos?|medicinas?|pastillas)\b.*|what (?:are|do|else (?:are|do)) you (?:taking|take|use)|(?:are|do) you (?:currently )?(?:taking|take|on) (?:any|anything)|"
    r"taken anything|take anything|taking anything|que toma|toma (?:usted )?(?:alg|medic)|maintenance treatment"
)
_ASKS = re.compile(
    r"^(?:(?:and|so|okay|ok|um|uh|well|alright|right|now|then)(?![\w'])[ ,]*)*(?:any|are|do|does|what|which|how|is|have|has|had|did|can|you're|you are|tell|know|current|please)\b|"
    r"\b(?:are you|do you|have you|did you|had you|has he|does (?:he|she)|you're not|you are not|you're on|you (?:don't|do not) (?:take|have)|is (?:he|she)|usted|toma|tiene|es)\b"
)
_NOT_ABOUT = re.compile(
    r"side effects?|refills?|prescribe you|(?:i'll|i will|i'd like to|let me|gon na|going to|want to|we can|we could|i would) (?:\w+ )?(?:prescribe|write|give|put|start|order|recommend|bring|send)|"
    r"i'd like you to|want you to|do you have any questions|question|pharmacy"
)
_CARRIES = re.compile(
    r"^(?:(?:and|okay|ok|alright|oh|so|um|yes|right|hm|well|no)(?![\w'])[ ,]*)*(?:which|what else|anything else|any(?:thing)? other|others?|like what|what are they|do you know (?:their|its|the) names?|"
    r"either of|nothing|sorry|i said|what kind)\b"
)
_STATES_ALLERGY = re.compile(r"\b(?:he|she|you|patient)(?:'s|'re| is| are) (?:also )?allergic to")
LONGEST_QUESTION = 45  # words; a longer turn is the doctor explaining


def topic_of(question: str, before: str = "other") -> str:
    """The topic that a question's last two sentences ask about; a bare "anything else?" or "Naprosyn?" goes on with
    the topic before it.
    """
    text = parse(question)
    if not text.tokens:
        return "other"
    first = text.sentences[max(len(text.sentences) - 2, 0)].first
    words = text.norms[first:][-LONGEST_QUESTION:]
    tail = " ".join(words)
    asks = text.sentences[-1].asks or bool(_ASKS.search(tail))
    treats = re.search(r"(?:for|your|seasonal) allerg(?:y|ies)|allergist", tail) and not re.search(
        r"allergic|(?:any|have|having|from) .*allerg|your allergies\b", tail
    )
    if (asks or _STATES_ALLERGY.search(tail)) and _ALLERGIES.search(tail) and not treats:
        return "allergies"
    if asks and _MEDICATIONS.search(tail) and not _NOT_ABOUT.search(tail):
        return "medications"
    short = len(text.tokens) <= 9
    if (
        short
        and "sure" not in text.norms
        and (_CARRIES.match(" ".join(text.norms)) or (len(text.tokens) <= 3 and text.sentences[-1].asks))
    ):
        return before
    return "other"


def answers_of(row: dict[str, Any]) -> list[Answer]:
    """The answers of a row with topics read from the questions."""
    answers: list[Answer] = []
    topic = "other"
    for entry in row["answers"]:
        asked_back = bool(answers) and answers[-1].text.rstrip().endswith("?")
        here = topic_of(str(entry["question"]), topic)
        topic = topic if here == "other" and asked_back else here
        answers.append(
            Answer(question_id=str(entry["id"]), topic=topic, label=str(entry["question"]), text=str(entry["answer"]))
        )
    return answers


def _name(finding: rules.Finding) -> str:
    """The name resolved as far as the engine does: a misspelling to what it means, an English lay phrase to its plain
    form.
    """
    plain = finding.sort == "lay" and not is_spanish(parse(finding.quote))
    return finding.ingredient if plain else finding.respelled or finding.name


_STATUS = {"allergy": "current", "unsure": "mentioned"}


def predict(row: dict[str, Any]) -> dict[str, Any]:
    """The prediction of one row, in the scorer's shape.

    `unclear` of the product is the scorer's `mentioned`: shown as such.
    """
    answers = answers_of(row)
    findings = rules.read(answers)
    medications, allergies = lists.medicines(findings), lists.allergens(findings)
    return {
        "id": row["id"],
        "medications": [
            {
                "name": _name(finding),
                "status": "mentioned" if status == "unclear" else status,
                "qid": finding.question_id,
                "quote": finding.quote,
            }
            for finding, status in medications
        ],
        "allergies": [
            {
                "name": _name(finding),
                "status": _STATUS[finding.status],
                "qid": finding.question_id,
                "quote": finding.quote,
            }
            for finding in allergies
        ],
        "medications_state": _medications_state(answers, {status for _, status in medications}),
        "allergies_state": _spoken_state("allergies", answers, bool(allergies)),
    }


def _medications_state(answers: list[Answer], statuses: set[str]) -> State:
    """The state in the scorer's sense, where a list is of what is taken now.

    "No regular medicines" beside "I took some ibuprofen" is a none there; the product says `listed`, since there is
    something to look at.
    """
    state = _spoken_state("medications", answers, "current" in statuses)
    return "listed" if "unclear" in statuses and state != "none_reported" else state


_NONE_SENTENCE = re.compile(
    r"\b(?:no|none|not|nothing|never|don't|do n't|dont|haven't|have n't|not any|ninguna?|ningun|nada|zero) (?:\w+ ){0,6}?(?:known )?(?:allerg\w*|medic\w*|meds|drugs?|pills?|anything|alergias?|medicamentos?|medicinas?|pastillas?|reactions?|that i know|that i'm aware|know of|known)|"
    r"\b(?:nothing|none|nada|ninguna|ninguno|nkda|nka|nil)\b|no (?:tengo|tomo|soy) |que yo sepa no|no que yo sepa|not (?:that i|taking|on|allergic)|n't (?:take|know of|have any|think so|believe so)"
)
_AS_FAR_AS_I_KNOW = re.compile(
    r"that i(?:'m| am)? (?:know|aware)|that i(?: have)? known|(?:don't|do n't) (?:think|believe)|know of|que yo sepa"
)
_SAYS_NO = ("negated", "not_allergic", "family", "asked", "past", "recent")


def _spoken_state(topic: str, answers: list[Answer], listed: bool) -> State:
    """The state as the note of a conversation has it, where the clinician heard the tone.

    A spoken answer that begins or ends with a denial and names nothing current counts as a none ("No, I don't believe
    in meds."). The product does not: there a none is a closed vocabulary (`lists.state_of`).
    """
    state = lists.state_of(topic, answers, listed)[0]
    if state in ("listed", "none_reported"):
        return state
    mapped = [answer for answer in answers if answer.topic == topic and answer.text.strip()]
    denied = [answer for answer in mapped if lists.none_of(answer) or _is_spoken_none(answer)]
    if denied and not any(lists.leaves_open(answer) for answer in mapped if answer not in denied):
        return "none_reported"
    return "unclear" if any(lists.leaves_open(answer) for answer in mapped) else "not_stated"


def _is_spoken_none(answer: Answer) -> bool:
    text = parse(answer.text)
    if not text.tokens or any(finding.status not in _SAYS_NO for finding in rules.read_answer(answer)):
        return False
    folded, final = " ".join(text.norms), " ".join(text.norms[text.sentences[-1].first :])
    denies = cues.DENIED.match(folded) or cues.DENIED.match(final) or _NONE_SENTENCE.search(folded)
    if not denies and not (cues.AFFIRMED.match(folded) and lists.asks_for_no(answer)):
        return False
    if lists.TAKES_BACK.search(lists.TAKES_NOTHING_BACK.sub("", folded)):
        return False
    return not (cues.UNSURE.search(folded) and not _AS_FAR_AS_I_KNOW.search(folded)) and not lists.asks_for_part(answer)


def predictions(lines: Iterable[str]) -> Iterator[str]:
    """One line of JSON for every line of JSON; blank lines are passed over."""
    for line in lines:
        if line.strip():
            yield json.dumps(predict(json.loads(line)), ensure_ascii=False)
