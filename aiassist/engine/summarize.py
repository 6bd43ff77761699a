"""The rules engine's whole output, `extract(answers)`: the two lists, their states, and sentences made of the
patient's own words.
"""

import re

from aiassist.engine import accounting, cues, lists, remarks, rules
from aiassist.engine.schema import RULES_LABEL, Answer, Evidence, Extraction, Line
from aiassist.engine.text import Text, parse

__all__ = ["HEADINGS", "RULES_LABEL", "extract"]

LONGEST_LINE = 300
HEADINGS = {
    "reason": {"en": "Reason for the visit", "es": "Motivo de la visita"},
    "symptoms": {"en": "Symptoms", "es": "Síntomas"},
    "conditions": {"en": "Conditions", "es": "Enfermedades"},
    "surgeries": {"en": "Surgeries", "es": "Cirugías"},
    "family_history": {"en": "Family history", "es": "Antecedentes familiares"},
    "tobacco": {"en": "Tobacco", "es": "Tabaco"},
    "alcohol": {"en": "Alcohol", "es": "Alcohol"},
    "pregnancy": {"en": "Pregnancy", "es": "Embarazo"},
}
NOTE_HEADINGS = {
    "medications": {"en": "Medicines", "es": "Medicinas"},
    "allergies": {"en": "Allergies", "es": "Alergias"},
    "shared": {"en": "Same ingredient", "es": "Mismo ingrediente"},
    "severe": {"en": "Severe reaction", "es": "Reacción grave"},
    "pregnant": {"en": "Pregnancy", "es": "Embarazo"},
    "comment": {"en": "Comment", "es": "Comentario"},
}
_WORRY = re.compile(
    r"(?<!not )\b(?:worried|worry|worries|concerned|concern|afraid|scared|anxious about|nervous about|bothers me|want to know|wondering|hoping|would like|preocup\w+|miedo|me inquieta|quiero saber|quisiera saber|me gustaria)\b"
)
_SEVERE = re.compile(
    r"anaphyla|anafila|throat clos|can't breathe|couldn't breathe|trouble breathing|swelling of (?:the |my )?(?:throat|tongue|face)|cierra la garganta|dificultad para respirar",
    re.I,
)


def extract(answers: list[Answer]) -> Extraction:
    """Extract a form's answers by rules.

    Deterministic; the label of this engine is `RULES_LABEL`. Administrative answers are not read.
    """
    clinical = [answer for answer in answers if answer.kind == "clinical" and _says_anything(answer)]
    findings = rules.read(clinical)
    medications, allergies = lists.medications_from(findings), lists.allergies_from(findings)
    medications_state, medications_evidence = lists.state_of(
        "medications", clinical, any(m.status != "past" for m in medications)
    )
    allergies_state, allergies_evidence = lists.state_of("allergies", clinical, bool(allergies))
    extraction = Extraction(
        summary=_summary(clinical)[:40],
        patient_concerns=_concerns(clinical)[:40],
        key_notes=_notes(clinical, {"medications": medications_state, "allergies": allergies_state}, findings)[:40],
        medications=medications[:60],
        allergies=allergies[:60],
        medications_state=medications_state,
        medications_state_evidence=medications_evidence[:20],
        allergies_state=allergies_state,
        allergies_state_evidence=allergies_evidence[:20],
    )
    return extraction.model_copy(update={"unread": accounting.unread(extraction, clinical)})


def _says_anything(answer: Answer) -> bool:
    """Whether there is a word or a number in it."""
    return any(token.norm[0].isalnum() for token in parse(answer.text).tokens)


def _heading(table: dict[str, dict[str, str]], name: str, answer: Answer) -> str:
    words = table[name]
    return words.get(answer.language[:2], words["en"])


def _line(heading: str, answer: Answer, quote: str) -> Line:
    return Line(
        text=f"{heading}: {quote}" if heading else quote,
        evidence=[Evidence(question_id=answer.question_id, quote=quote)],
    )


def _cut(raw: str, text: Text) -> str:
    """The beginning of an answer up to a sentence or word end, verbatim."""
    start = text.tokens[0].start
    if len(raw) - start <= LONGEST_LINE:
        return raw[start:].rstrip()
    ends = [text.tokens[s.last].end for s in text.sentences if text.tokens[s.last].end - start <= LONGEST_LINE]
    end = (
        ends[-1]
        if ends
        else max((t.end for t in text.tokens if t.end - start <= LONGEST_LINE), default=start + LONGEST_LINE)
    )
    return raw[start:end]


