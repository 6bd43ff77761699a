"""The deterministic engine: which names an answer holds, and what the patient says about each of them.

`read(answers)` gives one `Finding` for every name with its status. It never leaves the machine, never guesses
silently, and nothing that an answer says can change how another answer is read.
"""

import re
from dataclasses import replace
from functools import lru_cache

from aiassist.engine import clauses, cues, details, mentions, reactions, standing, unlisted, windows
from aiassist.engine.answer_reading import Reading
from aiassist.engine.findings import Finding
from aiassist.engine.schema import Answer
from aiassist.engine.text import Text, clause_bounds, key, own_words, parse

__all__ = ["Finding", "read", "read_answer"]


MOST_NAMES = 60  # names of one answer that are judged; the rest is shown as not read
BARE_LIST = 4  # words of an answer about allergies that is nothing but what it names


@lru_cache(maxsize=256)
def read_answer(answer: Answer) -> tuple[Finding, ...]:
    """What one answer says about medicines and allergens. Administrative answers say nothing."""
    if answer.kind == "administrative" or not answer.text.strip():
        return ()
    text = parse(answer.text)
    end = own_words(answer.text)
    names = [n for n in mentions.find(text, guess=_may_guess(answer, text)) if text.tokens[n.first].start < end]
    reading = Reading.of(answer, text, names[:MOST_NAMES])
    found = [finding for i in range(len(reading.names)) if (finding := _judge(reading, i)) is not None]
    if answer.topic in ("medications", "allergies"):
        found += unlisted.unknown(answer, text, names)
    found += unlisted.named_by_question(answer, found)
    marked = [
        replace(f, explained=_is_explained(f, found, answer.text), apart=_stands_apart(f, found, answer.text))
        for f in found
    ]
    return tuple(sorted(marked, key=lambda finding: finding.start))


def read(answers: list[Answer]) -> list[Finding]:
    """All findings of a form, in the order of the answers."""
    return [finding for answer in answers for finding in read_answer(answer)]


def _may_guess(answer: Answer, text: Text) -> bool:
    """Whether misspellings may be resolved: where medicines are asked for, or something is taken, dosed or reacted
    to.
    """
    if answer.topic in ("medications", "allergies"):
        return True
    folded = " ".join(text.norms)
    return bool(
        cues.STRONG_USE.search(folded) or cues.ALLERGY_BEFORE.search(folded) or details.DOSE.search(answer.text)
    )


def _judge(reading: Reading, index: int) -> Finding | None:
    """The finding of one name, or None when the words prove nothing."""
    answer, text, name = reading.answer, reading.text, reading.names[index]
    said = clauses.before(reading, index)
    status = standing.status_of(reading, index, said)
    if status is None:
        return None
    allergy = status in ("allergy", "unsure", "not_allergic")
    explicit = said.use or said.allergy or status in ("past", "recent") or (allergy and len(text.tokens) <= BARE_LIST)
    if status == "allergy" and name.entry.sort == "lay" and not explicit:
        status = "unsure"
    entry = name.allergen if allergy and name.allergen else name.entry
    parts = windows.details_of(reading, index)
    if allergy and not parts.reaction:
        parts = replace(parts, reaction=_reaction(reading, index))
    first, last = text.tokens[name.first].start, text.tokens[name.last].end
    last += text.gaps[name.last].index(")") + 1 if name.bracket else 0
    return Finding(
        question_id=answer.question_id,
        name=text.raw[first:last],
        ingredient=entry.ingredient,
        sort=entry.sort,
        status=status,
        start=first,
        end=last,
        quote=windows.quote_of(reading, index, clause_bounds(text, name.first)[0], parts),
        dose=None if allergy else parts.dose,
        frequency=None if allergy else parts.frequency,
        reaction=parts.reaction if allergy else None,
        respelled=name.respelled,
        explicit=explicit,
        parts=entry.parts,
        topic=answer.topic,
        of_row=bool(answer.rows),
    )


def _reaction(reading: Reading, index: int) -> str | None:
    """The reaction in the stretch of a name, or of the list that it stands in ("aspirin and ibuprofen: hives")."""
    answer, text, names = reading.answer, reading.text, reading.names
    last, position = index, index
    while position + 1 < len(names) and _COORDINATED.fullmatch(
        text.raw[text.tokens[names[position].last].end : text.tokens[names[position + 1].first].start].lower()
    ):
        position += 1
        last = position
    after = standing.behind(text, names, index)
    if last == index + 1 and _COMMA_AND.match(text.gaps[names[index].last] + text.norms[names[index].last + 1]):
        last = index
    last = index if not after.words and last != index else last
    start = text.tokens[names[last].last].end
    end = text.tokens[names[last + 1].first].start if last + 1 < len(names) else len(text.raw)
    if answer.rows and "\n" in text.raw[start:end]:
        end = text.raw.index("\n", start)
    ahead = text.tokens[names[index - 1].last].end if index else 0
    return reactions.reaction_of(text, names[index], start, end, ahead)


_COMMA_AND = re.compile(r"\s*,\s*(?:and|y|or|o)$")
_COORDINATED = re.compile(r"\s*(?:,|/|&|\+)?\s*(?:(?:and|or|y|o|e)\s)?\s*(?:(?:the|la|el|los|las|also|to|a)\s)?")
# A comma or a line break is none: "blood thinner, lisinopril" are two entries of a list.
_APPOSITION = re.compile(
    r"[ ]{0,2}(?:[(:\-–][ ]{0,2}|,?[ ]?(?:called|named|which is|it's called|it is called|it's|it is|i think it's|"
    r"llamad[oa]s?|que es|que se llama|se llama|is|de) )"
    r"(?:(?:called|the|a|an|my|i think|un|una|is|blue|brown|purple|rescue|azul|marron|morado|rescate) ){0,3}"
    r"|[ ]?(?:blue |brown |purple )?"
)


def _is_explained(lay: Finding, found: list[Finding], raw: str) -> bool:
    """Whether a lay word stands beside the medicine that it means: "the pill, Microgynon"."""
    if lay.sort not in ("lay", "class"):
        return False
    near = [other for other in found if abs(other.start - lay.start) < 200]
    beside = [other for other in near if other.sort in ("medicine", "supplement") and other.status == lay.status]
    between = [raw[min(lay.end, other.end) : max(lay.start, other.start)].lower() for other in beside]
    return any(len(words) <= 40 and _APPOSITION.fullmatch(words) for words in between)


_LIST_SEPARATOR = re.compile(r"[,;\n]|\b(?:and|plus|y|mas)\b", re.I)


def _stands_apart(finding: Finding, found: list[Finding], raw: str) -> bool:
    """Whether the same medicine stands before it in the answer under another name, as another entry of a list."""
    same = [other for other in found if other.ingredient == finding.ingredient and other.end <= finding.start]
    before = [other.end for other in same if key(other.name) != key(finding.name)]
    if not before:
        return False
    between = raw[max(before) : finding.start]
    return "(" not in between and bool(_LIST_SEPARATOR.search(between))
