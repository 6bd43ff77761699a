"""The visit's own facts in a reply: its day, its time, its doctor, its clinic, its patient, in any usual form.

A day or a time is compared with the visit. Another one is labelled as such, which no meaning explains, so a person
reads the reply.
"""

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from aiassist.engine.phrases import word_set
from aiassist.engine.reply_calendar import is_relative, read_bare_number, read_day, read_time
from aiassist.engine.reply_tokens import Piece
from aiassist.engine.text import norm_word
from aiassist.engine.visit_facts import VisitFacts

DAY, TIME, OTHER = "<day>", "<time>", "<other>"
RELATIVE = "<relative>"  # beside DAY: "tomorrow", which may be when something is done
_GENERIC = word_set(
    "clinic clinica the of la el de del and y medical center "
    "centro centre health salud care group office family associates"
)
_TITLES = frozenset(["dr", "dra", "doctor", "doctora", "doc"])


def label_facts(pieces: Sequence[Piece], visit: VisitFacts) -> list[Piece]:
    """`pieces` with runs that name a day, a time or a name of the visit as one piece each."""
    words = [piece.word.removesuffix("'s") for piece in pieces]  # "tomorrow's appointment"
    labelled: list[Piece] = []
    at = 0
    while at < len(pieces):
        length, labels = _read(words, at, visit)
        if length == 0:
            labelled.append(pieces[at])
        elif length == 1:
            bare = pieces[at].word if OTHER not in labels and pieces[at].kind == "word" else ""
            labelled.append(Piece(bare, pieces[at].kind, labels))
        else:
            labelled.append(Piece("", "word", labels))
        at += max(length, 1)
    return labelled


def _read(words: Sequence[str], at: int, visit: VisitFacts) -> tuple[int, frozenset[str]]:
    length, fits = read_time(words, at, visit)
    if length:
        return length, frozenset([TIME if fits else OTHER])
    length, fits = read_day(words, at, visit)
    if length:
        relative = length == 1 and is_relative(words[at])
        return length, frozenset(([DAY, RELATIVE] if relative else [DAY]) if fits else [OTHER])
    if labels := read_bare_number(words[at], visit):
        return 1, labels
    return _names(words, at, visit)


def _names(words: Sequence[str], at: int, visit: VisitFacts) -> tuple[int, frozenset[str]]:
    """The longest run that is a name of the visit. A doctor's with the title is <titled>."""
    found: list[tuple[int, str]] = []
    titled = words[at] in _TITLES
    doctor = [word for word in _tokens(visit.doctor) if word not in _TITLES]
    length = _run(words, at + titled, doctor)
    if length:
        found.append((length + titled, "<titled>" if titled else "<doctor>"))
    if length := _run(words, at, _tokens(visit.patient)):
        found.append((length, "<patient>"))
    clinic = _tokens(visit.clinic)
    if (length := _run(words, at, clinic)) and any(word not in _GENERIC for word in words[at : at + length]):
        found.append((length, "<clinic>"))
    longest = max((length for length, _ in found), default=0)
    return longest, frozenset(label for length, label in found if length == longest)


def _tokens(name: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", norm_word(name)) if len(word) > 1]


def _run(words: Sequence[str], at: int, name: Sequence[str]) -> int:
    end = at
    while end < len(words) and any(_same(words[end], part) for part in name):
        end += 1
    return end - at


def _same(word: str, name: str) -> bool:
    """Whether a word is a part of a name; one error is forgiven in a long one."""
    return word == name or (len(name) >= 5 and word[:1] == name[:1] and OSA.distance(word, name) == 1)
