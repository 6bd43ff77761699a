"""From findings to the two lists and their states: one item per medicine or allergen, and an honest none."""

import re

from aiassist.engine import cues
from aiassist.engine.rules import Finding, read_answer
from aiassist.engine.schema import Allergy, Answer, Evidence, Medication, State, Status
from aiassist.engine.text import Text, key, numbers_in, parse

_RANK = {"current": 0, "unclear": 1, "recent": 2, "past": 3}


def evidence_of(finding: Finding) -> Evidence:
    """Where a finding stands."""
    return Evidence(question_id=finding.question_id, quote=finding.quote)


def allergens(findings: list[Finding]) -> list[Finding]:
    """One finding per substance that the patient reacts to, the one with a reaction first."""
    best: dict[str, Finding] = {}
    for finding in findings:
        if finding.status == "allergy":
            if finding.sort in ("lay", "class") and not finding.explicit:
                continue
            held = best.get(finding.ingredient)
            if held is None or (finding.reaction and not held.reaction):
                best[finding.ingredient] = finding
    return list(best.values())


def medicines(findings: list[Finding]) -> list[tuple[Finding, Status]]:
    """One finding per medicine that the patient takes, took or may take, with the status to show."""
    allergic = {finding.ingredient for finding in allergens(findings)}
    denied = {finding.ingredient for finding in findings if finding.status == "negated"}
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status in _RANK:
            groups.setdefault(finding.ingredient, []).append(finding)
    shown: list[tuple[Finding, Status]] = []
    for ingredient, group in groups.items():
        group.sort(key=lambda finding: (_RANK[finding.status], -bool(finding.dose), -bool(finding.frequency)))
        best = group[0]
        if ingredient in allergic and not (best.explicit and best.status in ("current", "past")):
            continue
        if all(finding.explained for finding in group):
            continue
        status: Status = "current" if best.status == "current" else "past" if best.status == "past" else "unclear"
        if ingredient in allergic or (status == "current" and (ingredient in denied or _only_lately(group))):
            status = "unclear"
        chosen = _with_details(best, group)
        shown.append((chosen, status))
        shown += [(other, status) for other in _others(chosen, group)]
    return shown


def _only_lately(group: list[Finding]) -> bool:
    """Whether the patient's own words say of a medicine only that it was taken lately, and its being current comes from
    a question alone ("I've taken some paracetamol." … "Anything else?" "No, just paracetamol.").
    """
    current = [finding for finding in group if finding.status == "current"]
    return any(finding.status == "recent" for finding in group) and not any(
        finding.explicit or finding.dose or finding.frequency for finding in current
    )


def _others(chosen: Finding, group: list[Finding]) -> list[Finding]:
    """Findings of the same medicine with a dose of their own ("500 mg in the morning, 1000 mg at night") or as another
    entry of a list: none may go missing.
    """
    doses, names = {_dose_of(chosen)}, {key(chosen.name)}
    others = []
    for finding in group:
        dose, name = _dose_of(finding), key(finding.name)
        new_dose = bool(dose) and dose not in doses
        new_entry = (finding.apart or chosen.apart) and name not in names and finding.question_id == chosen.question_id
        if finding.status == chosen.status and (new_dose or new_entry):
            doses.add(dose)
            names.add(name)
            others.append(finding)
    return others


def _dose_of(finding: Finding) -> tuple[float, ...]:
    return tuple(sorted(numbers_in(finding.dose or "")))


def _with_details(best: Finding, group: list[Finding]) -> Finding:
    """The best finding, or one of the same status that says the dose."""
    if best.dose:
        return best
    return next((finding for finding in group if finding.dose and finding.status == best.status), best)


def medications_from(findings: list[Finding]) -> list[Medication]:
    """The medication items of the output."""
    return [
        Medication(
            name=finding.shown_name,
            dose=finding.dose,
            frequency=finding.frequency,
            status=status,
            evidence=[evidence_of(finding)],
        )
        for finding, status in medicines(findings)
    ]


def allergies_from(findings: list[Finding]) -> list[Allergy]:
    """The allergy items of the output."""
    return [
        Allergy(substance=finding.shown_name, reaction=finding.reaction, evidence=[evidence_of(finding)])
        for finding in allergens(findings)
    ]


# --- states

