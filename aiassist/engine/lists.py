"""From findings to the two lists and their states: one item per medicine or allergen, and an honest none."""

import re

from aiassist.engine import cues, denials
from aiassist.engine.rules import Finding, read_answer
from aiassist.engine.schema import Allergy, Answer, Evidence, Medication, State, Status
from aiassist.engine.text import Text, key, numbers_in, parse

_RANK = {"current": 0, "unclear": 1, "doubtful": 2, "recent": 3, "past": 4}


def evidence_of(finding: Finding) -> Evidence:
    """Where a finding stands."""
    return Evidence(question_id=finding.question_id, quote=finding.quote)


def allergens(findings: list[Finding]) -> list[Finding]:
    """One finding per substance that the patient reacts to or may react to; a sure one first, then one with a
    reaction.
    """
    best: dict[str, Finding] = {}
    for finding in findings:
        if finding.status in ("allergy", "unsure"):
            if finding.sort in ("lay", "class") and not finding.explicit and finding.topic != "allergies":
                continue
            held = best.get(finding.ingredient)
            if held is None or _weight(finding) > _weight(held):
                best[finding.ingredient] = finding
    return list(best.values())


def _weight(finding: Finding) -> tuple[bool, bool]:
    return finding.status == "allergy", bool(finding.reaction)


def medicines(findings: list[Finding]) -> list[tuple[Finding, Status]]:
    """One finding per medicine that the patient takes, took or may take, with the status to show."""
    allergic = {finding.ingredient for finding in allergens(findings) if finding.status == "allergy"}
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


def shared_ingredients(findings: list[Finding]) -> list[list[Finding]]:
    """The medicines taken now that hold the same ingredient under different names: Tylenol and Vicodin, Advil and
    ibuprofen. A group for each such ingredient, in the order of the answers.
    """
    holders: dict[str, dict[str, Finding]] = {}
    for finding, status in medicines(findings):
        if status != "past" and finding.known and finding.sort not in ("lay", "class"):
            for ingredient in finding.parts or (finding.ingredient,):
                holders.setdefault(ingredient, {}).setdefault(key(finding.name), finding)
    groups = [list(named.values()) for named in holders.values() if len(named) > 1]
    return [group for i, group in enumerate(groups) if group not in groups[:i]]


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

