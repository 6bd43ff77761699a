"""Names that the lexicon does not hold, in direct answers, and names that only the question says."""

import re

from aiassist.engine import cues, details, mentions
from aiassist.engine.findings import Finding
from aiassist.engine.lexicon import load, word_list
from aiassist.engine.mentions import Name
from aiassist.engine.schema import Answer
from aiassist.engine.text import Text, clause_bounds, folded_span, key, parse
from aiassist.engine.windows import LONGEST_PART, LONGEST_QUOTE, row_of

LONGEST_NAME = 150  # characters
LONGEST_LIST = 12  # words of an answer that may be a bare list
LONGEST_QUESTION = 30  # words of a question within which a name counts as asked about
_INTERJECTION = re.compile(r"^(?:o+h+|m+h*m*|u+h*m*|a+h+|h+m+|hm+|e+r+m*|y+e+a*h*|n+o+|h+e+y+|a+w+)$")


def unknown(answer: Answer, text: Text, names: list[Name]) -> list[Finding]:
    """Direct answers that nobody knows: rows of a list, or a short list of words. Kept verbatim, always flagged."""
    covered = {i for name in names for i in range(name.first, name.last + 1)}
    pieces = _row_pieces(answer, text) if answer.rows else _list_pieces(text)
    free = [(first, last) for first, last in pieces if not covered.intersection(range(first, last + 1))]
    return [_finding(answer, text, first, last) for first, last in free if _may_be_name(answer, text, first, last)]


def _may_be_name(answer: Answer, text: Text, first: int, last: int) -> bool:
    said = text.norms[first : last + 1]
    if text.tokens[last].end - text.tokens[first].start > LONGEST_NAME:
        return False
    filler = word_list("filler")
    if all(word in filler or word[0].isdigit() for word in said) or not any(len(word) > 2 for word in said):
        return False
    if answer.rows:
        return not cues.DENIED.match(" ".join(said))
    if len(said) > 3 or not any(len(word) >= 5 for word in said):
        return False
    ordinary = load().ordinary
    if any(word in ordinary or word in filler or "'" in word or _INTERJECTION.match(word) for word in said):
        return False
    return not cues.NONE_WORDS.search(" ".join(said)) and not details.REACTION.fullmatch(text.span(first, last))


def _finding(answer: Answer, text: Text, first: int, last: int) -> Finding:
    allergy = answer.topic == "allergies"
    behind = text.raw[text.tokens[last].end :].split("\n", 1)[0] if answer.rows else ""
    row = row_of(answer, text.tokens[first].start) or {}
    return Finding(
        question_id=answer.question_id,
        name=text.span(first, last),
        ingredient=key(text.span(first, last)),
        sort="unknown",
        status="allergy" if allergy else "current",
        start=text.tokens[first].start,
        end=text.tokens[last].end,
        quote=(text.whole_span(first, last) + behind)[:LONGEST_QUOTE].rstrip(" ,."),
        dose=None if allergy else _part(row, "dose") or details.dose_in(behind),
        frequency=None if allergy else _part(row, "frequency") or details.frequency_in(behind),
        reaction=(_part(row, "reaction") or details.reaction_in(behind)) if allergy else None,
        known=False,
    )


def _part(row: dict[str, str], column: str) -> str:
    return row.get(column, "")[:LONGEST_PART].strip()


def _row_pieces(answer: Answer, text: Text) -> list[tuple[int, int]]:
    """Token ranges of the name column of each row."""
    pieces, at = [], 0
    for row in answer.rows:
        name = next(iter(row.values()), "")
        start = text.raw.find(name, at) if name else -1
        if start < 0:
            continue
        at = start + len(name)
        inside = [i for i, token in enumerate(text.tokens) if token.start >= start and token.end <= at]
        if inside:
            pieces.append((inside[0], inside[-1]))
    return pieces


def _list_pieces(text: Text) -> list[tuple[int, int]]:
    """Token ranges between commas, "and" and line ends, without a number after the name; none of a longer answer."""
    folded = folded_span(text, 0, min(len(text.tokens), LONGEST_LIST) - 1)
    if len(text.tokens) > LONGEST_LIST or cues.DENIED.match(folded) or cues.UNSURE.search(folded):
        return []
    if any(sentence.asks for sentence in text.sentences):
        return []
    pieces: list[tuple[int, int]] = []
    first = 0
    for i in range(len(text.tokens)):
        if text.norms[i] in ("and", "y", "e", "plus", "also"):
            pieces.append((first, i - 1))
            first = i + 1
        elif i + 1 == len(text.tokens) or re.search(r"[,;\n]|\. ", text.gap(i)):
            pieces.append((first, i))
            first = i + 1
    return [(start, _before_number(text, start, end)) for start, end in pieces if end >= start]


def _before_number(text: Text, start: int, end: int) -> int:
    """The last token before a number that stands apart: the end of the name in "Zorblax 20"."""
    numbers = (i for i in range(start + 1, end + 1) if text.norms[i][0].isdigit() and text.gap(i - 1))
    return next(numbers, end + 1) - 1


def named_by_question(answer: Answer, found: list[Finding]) -> list[Finding]:
    """What the question names and the patient affirms: "Are you still taking Micronase?" – "Yes, once a day"."""
    text, label = parse(answer.text), parse(answer.label)
    if not text.sentences or not label.sentences or not _affirms(answer, text):
        return []
    earliest = max(label.sentences[-1].first, len(label.tokens) - LONGEST_QUESTION)
    names = [name for name in mentions.find(label, guess=False) if name.first >= earliest]
    known = {finding.ingredient for finding in found}
    quote = text.span(0, text.sentences[0].last)[:LONGEST_QUOTE]
    alone = len(names) == 1 and not found
    asked = [_asked(answer, label, name, quote, alone) for name in names if name.entry.ingredient not in known]
    return [finding for finding in asked if finding is not None]


def _affirms(answer: Answer, text: Text) -> bool:
    folded = folded_span(text, 0, min(len(text.tokens), 30) - 1)
    return bool(cues.AFFIRMED.match(folded)) and not cues.DENIED.match(folded) and "?" not in answer.text[:40]


def _asked(answer: Answer, label: Text, name: Name, quote: str, alone: bool) -> Finding | None:
    """The finding of a name that a question asks about, or None when it is only an example in it."""
    first, _ = clause_bounds(label, name.first)
    pre = folded_span(label, max(first, name.first - LONGEST_QUESTION), name.first - 1)
    use, allergy = cues.ASKED_USE.search(pre), cues.ASKED_ALLERGY.search(pre)
    if cues.ASKED_EXAMPLE.search(pre) or (mentions.is_weak(name, label) and not use):
        return None
    if not allergy and not (use and name.medicine):
        return None
    return Finding(
        question_id=answer.question_id,
        name=label.span(name.first, name.last),
        ingredient=name.entry.ingredient,
        sort=name.entry.sort,
        status="allergy" if allergy else "past" if cues.PAST.search(pre) else "current",
        start=0,
        end=len(quote),
        quote=quote,
        dose=details.dose_in(quote) if alone and not allergy else None,
        frequency=details.frequency_in(quote) if alone and not allergy else None,
        reaction=details.reaction_in(quote) if alone and allergy else None,
        explicit=True,
    )