_TAG_NEGATIVE = re.compile(
    r"(?:not|n't|no) (?:\w+ ){0,4}(?:right|correct|anything)|you're not|you are not|no (?:\w+ )?allerg|so no|not on any|not taking"
)
_PART_OF_MEDICATIONS = re.compile(
    r"strength|dose|how much|over the counter|otc|herbal|supplement|vitamin|alternative|for (?:the|your|that|this|it)(?: \w+)? ?(?:pain|headache|cough|symptom\w*|problem|knee|back)?|\bother\b|\belse\b|besides|apart from|aside from|natural|blood thinner|"
    r"contracepti|birth control|inhaler|painkiller|antibiotic|sin receta|hierbas|suplement|vitamina|help with|tried|the pain|symptom"
)
_ALL_MEDICATIONS = re.compile(
    r"(?:medications?|medicines?|meds|medicamentos|medicinas) ?(?:,|or|and|o|y|including) (?:\w+ )*(?:supplement|vitamin|herbal|over|otc|suplemento|vitamina)|regular (?:medication|medicine|med)|daily (?:medication|medicine|med)"
)
_PART_OF_ALLERGIES = re.compile(
    r"\b(?:food|seasonal|environmental|pollens?|latex|pets?|insects?|alimentos|comida|polen|ambiental)\b"
)
_REST_OF_ALLERGIES = re.compile(r"\b(?:other|else|besides|apart from|aside from|otr[oa]s?|mas)\b")
# "a medicine, a food or anything else" asks for the whole.
_OR_ANYTHING = re.compile(
    r"\b(?:or|and|o|u|y|ni) (?:to |a |al )?(?:any(?:thing)?(?: other)?(?: things?)?(?: else)?|something else|otras? cosas?|alguna otra cosa|algo mas|cualquier otra(?: cosa)?)(?= ?(?:$|\?))"
)
_DRUG_OR_ANY = re.compile(r"drug|medic|anything|any (?:known )?allerg|known allerg|alergia|algo|nada")


def none_of(answer: Answer) -> Evidence | None:
    """The words with which an answer to a mapped question says "none", when they cover the whole topic; else None."""
    if answer.topic not in ("medications", "allergies") or answer.kind == "administrative":
        return None
    text = parse(answer.text)
    if not text.tokens:
        return None
    if answer.none and not answer.rows:
        return Evidence(question_id=answer.question_id, quote=answer.text[:200])
    if any(finding.status not in _SAYS_NO for finding in read_answer(answer)):
        return None
    folded, label = " ".join(text.norms), " ".join(parse(answer.label).norms)
    if not _is_negative(answer, text, folded, label) or _TAKES_BACK.search(_TAKES_NOTHING_BACK.sub("", folded)):
        return None
    if cues.UNSURE.search(folded) and not _AS_FAR_AS_I_KNOW.search(folded):
        return None
    if _covers_part(answer.topic, label):
        return None
    return Evidence(question_id=answer.question_id, quote=answer.text[: text.tokens[:30][-1].end])


_SAYS_NO = ("negated", "not_allergic", "family", "asked", "past", "recent")
_AS_FAR_AS_I_KNOW = re.compile(
    r"that i(?:'m| am)? (?:know|aware)|that i(?: have)? known|(?:don't|do n't) (?:think|believe)|know of|que yo sepa"
)


def _is_negative(answer: Answer, text: Text, folded: str, label: str) -> bool:
    """Whether an answer denies: in its first or last words, in a sentence of its own, or by a yes to "so you take none?"."""
    final = " ".join(text.norms[text.sentences[-1].first :])
    if cues.DENIED.match(folded) or cues.DENIED.match(final):
        return True
    if _NONE_SENTENCE.search(folded) or _negative_rows(answer):
        return True
    return bool(cues.AFFIRMED.match(folded) and _TAG_NEGATIVE.search(label))