def _summary(answers: list[Answer]) -> list[Line]:
    """A line for each answer to a topic of HEADINGS, in that order; bare denials share one at the end."""
    told = [(topic, answer) for topic in HEADINGS for answer in answers if answer.topic == topic]
    denied = [(topic, answer) for topic, answer in told if _is_bare_denial(answer)]
    if len(denied) < 2:
        denied = []
    lines = [
        _line(_heading(HEADINGS, topic, answer), answer, _cut(answer.text, parse(answer.text)))
        for topic, answer in told
        if (topic, answer) not in denied
    ]
    return [*lines, *_denials(denied)]


def _is_bare_denial(answer: Answer) -> bool:
    """Whether an answer is nothing but a no: "No", "None", "Ninguno"."""
    text = parse(answer.text)
    return len(text.tokens) == 1 and bool(cues.DENIED.match(text.norms[0]))


def _denials(denied: list[tuple[str, Answer]]) -> list[Line]:
    """ "Conditions, Surgeries: No", with the answer to each as its evidence; one line for each wording of the no."""
    together: dict[str, list[tuple[str, Answer]]] = {}
    for topic, answer in denied:
        together.setdefault(answer.text.strip().casefold().rstrip("."), []).append((topic, answer))
    lines = []
    for told in together.values():
        headings = dict.fromkeys(_heading(HEADINGS, topic, answer) for topic, answer in told)
        word = parse(told[0][1].text).tokens[0]
        said = told[0][1].text[word.start : word.end]
        evidence = [Evidence(question_id=answer.question_id, quote=said) for _, answer in told]
        lines.append(Line(text=f"{', '.join(headings)}: {said}", evidence=evidence))
    return lines


def _concerns(answers: list[Answer]) -> list[Line]:
    """Answers to the question for concerns, and sentences elsewhere that ask or worry."""
    lines = []
    for answer in answers:
        text = parse(answer.text)
        if not text.tokens:
            continue
        folded = " ".join(text.norms)
        if answer.topic == "concerns":
            if not (cues.DENIED.match(folded) and len(text.tokens) <= 6):
                lines.append(_line("", answer, _cut(answer.text, text)))
            continue
        for sentence in text.sentences:
            words = " ".join(text.norms[sentence.first : sentence.last + 1])
            raw = answer.text[text.tokens[sentence.first].start : text.tokens[sentence.last].end]
            if (
                len(raw) <= LONGEST_LINE
                and sentence.last - sentence.first >= 3
                and (sentence.asks or _WORRY.search(words))
                and not cues.INSTRUCTION.search(words)
            ):
                lines.append(
                    _line(
                        "",
                        answer,
                        raw
                        + (
                            "?"
                            if sentence.asks and answer.text[text.tokens[sentence.last].end :].startswith("?")
                            else ""
                        ),
                    )
                )
    return lines


def _shared(group: list[rules.Finding], answers: dict[str, Answer]) -> Line:
    """A note on medicines with one ingredient: "Same ingredient: Tylenol, Vicodin"."""
    heading = _heading(NOTE_HEADINGS, "shared", answers[group[0].question_id])
    names = ", ".join(finding.name for finding in group)
    return Line(text=f"{heading}: {names}", evidence=[lists.evidence_of(finding) for finding in group][:20])


def _notes(answers: list[Answer], states: dict[str, str], findings: list[rules.Finding]) -> list[Line]:
    notes = []
    by_id = {answer.question_id: answer for answer in answers}
    for finding in findings:
        if finding.status == "allergy" and _SEVERE.search(finding.quote):
            answer = by_id[finding.question_id]
            notes.append(_line(_heading(NOTE_HEADINGS, "severe", answer), answer, finding.quote))
    notes += [_shared(group, by_id) for group in lists.shared_ingredients(findings)]
    for answer in answers:
        text = parse(answer.text)
        if not text.tokens:
            continue
        folded = " ".join(text.norms)
        if answer.topic == "pregnancy" and (answer.yes or cues.AFFIRMED.match(folded)):
            notes.append(_line(_heading(NOTE_HEADINGS, "pregnant", answer), answer, _cut(answer.text, text)))
        elif answer.topic == "comment":
            if not cues.INSTRUCTION.search(folded):
                notes.append(_line(_heading(NOTE_HEADINGS, "comment", answer), answer, _cut(answer.text, text)))
        elif answer.topic in states:
            heading = _heading(NOTE_HEADINGS, answer.topic, answer)
            quotes = remarks.quotes(answer, findings, states[answer.topic])
            notes += [_line(heading, answer, quote) for quote in quotes]
    return notes
