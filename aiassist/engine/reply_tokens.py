"""A reply cut into words, numbers, emoji and marks, folded for comparison."""

import re
import unicodedata
from dataclasses import dataclass, replace

from aiassist.engine.text import norm_word

_IGNORED = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
_PIECE = re.compile(
    r"(?P<end>\n+|[.!;…]+)"
    r"|(?P<emoticon>[:;=][-']?[)(\]\[dpo3/|](?!\w)|<3|\^_*\^)"
    r"|(?P<ask>[?¿]+)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*'?)"
    r"|(?P<number>\d+(?:[:/.-]\d+)*)"
    r"|(?P<comma>[,:()\"“”«»*_~|'`¡-])"
    r"|(?P<mark>\S)"
)
_HALF_DAY = re.compile(r"(?<=\d)\s?([ap])\s?\.?\s?m\b\.?|(?<=\d)([ap])(?![\w'])")
_SPELLED_HALF_DAY = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirty|fifteen|o'clock)\s([ap])\s?\.?\s?m\b\.?"
)
_ABBREVIATION = re.compile(
    r"\b(dra?|mrs?|ms|sra?|srta|doc|st|prof|vs|etc|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|ene|abr|ago|dic|"
    r"mon|tues?|wed|thurs?|fri|appt)\."
)
_OTHER_FORMS = frozenset(
    ["confirmó", "confirmé", "canceló", "cancelé", "anuló", "anulé"]
)  # no "confirmo", no "cancele"
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "`": "'", "ʼ": "'", "–": "-", "—": "-", "&": " and ", "@": " at "}
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One token of a reply. `labels`: what else it may be read as, such as "<day>" for the visit's own day."""

    word: str
    kind: str  # word, number, emoji, comma, ask or end
    labels: frozenset[str] = frozenset()


def fold(text: str) -> str:
    """`text` in one case and one kind of quote mark, without invisible characters; accents are kept."""
    folded = unicodedata.normalize("NFKC", _IGNORED.sub("", text)).casefold().translate(_QUOTES)
    folded = folded.replace(" w/ ", " with ").replace(" w/", " with ")
    folded = _SPELLED_HALF_DAY.sub(r"\1 \2m", folded)  # a transcript's "three p m"
    return _ABBREVIATION.sub(r"\1", _HALF_DAY.sub(lambda m: f" {m[1] or m[2]}m ", folded))


def cut(text: str) -> list[Piece]:
    """The pieces of a reply in their order; one emoji a piece.

    "sí" keeps its accent, as do forms that without it would be another person's or another time's, and a "si" before a
    comma is one: both say yes, where "si" alone may mean if. A "no" before a mark is "no,": an answer of its own, where
    "no cancele" denies what follows.
    """
    pieces: list[Piece] = []
    for match in _PIECE.finditer(fold(text)):
        kind, raw = match.lastgroup or "mark", match.group()
        if kind == "word":
            pieces.append(Piece(raw if raw == "sí" or raw in _OTHER_FORMS else norm_word(raw.rstrip("'")), "word"))
        elif kind == "comma":
            _close_answer(pieces, raw)
            pieces.append(Piece(",", "comma"))
        elif kind in ("end", "ask", "number"):
            _close_answer(pieces, raw)
            pieces.append(Piece(raw, kind))
        else:
            pieces.append(Piece(raw.replace("'", "").replace("-", ""), "emoji"))
    return pieces


def _close_answer(pieces: list[Piece], mark: str) -> None:
    if not pieces or mark in ("'", '"', "(", "-") or mark[0].isdigit():
        return
    if closed := {"si": "sí", "no": "no,", "nope": "no,", "nah": "no,"}.get(pieces[-1].word):
        pieces[-1] = replace(pieces[-1], word=closed)