_NONE_SENTENCE = re.compile(
    r"\b(?:no|none|not|nothing|never|don't|do n't|dont|haven't|have n't|not any|ninguna?|ningun|nada|zero) (?:\w+ ){0,6}?(?:known )?(?:allerg\w*|medic\w*|meds|drugs?|pills?|anything|alergias?|medicamentos?|medicinas?|pastillas?|reactions?|that i know|that i'm aware|know of|known)|"
    r"\b(?:nothing|none|nada|ninguna|ninguno|nkda|nka|nil)\b|no (?:tengo|tomo|soy) |que yo sepa no|no que yo sepa|not (?:that i|taking|on|allergic)|n't (?:take|know of|have any|think so|believe so)"
)
_TAKES_BACK = re.compile(
    r"\b(?:but|except|pero|excepto|salvo|only the|just the|only what|prescribed|other than|besides|apart from|aside from|solo|aparte|just (?!in|you|now|to)|although|unless|sometimes|occasionally|"
    r"a veces|unless|anymore the|forgot|used to be|maybe|might|quizas?|tal vez)\b"
)
# "No, I tried some bicarbonate, but it wasn't helping", "but I'm not on anything regular": a "but" that denies as well.
_TAKES_NOTHING_BACK = re.compile(
    r"\b(?:but|pero)(?: (?:uh|um|well|really|pues|no))* (?:(?:it|that|they|those)(?: (?:was|were|did|does|do|is)(?: not|n't)|(?:was|were|did|does|do|is)n't)(?: [\w']+){0,5}? (?:help\w*|work\w*)|"
    r"(?:i haven't been )?(?:i'm|i am) not (?:on|taking) any(?:thing)?\b(?! (?:more|longer))|no (?:me )?(?:ayudo|funciono|sirvio))"
)


def _negative_rows(answer: Answer) -> bool:
    rows = answer.rows
    return bool(rows) and all(cues.DENIED.match(key(next(iter(row.values()), ""))) for row in rows)


def _covers_part(topic: str, label: str) -> bool:
    """Whether the question asks only for a part of the topic, so that "no" is no none."""
    if topic == "medications":
        return bool(_PART_OF_MEDICATIONS.search(label)) and not _ALL_MEDICATIONS.search(label)
    if _OR_ANYTHING.search(label):
        return False
    return bool(_REST_OF_ALLERGIES.search(label)) or (
        bool(_PART_OF_ALLERGIES.search(label)) and not _DRUG_OR_ANY.search(label)
    )


def state_of(topic: str, answers: list[Answer], listed: bool) -> tuple[State, list[Evidence]]:
    """The state of a topic and the evidence of a none. `listed` says that the list has an item that is not past.

    listed: something is named. none_reported: a mapped question was answered "none" and nothing contradicts it.
    unclear: a mapped question was answered, but neither names nor a none came out. not_stated: nothing was asked or
    answered.
    """
    if listed:
        return "listed", []
    mapped = [
        answer for answer in answers if answer.topic == topic and answer.kind == "clinical" and answer.text.strip()
    ]
    nones = [none for none in (none_of(answer) for answer in mapped) if none]
    if nones:
        open_ones = [answer for answer in mapped if none_of(answer) is None and _leaves_open(answer, topic)]
        return ("unclear", []) if open_ones else ("none_reported", nones)
    if any(_leaves_open(answer, topic) for answer in mapped):
        return "unclear", []
    return "not_stated", []


_INTERJECTIONS = frozenset(
    [
        "um",
        "uh",
        "oh",
        "ohh",
        "ah",
        "hm",
        "hmm",
        "mm",
        "mmm",
        "er",
        "well",
        "okay",
        "ok",
        "so",
        "hello",
        "right",
        "sorry",
        "great",
        "thanks",
    ]
)


def _leaves_open(answer: Answer, topic: str) -> bool:
    """Whether an answer hints at something without naming it: "yes", "two, I forgot the names"."""
    text = parse(answer.text)
    folded = " ".join(text.norms)
    label = " ".join(parse(answer.label).norms)
    if all(word in _INTERJECTIONS for word in text.norms) or (
        text.sentences and all(s.asks or s.last == s.first for s in text.sentences) and "?" in answer.text
    ):
        return False
    if cues.UNSURE.search(folded) and not _AS_FAR_AS_I_KNOW.search(folded):
        return True
    if cues.DENIED.match(folded):
        return bool(_TAKES_BACK.search(_TAKES_NOTHING_BACK.sub("", folded)))
    if any(finding.status in ("negated", "not_allergic") for finding in read_answer(answer)):
        return False
    return not (_covers_part(topic, label) and cues.NONE_WORDS.search(folded))
