"""Decides what of an extraction may be shown as fact. Deterministic; the same for a model's output, the engine's own
and a doctor's edit.

`verify(extraction, answers)` looks at every item: where it says it comes from, whether the words are there, whether
the rules engine reads them the same way; and it looks for what the answers say and the extraction lacks.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from aiassist.engine import accounting, cues, lists, rules, sentences, stances
from aiassist.engine.items import dose_is_said, frequency_is_said, is_same, name_is_said, reaction_is_said
from aiassist.engine.rules import Finding
from aiassist.engine.schema import (
    Allergy,
    Answer,
    Evidence,
    Extraction,
    Line,
    Medication,
    Omission,
    Reason,
    Section,
    State,
    Verified,
    VerifiedItem,
    VerifiedState,
)
from aiassist.engine.text import find_quote, key, parse

ListTopic = Literal["medications", "allergies"]
_DISAGREES = ("negated", "family", "asked", "not_allergic", "unsure", "doubtful")


@dataclass(slots=True)
class _Form:
    """The clinical answers, and what the engine reads in them."""

    answers: dict[str, Answer]
    findings: list[Finding]


def verify(extraction: Extraction, answers: list[Answer]) -> Verified:
    """Check every item of `extraction` against the raw `answers`.

    Items keep their order; none is dropped, flagged ones carry reasons.
    """
    clinical = {answer.question_id: answer for answer in answers if answer.kind == "clinical"}
    form = _Form(clinical, rules.read(list(clinical.values())))
    items = [_checked_line("summary", line, form) for line in extraction.summary]
    items += [_checked_line("patient_concerns", line, form) for line in extraction.patient_concerns]
    items += [_checked_line("key_notes", line, form) for line in extraction.key_notes]
    items += [_checked_medication(medication, form) for medication in extraction.medications]
    items += [_checked_allergy(allergy, form) for allergy in extraction.allergies]
    omissions = _omissions(extraction, form)
    medications, attention = _checked_state("medications", extraction, items, omissions, form)
    allergies, more = _checked_state("allergies", extraction, items, omissions, form)
    attention += more
    if any(omission.section == "allergies" for omission in omissions):
        attention.append("allergy_omitted")
    unread = accounting.unread(extraction, answers)
    return Verified(
        items=items,
        omissions=omissions,
        medications_state=medications,
        allergies_state=allergies,
        unread=unread,
        attention=attention + accounting.attention(unread),
        instruction_like=_instruction_like(form),
    )


# --- evidence


def _checked_evidence(evidence: list[Evidence], form: _Form) -> tuple[list[Evidence], list[Reason], bool]:
    """The evidence with quotes as the raw answer has them, what is wrong with it, and whether a quote was moved to
    its true question.
    """
    good: list[Evidence] = []
    reasons: list[Reason] = []
    repaired = False
    for entry in evidence:
        answer = form.answers.get(entry.question_id)
        span = _place_of(entry.quote, answer.text) if answer else None
        if answer and span:
            good.append(Evidence(question_id=answer.question_id, quote=answer.text[span[0] : span[1]]))
            continue
        moved = _found_elsewhere(entry.quote, form)
        if moved:
            good.append(moved)
            repaired = True
        else:
            good.append(entry)
            reasons.append(Reason.QUOTE_NOT_FOUND if answer else Reason.UNKNOWN_QUESTION)
    if not evidence:
        reasons.append(Reason.NO_EVIDENCE)
    return good, reasons, repaired


@lru_cache(maxsize=2048)
def _place_of(quote: str, raw: str) -> tuple[int, int] | None:
    """`find_quote`, without folding a long answer for words that stand in it as they are."""
    at = raw.find(quote) if quote.strip() == quote and quote else -1
    while at >= 0:
        end = at + len(quote)
        starts = at == 0 or not (raw[at - 1].isalnum() and quote[0].isalnum())
        if starts and (end == len(raw) or not (raw[end].isalnum() and quote[-1].isalnum())):
            return (at, end) if any(c.isalnum() for c in quote) else None
        at = raw.find(quote, at + 1)
    return find_quote(quote, raw)


def _found_elsewhere(quote: str, form: _Form) -> Evidence | None:
    """The one answer that has the quote, when it says enough to be told from any other."""
    if sum(c.isalpha() for c in quote) < 5:
        return None
    for answer in form.answers.values():
        span = _place_of(quote, answer.text)
        if span:
            return Evidence(question_id=answer.question_id, quote=answer.text[span[0] : span[1]])
    return None


# --- the lists


def _findings_for(name: str, evidence: list[Evidence], form: _Form) -> tuple[list[Finding], list[Finding]]:
    """The engine's findings of this substance: those inside the quotes (or the cited answers), and all of the form."""
    everywhere = [f for f in form.findings if is_same(f, name)]
    inside = []
    for entry in evidence:
        answer = form.answers.get(entry.question_id)
        span = _place_of(entry.quote, answer.text) if answer else None
        inside += [
            f
            for f in everywhere
            if f.question_id == entry.question_id and span and f.start < span[1] and span[0] < f.end
        ]
    cited = [f for f in everywhere if f.question_id in {entry.question_id for entry in evidence}]
    return inside or cited, everywhere