_PART_OF_MEDICATIONS = re.compile(
    r"strength|dose|how much|over the counter|otc|herbal|supplement|vitamin|alternative|for (?:the|your|that|this|it)(?: \w+)? ?(?:pain|headache|cough|symptom\w*|problem|knee|back)?|\bother\b|\belse\b|besides|apart from|aside from|natural|blood thinner|"
    r"contracepti|birth control|inhaler|painkiller|antibiotic|sin receta|hierbas|suplement|vitamina|help with|tried|the pain|symptom"
)
_ALL_MEDICATIONS = re.compile(
    r"(?:medications?|medicines?|meds|medicamentos|medicinas) ?(?:,|or|and|o|y|including) (?:\w+ ){0,6}(?:supplement|vitamin|herbal|over|otc|suplemento|vitamina)|regular (?:medication|medicine|med)|daily (?:medication|medicine|med)"
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
_TAG_NEGATIVE = re.compile(
    r"(?:not|n't|no) (?:\w+ ){0,4}(?:right|correct|anything)|you're not|you are not|no (?:\w+ )?allerg|so no|not on any|not taking"
)
_YES = re.compile(
    r"(?:(?:yes|yeah|yep|yup|right|correct|that's right|that is right|exactly|true|si|claro|correcto|asi es|exacto|no|none)(?: |$)){1,4}"
)


def none_of(answer: Answer) -> Evidence | None:
    """The words with which an answer to a mapped question says "none", when they cover the whole topic; else None.

    Every word of the answer belongs to a closed vocabulary (`denials`).
    """
    if answer.topic not in ("medications", "allergies") or answer.kind == "administrative":
        return None
    text = parse(answer.text)
    if not text.tokens:
        return None
    denied = denials.denies_all(answer.text, "medications" if answer.topic == "medications" else "allergies")
    agreed = asks_for_no(answer) and bool(_YES.fullmatch(" ".join(text.norms)))
    if not (denied or agreed) or asks_for_part(answer):
        return None
    return Evidence(question_id=answer.question_id, quote=answer.text[: text.tokens[:30][-1].end])


def asks_for_no(answer: Answer) -> bool:
    """Whether a yes to the question is a no: "So you take none?"."""
    return bool(_TAG_NEGATIVE.search(" ".join(parse(answer.label).norms)))


def asks_for_part(answer: Answer) -> bool:
    """Whether the question asks only for a part of its topic, so that "no" is no none."""
    label = " ".join(parse(answer.label).norms)
    if answer.topic == "medications":
        return bool(_PART_OF_MEDICATIONS.search(label)) and not _ALL_MEDICATIONS.search(label)
    if _OR_ANYTHING.search(label):
        return False
    return bool(_REST_OF_ALLERGIES.search(label)) or (
        bool(_PART_OF_ALLERGIES.search(label)) and not _DRUG_OR_ANY.search(label)
    )


def state_of(topic: str, answers: list[Answer], listed: bool) -> tuple[State, list[Evidence]]:
    """The state of a topic and the evidence of a none. `listed` says that the list has an item that is not past.

    no_change: the list is said to be as before, or nothing new is said and nothing is named. listed: something is
    named. none_reported: a mapped question was answered with words of "none" alone and no other answer leaves it open.
    unclear: a mapped question was answered otherwise. not_stated: nothing was asked or answered.
    """
    mapped = [
        answer for answer in answers if answer.topic == topic and answer.kind == "clinical" and answer.text.strip()
    ]
    if any(denials.same_in(answer.text) for answer in mapped):
        return "no_change", []
    if listed:
        return "listed", []
    if any(denials.nothing_new_in(answer.text) for answer in mapped):
        return "no_change", []
    nones = {answer.question_id: none for answer in mapped if (none := none_of(answer))}
    others = [answer for answer in mapped if answer.question_id not in nones]
    if nones and not any(leaves_open(answer) for answer in others):
        return "none_reported", list(nones.values())
    return ("unclear", []) if nones or any(_says_something(answer) for answer in others) else ("not_stated", [])


_INTERJECTIONS = frozenset(
    [
        *("um", "uh", "oh", "ohh", "ah", "hm", "hmm", "mm", "mmm", "er", "well", "okay", "ok", "so", "hello", "right"),
        *("sorry", "great", "thanks"),
    ]
)


def _says_something(answer: Answer) -> bool:
    """Whether an answer that is no none says anything of the topic: not a question back, nor a no to a part of it."""
    text = parse(answer.text)
    if _is_no_answer(answer, text):
        return False
    return not (asks_for_part(answer) and cues.NONE_WORDS.search(" ".join(text.norms)))


def _is_no_answer(answer: Answer, text: Text) -> bool:
    asks_back = bool(text.sentences) and all(s.asks or s.last == s.first for s in text.sentences) and "?" in answer.text
    return asks_back or all(word in _INTERJECTIONS for word in text.norms)


def leaves_open(answer: Answer) -> bool:
    """Whether an answer beside a none hints at something: "yes", "two, I forgot the names", "no, but …"."""
    text = parse(answer.text)
    folded = " ".join(text.norms)
    if not _says_something(answer):
        return False
    if cues.UNSURE.search(folded):
        return True
    if cues.DENIED.match(folded):
        return bool(TAKES_BACK.search(TAKES_NOTHING_BACK.sub("", folded)))
    return not any(finding.status in ("negated", "not_allergic") for finding in read_answer(answer))


TAKES_BACK = re.compile(
    r"\b(?:but|except|pero|excepto|salvo|only the|just the|only what|prescribed|other than|besides|apart from|aside from|solo|aparte|just (?!in|you|now|to)|although|unless|sometimes|occasionally|"
    r"a veces|unless|anymore the|forgot|used to be|maybe|might|quizas?|tal vez)\b"
)
# "No, I tried some bicarbonate, but it wasn't helping", "but I'm not on anything regular": a "but" that denies as well.
TAKES_NOTHING_BACK = re.compile(
    r"\b(?:but|pero)(?: (?:uh|um|well|really|pues|no)){0,4} (?:(?:it|that|they|those)(?: (?:was|were|did|does|do|is)(?: not|n't)|(?:was|were|did|does|do|is)n't)(?: [\w']+){0,5}? (?:help\w*|work\w*)|"
    r"(?:i haven't been )?(?:i'm|i am) not (?:on|taking) any(?:thing)?\b(?! (?:more|longer))|no (?:me )?(?:ayudo|funciono|sirvio))"
)
