"""Names that the lexicon does not hold, in direct answers, and names that only the question says."""

import re

from aiassist.engine import cues, denials, details, mentions, rows
from aiassist.engine.findings import Finding
from aiassist.engine.lexicon import load, word_list
from aiassist.engine.mentions import Name
from aiassist.engine.schema import Answer
from aiassist.engine.segments import pieces_of
from aiassist.engine.text import Text, clause_bounds, flat, folded_span, key, parse
from aiassist.engine.windows import LONGEST_QUOTE

LONGEST_NAME = 150  # characters
LONGEST_LIST = 12  # words of an answer that may be a bare list
LONGEST_QUESTION = 30  # words of a question within which a name counts as asked about
MOST_UNKNOWN = 60  # names of one answer
_INTERJECTION = re.compile(r"^(?:o+h+|m+h*m*|u+h*m*|a+h+|h+m+|hm+|e+r+m*|y+e+a*h*|n+o+|h+e+y+|a+w+)$")
_BARE = re.compile(rf"[\s,(\-–:]{{0,4}}({details.BARE_DOSE.pattern})[\s,;.)]{{0,4}}$")


def unknown(answer: Answer, text: Text, names: list[Name]) -> list[Finding]:
    """Direct answers that nobody knows: rows of a list, or a short list of words. Kept verbatim, always flagged."""
    if answer.rows:
        return _unknown_rows(answer, text, names)
    covered = {i for name in names for i in range(name.first, name.last + 1)}
    free = [
        (first, last) for first, last in _list_pieces(text) if not covered.intersection(range(first, last + 1))
    ]
    stretches = [_stretch(text, first, last) for first, last in free[:MOST_UNKNOWN]]
    return [_finding(answer, text, *stretch) for stretch in stretches if stretch and _may_be_name(text, *stretch[:2])]


def _unknown_rows(answer: Answer, text: Text, names: list[Name]) -> list[Finding]:
    """The rows whose name cell names nothing known and denies nothing."""
    found = []
    for row in rows.rows_of(answer):
        tokens = [i for i, t in enumerate(text.tokens) if row.name.start <= t.start and t.end <= row.name.end]
        if not tokens or any(row.name.start <= text.tokens[n.first].start < row.name.end for n in names):
            continue
        said = answer.text[row.name.start : row.name.end]
        topic = "allergies" if answer.topic == "allergies" else "medications"
        if denials.denies_all(said, topic) or denials.same_in(said) or denials.nothing_new_in(said) or _only_denies(said):
            continue
        stretch = _stretch(text, tokens[0], tokens[-1])
        filler = word_list("filler")
        if stretch and not all(w in filler or w[0].isdigit() for w in text.norms[stretch[0] : stretch[1] + 1]):
            found.append(_finding(answer, text, *stretch))
    return found


def _only_denies(said: str) -> bool:
    return bool(cues.DENIED.match(" ".join(parse(said).norms)))


def _stretch(text: Text, first: int, last: int) -> tuple[int, int, str | None, str | None] | None:
    """First and last token of the name in a piece, and the dose and frequency behind it; None when there is no name."""
    start, end = text.tokens[first].start, text.tokens[last].end
    spans = [span for span in details.spans_in(text.raw[start:end]) if span.start > 0]
    cut = start + spans[0].start if spans else end
    dose = next((text.raw[start + s.start : start + s.end] for s in spans if s.kind == "dose"), None)
    frequency = next((text.raw[start + s.start : start + s.end] for s in spans if s.kind == "frequency"), None)
    bare = None if dose else _BARE.search(flat(text.raw), start + 1, cut)
    if bare:
        cut, dose = bare.start(), text.raw[bare.start(1) : bare.end(1)]
    named = [i for i in range(first, last + 1) if text.tokens[i].end <= cut]
    return (named[0], named[-1], dose, frequency) if named else None


def _may_be_name(text: Text, first: int, last: int) -> bool:
    said = text.norms[first : last + 1]
    if text.tokens[last].end - text.tokens[first].start > LONGEST_NAME:
        return False
    filler = word_list("filler")
    if all(word in filler or word[0].isdigit() for word in said) or not any(len(word) > 2 for word in said):
        return False
    if len(said) > 3 or not any(len(word) >= 5 for word in said):
        return False
    ordinary = load().ordinary
    if any(word in ordinary or word in filler or "'" in word or _INTERJECTION.match(word) for word in said):
        return False
    return not cues.NONE_WORDS.search(" ".join(said)) and not details.REACTION.search(flat(text.span(first, last)))


def _finding(
    answer: Answer, text: Text, first: int, last: int, dose: str | None, frequency: str | None
) -> Finding:
    allergy = answer.topic == "allergies"
    start, end = text.tokens[first].start, text.tokens[last].end
    behind = text.raw[end:].split("\n", 1)[0][:LONGEST_QUOTE]
    row = rows.row_at(answer, start)
    columns = rows.columns_of(answer, row, dose, frequency) if row else rows.Columns(dose, frequency, None)
    reaction = (columns.reaction or (None if row else details.reaction_in(behind[:80]))) if allergy else None
    quote = text.whole_span(first, last) + behind if row else _quote(text, first, last, columns)
    return Finding(
        question_id=answer.question_id,
        name=text.span(first, last),
        ingredient=key(text.span(first, last)),
        sort="unknown",
        status="allergy" if allergy else "current",
        start=start,
        end=end,
        quote=quote[:LONGEST_QUOTE].rstrip(" ,."),
        dose=None if allergy else columns.dose,
        frequency=None if allergy else columns.frequency,
        reaction=reaction,
        known=False,
        topic=answer.topic,
    )


def _quote(text: Text, first: int, last: int, columns: rows.Columns) -> str:
    """The piece of the name, or the name alone when no detail follows."""
    piece = pieces_of(text.raw).of(first)
    return text.whole_span(first, piece.last if piece and (columns.dose or columns.frequency) else last)


def _list_pieces(text: Text) -> list[tuple[int, int]]:
    """The token ranges of the pieces of a short list; of a longer one those with a dose or a frequency."""
    folded = folded_span(text, 0, min(len(text.tokens), LONGEST_LIST) - 1)
    if cues.DENIED.match(folded) or cues.UNSURE.search(folded) or any(sentence.asks for sentence in text.sentences):
        return []
    pieces = [(piece.first, piece.last) for piece in pieces_of(text.raw).all]
    if len(text.tokens) <= LONGEST_LIST:
        return pieces
    spans = [span for span in details.spans_in(text.raw) if span.kind != "time"]
    return [
        (first, last)
        for first, last in pieces[:MOST_UNKNOWN]
        if last - first <= 8
        and any(text.tokens[first].start < s.start and s.end <= text.tokens[last].end for s in spans)
    ]


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
        topic=answer.topic,
    )