def _others(evidence: list[Evidence], here: list[Finding], form: _Form) -> list[Finding]:
    """The engine's findings of other substances inside the quotes."""
    spans = [(entry.question_id, *span) for entry in evidence if (span := _span_of(entry, form))]
    own = {finding.ingredient for finding in here}
    return [
        f
        for f in form.findings
        if f.ingredient not in own
        and any(f.question_id == question and f.start < end and start < f.end for question, start, end in spans)
    ]


def _span_of(entry: Evidence, form: _Form) -> tuple[int, int] | None:
    answer = form.answers.get(entry.question_id)
    return _place_of(entry.quote, answer.text) if answer else None


def _checked_medication(item: Medication, form: _Form) -> VerifiedItem:
    evidence, reasons, repaired = _checked_evidence(item.evidence, form)
    quotes = [entry.quote for entry in evidence]
    here, everywhere = _findings_for(item.name, evidence, form)
    others = _others(evidence, here, form)
    if not name_is_said(item.name, quotes, [f for f in here if f.name]):
        reasons.append(Reason.NAME_NOT_IN_QUOTE)
    name = item.name.split(" (")[0]
    if item.dose and not dose_is_said(name, item.dose, quotes, here, others, past=item.status == "past"):
        reasons.append(Reason.DOSE_NOT_IN_QUOTE)
    if item.frequency and not frequency_is_said(item.frequency, quotes, here, others, past=item.status == "past"):
        reasons.append(Reason.FREQUENCY_NOT_IN_QUOTE)
    polarity = _medication_polarity(item, here, everywhere)
    if polarity == [Reason.LOOKS_PAST] and _only_what_it_replaced_is_past(here, form):
        polarity = []
    reasons += polarity or _stance_against(item, here, form)
    return VerifiedItem(
        section="medications",
        item=item.model_copy(update={"evidence": evidence}),
        reasons=_unique(reasons),
        repaired=repaired,
    )


def _only_what_it_replaced_is_past(here: list[Finding], form: _Form) -> bool:
    """Whether the rules read a medicine as past for the sake of its old dose ("25 mg, was 50 until May") or of what it
    came after ("replaced Diovan with it"): without these words they read it as current.
    """
    for finding in here:
        answer = form.answers[finding.question_id]
        current = stances.without_what_was(answer.text)
        if current != answer.text:
            reread = rules.read_answer(answer.model_copy(update={"text": current, "rows": ()}))
            if any(f.start == finding.start and f.status in ("current", "unclear") for f in reread):
                return True
    return False


def _stance_against(item: Medication, here: list[Finding], form: _Form) -> list[Reason]:
    """What the words around the name say against the item, whatever the rules read."""
    if item.status != "current" or not here:
        return []
    said = [(finding, form.answers[finding.question_id]) for finding in here]
    if all(stances.has_ended(finding, answer, form.findings) for finding, answer in said):
        return [Reason.LOOKS_PAST]
    if all(stances.was_not_begun(finding, answer, form.findings) for finding, answer in said):
        return [Reason.ENGINE_DISAGREES]
    if all(stances.is_of_another(finding, answer, form.findings) for finding, answer in said):
        return [Reason.ANOTHER_PERSON]
    return []


