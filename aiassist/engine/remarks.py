"""What a direct answer says besides its list: denials, relatives' medicines, what is tolerated, "no change".

These words make no item. They are quoted among the notes, so that nothing of an answer disappears.
"""

from aiassist.engine import cues, denials
from aiassist.engine.clauses import instruction_in
from aiassist.engine.findings import Finding
from aiassist.engine.schema import Answer
from aiassist.engine.segments import Piece, pieces_of
from aiassist.engine.text import Text, parse

LONGEST = 300  # characters of a quote
MOST = 8  # quotes of one answer
BACK = 4  # pieces before a name in which its denial is looked for
_NO_ITEM = ("negated", "family", "asked", "not_allergic")


def quotes(answer: Answer, findings: list[Finding], state: str) -> list[str]:
    """The stretches to quote, in their order: the whole answer where its state is unclear, otherwise the pieces that
    are no items.
    """
    text = parse(answer.text)
    if state == "unclear" and not any(f.question_id == answer.question_id and f.status not in _NO_ITEM for f in findings):
        return [_cut(text, 0, len(text.tokens) - 1)]
    if state in ("none_reported", "not_stated"):
        return []
    pieces = pieces_of(answer.text).all
    instruction = instruction_in(answer.text)
    chosen = sorted(
        {
            *(_of_finding(text, pieces, f) for f in findings if f.question_id == answer.question_id and f.status in _NO_ITEM),
            *((i, i) for i, piece in enumerate(pieces[:60]) if _denies_or_repeats(text, piece)),
        }
    )
    kept = [span for span in chosen if instruction < 0 or pieces[span[0]].first < instruction]
    return [_cut(text, pieces[first].first, pieces[last].last) for first, last in _merged(kept)[:MOST]]


def _of_finding(text: Text, pieces: tuple[Piece, ...], finding: Finding) -> tuple[int, int]:
    """The pieces from the one with the denial to the one with the name."""
    at = next(
        (i for i in range(len(pieces) - 1, -1, -1) if text.tokens[pieces[i].first].start <= finding.start), 0
    )
    if finding.of_row:
        last = next((i for i in range(at + 1, len(pieces)) if pieces[i].before == "line"), len(pieces)) - 1
        return at, last
    if finding.status in ("negated", "not_allergic"):
        for first in range(at, max(at - BACK, -1), -1):
            if cues.NEGATION.search(" ".join(text.norms[pieces[first].first : pieces[first].last + 1])):
                return first, at
    return at, at


def _denies_or_repeats(text: Text, piece: Piece) -> bool:
    """Whether a piece denies a part ("No medicine allergies") or says that nothing has changed."""
    words = " ".join(text.norms[piece.first : piece.last + 1])
    if denials.is_unchanged(words):
        return True
    return piece.last > piece.first and bool(cues.DENIED.match(words)) and denials.names_topic(words)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _cut(text: Text, first: int, last: int) -> str:
    """The words from one token to another, cut between words where they are too long."""
    while last > first and text.tokens[last].end - text.tokens[first].start > LONGEST:
        last -= 1
    return text.whole_span(first, last)[:LONGEST]
