"""The pieces of an answer: what stands between commas, line breaks, semicolons, "and", "or" and sentence ends."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from aiassist.engine.details import spans_in
from aiassist.engine.text import Text, parse

Separator = Literal["start", "line", "stop", "comma", "and", "or"]

AND = frozenset(["and", "y", "e", "plus", "mas", "tambien", "ademas", "also", "then", "luego"])
OR = frozenset(["or", "nor", "o", "u", "ni", "neither"])
_STRENGTH: dict[Separator, int] = {"or": 0, "and": 1, "comma": 2, "line": 3, "stop": 4, "start": 5}
_LINE = re.compile(r"[\n\r;|•·●▪]")
_COMMA = re.compile(r"[,،、]")
_PLUS = re.compile(r"[+&]|\s/\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens `first`..`last` between two separators, and the separator before them."""

    first: int
    last: int
    before: Separator


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text in their order; words that separate belong to none."""

    all: tuple[Piece, ...]

    def of(self, index: int) -> Piece | None:
        """The piece that holds token `index`, or the one before a word that separates."""
        at = bisect_right(self.all, index, key=lambda piece: piece.first) - 1
        return self.all[at] if at >= 0 else None

    def between(self, first: int, last: int) -> list[Separator]:
        """The separators after token `first` and up to token `last`."""
        start = bisect_right(self.all, first, key=lambda piece: piece.first)
        end = bisect_right(self.all, last, key=lambda piece: piece.first)
        return [piece.before for piece in self.all[start:end]]


@lru_cache(maxsize=256)
def pieces_of(raw: str) -> Pieces:
    """Cut a raw answer into pieces.

    What stands in brackets, and the commas and "and" inside a dose or a frequency, cut nothing.
    """
    text = parse(raw)
    pieces: list[Piece] = []
    first, before = 0, "start"
    for index, (word, gap) in enumerate(_separators(text)):
        if word is not None:
            if first < index:
                pieces.append(Piece(first, index - 1, before))
                before = word
            else:
                before = max(before, word, key=_STRENGTH.__getitem__)
            first = index + 1
        if gap is not None:
            if first <= index:
                pieces.append(Piece(first, index, before))
                before = gap
            else:
                before = max(before, gap, key=_STRENGTH.__getitem__)
            first = index + 1
    if first < len(text.tokens):
        pieces.append(Piece(first, len(text.tokens) - 1, before))
    return Pieces(tuple(pieces))


def _separators(text: Text) -> list[tuple[Separator | None, Separator | None]]:
    """For each token what it separates as a word, and what the gap after it separates."""
    stops = {sentence.last for sentence in text.sentences}
    spans = [*_spans_of_tokens(text), 0]
    found: list[tuple[Separator | None, Separator | None]] = []
    depth = 0
    for index, norm in enumerate(text.norms):
        here, gap = spans[index], text.gaps[index]
        word: Separator | None = "and" if norm in AND else "or" if norm in OR else None
        word = None if depth or here else word
        if gap == " ":
            found.append((word, None))
            continue
        depth = _depth(gap, depth)
        found.append((word, _of_gap(gap, index in stops, bool(depth or (here and here == spans[index + 1])))))
    return found


@lru_cache(maxsize=512)
def _of_gap(gap: str, stop: bool, inside: bool) -> Separator | None:
    if _LINE.search(gap):
        return "line"
    if inside:
        return None
    if stop:
        return "stop"
    return "comma" if _COMMA.search(gap) else "and" if _PLUS.search(gap) else None


@lru_cache(maxsize=512)
def _depth(gap: str, depth: int) -> int:
    """How many brackets are open after a gap; a line break closes all."""
    if "\n" in gap:
        return 0
    return min(max(depth + gap.count("(") + gap.count("[") - gap.count(")") - gap.count("]"), 0), 3)


def _spans_of_tokens(text: Text) -> list[int]:
    """For each token the number of the dose, frequency or time that holds it; 0 when none does."""
    inside = [0] * len(text.tokens)
    spans, at = spans_in(text.raw), 0
    for index, token in enumerate(text.tokens):
        while at < len(spans) and spans[at].end <= token.start:
            at += 1
        if at < len(spans) and spans[at].start <= token.start and token.end <= spans[at].end:
            inside[index] = at + 1
    return inside