def _medication_polarity(item: Medication, here: list[Finding], everywhere: list[Finding]) -> list[Reason]:
    """Where the engine reads the words differently from the item's status."""
    statuses = {finding.status for finding in here}
    if not statuses or all(not finding.known for finding in here):
        return [Reason.NOT_A_KNOWN_NAME]
    if "allergy" in statuses or any(finding.status == "allergy" for finding in everywhere):
        return [Reason.LOOKS_LIKE_ALLERGY]
    taken = statuses & {"current", "unclear", "recent", "past"}
    if not taken:
        return [Reason.LOST_DOUBT if "doubtful" in statuses else Reason.ENGINE_DISAGREES]
    if item.status == "current":
        if not taken & {"current", "unclear"}:
            return [Reason.LOOKS_PAST]
        if any(finding.status == "negated" for finding in everywhere):
            return [Reason.ENGINE_DISAGREES]
    if item.status == "past" and taken == {"current"}:
        return [Reason.LOOKS_CURRENT]
    return []


def _checked_allergy(item: Allergy, form: _Form) -> VerifiedItem:
    evidence, reasons, repaired = _checked_evidence(item.evidence, form)
    quotes = [entry.quote for entry in evidence]
    here, _ = _findings_for(item.substance, evidence, form)
    others = _others(evidence, here, form)
    if not name_is_said(item.substance, quotes, [f for f in here if f.name]):
        reasons.append(Reason.NAME_NOT_IN_QUOTE)
    if item.reaction and not reaction_is_said(item.reaction, quotes, here, others):
        reasons.append(Reason.REACTION_NOT_IN_QUOTE)
    statuses = {finding.status for finding in here}
    if not statuses or all(not finding.known for finding in here):
        reasons.append(Reason.NOT_A_KNOWN_NAME)
    elif "unsure" in statuses and "allergy" not in statuses:
        reasons.append(Reason.LOST_DOUBT)
    elif "allergy" not in statuses:
        reasons.append(Reason.ENGINE_DISAGREES if statuses & set(_DISAGREES) else Reason.LOOKS_LIKE_MEDICATION)
    said = [(finding, form.answers[finding.question_id]) for finding in here]
    if said and all(stances.does_no_harm(finding, answer, form.findings) for finding, answer in said):
        reasons.append(Reason.ENGINE_DISAGREES)
    elif said and all(stances.is_of_another(finding, answer, form.findings) for finding, answer in said):
        reasons.append(Reason.ANOTHER_PERSON)
    return VerifiedItem(
        section="allergies",
        item=item.model_copy(update={"evidence": evidence}),
        reasons=_unique(reasons),
        repaired=repaired,
    )


def _checked_line(section: Section, line: Line, form: _Form) -> VerifiedItem:
    evidence, reasons, repaired = _checked_evidence(line.evidence, form)
    reasons += sentences.reasons(
        line.text, evidence, form.answers, form.findings, worries=section == "patient_concerns"
    )
    return VerifiedItem(
        section=section,
        item=line.model_copy(update={"evidence": evidence}),
        reasons=_unique(reasons),
        repaired=repaired,
    )


def _unique(reasons: list[Reason]) -> list[Reason]:
    return list(dict.fromkeys(reasons))


# --- what is missing


def _omissions(extraction: Extraction, form: _Form) -> list[Omission]:
    """What the engine reads as current, or as an allergy, and the extraction does not list."""
    listed = [m.name for m in extraction.medications]
    omissions = [
        Omission(section="medications", name=finding.shown_name, evidence=lists.evidence_of(finding))
        for finding, status in lists.medicines(form.findings)
        if status != "past" and finding.status != "recent" and not _is_listed(finding, listed)
    ]
    substances = [a.substance for a in extraction.allergies]
    omissions += [
        Omission(section="allergies", name=finding.shown_name, evidence=lists.evidence_of(finding))
        for finding in lists.allergens(form.findings)
        if not _is_listed(finding, substances)
    ]
    return omissions


def _is_listed(finding: Finding, names: list[str]) -> bool:
    return any(is_same(finding, name) or (not finding.known and key(finding.name) in key(name)) for name in names)


# --- states


def _checked_state(
    topic: ListTopic, extraction: Extraction, items: list[VerifiedItem], omissions: list[Omission], form: _Form
) -> tuple[VerifiedState, list[str]]:
    """The state that may be shown, and what asks for attention."""
    claimed: State = getattr(extraction, f"{topic}_state")
    engine, engine_evidence = _engine_state(topic, form)
    listed = [item for item in items if item.section == topic and getattr(item.item, "status", "") != "past"]
    reasons: list[Reason] = []
    evidence: list[Evidence] = []
    if claimed in _PROVED_BY_WORDS:
        evidence, reasons = _checked_claim(topic, extraction, form, agreed=engine == claimed and not listed)
    attention = [reason.value for reason in reasons if reason in _PROVED_BY_WORDS.values()]
    if listed:
        value: State = "listed" if engine != "none_reported" and any(item.plain for item in listed) else "unclear"
    elif engine in _PROVED_BY_WORDS:
        value, evidence = engine, evidence if claimed == engine and not reasons else engine_evidence
    else:
        missed = any(omission.section == topic for omission in omissions)
        value = "unclear" if missed or reasons or engine == "listed" else engine
    attention += [f"{topic}_unclear"] if value == "unclear" else []
    evidence = evidence if value in _PROVED_BY_WORDS else []
    state = VerifiedState(value=value, claimed=claimed, reasons=_unique(reasons), evidence=evidence)
    return state, attention


# What is claimed only with the patient's words for it, and what a claim without them is called.
_PROVED_BY_WORDS: dict[State, Reason] = {
    "none_reported": Reason.FALSE_NONE,
    "no_change": Reason.FALSE_NO_CHANGE,
}


def _engine_state(topic: ListTopic, form: _Form) -> tuple[State, list[Evidence]]:
    if topic == "medications":
        found = any(status != "past" for _, status in lists.medicines(form.findings))
    else:
        found = bool(lists.allergens(form.findings))
    if not found:
        same = [a for a in form.answers.values() if a.topic == topic and stances.says_no_change(a.text)]
        if same:
            return "no_change", [Evidence(question_id=a.question_id, quote=a.text[:200]) for a in same]
    return lists.state_of(topic, list(form.answers.values()), found)


def _checked_claim(
    topic: ListTopic, extraction: Extraction, form: _Form, *, agreed: bool
) -> tuple[list[Evidence], list[Reason]]:
    """The evidence of a claimed none or no change: such words from a question of the topic, read the same way by the
    engine.
    """
    claimed: State = getattr(extraction, f"{topic}_state")
    evidence, reasons, _ = _checked_evidence(getattr(extraction, f"{topic}_state_evidence"), form)
    if not agreed or not any(_proves(entry, topic, claimed, form) for entry in evidence):
        reasons.append(_PROVED_BY_WORDS[claimed])
    return evidence, reasons


def _proves(entry: Evidence, topic: str, claimed: State, form: _Form) -> bool:
    answer = form.answers.get(entry.question_id)
    if answer is None or answer.topic != topic:
        return False
    return stances.says_no_change(entry.quote) if claimed == "no_change" else bool(lists.none_of(answer))


def _instruction_like(form: _Form) -> list[Evidence]:
    """Sentences that read like instructions to a machine. Shown to the reader; they decide nothing."""
    found = []
    for answer in form.answers.values():
        text = parse(answer.text)
        for sentence in text.sentences:
            if cues.INSTRUCTION.search(" ".join(text.norms[sentence.first : sentence.last + 1])):
                found.append(
                    Evidence(question_id=answer.question_id, quote=text.span(sentence.first, sentence.last)[:2000])
                )
    return found[:20]
