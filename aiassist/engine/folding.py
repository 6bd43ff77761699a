"""A text folded for looking up identifiers, with the way back, and the digits that it says in figures or in words."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_WORDS = (
    ("zero", "oh", "o", "cero"), ("one", "uno"), ("two", "dos"), ("three", "tres"), ("four", "cuatro"),
    ("five", "cinco"), ("six", "seis"), ("seven", "siete"), ("eight", "ocho"), ("nine", "nueve"),
)  # fmt: skip
DIGITS = {word: str(digit) for digit, words in enumerate(_WORDS) for word in words}
_TIMES = {"double": 2, "doble": 2, "triple": 3, "treble": 3}
GAP = 4  # characters between two digits of one number
_APART = re.compile(r"[a-z\n;]")
# A figure with letters in place of digits: 21o 555 o182, 5S5.
_MIXED = re.compile(r"(?<![a-z0-9])(?=[a-z]{0,3}\d)[0-9oil]{2,15}(?![a-z0-9])")
_LOOKS_LIKE = str.maketrans("oil", "011")


@dataclass(frozen=True, slots=True)
class Flat:
    """A text in lower case without accents; `back` gives the raw index of each of its characters, None when they are
    the same.
    """

    text: str
    back: list[int] | None
    length: int

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """The raw stretch behind a folded one."""
        if self.back is None:
            return start, end
        return self.back[start], self.back[end] if end < len(self.back) else self.length


def flat(raw: str) -> Flat:
    """Fold a text: NFKC, lower case, no accents, one kind of quote mark and dash."""
    if raw.isascii():
        return Flat(raw.lower(), None, len(raw))
    out: list[str] = []
    back: list[int] = []
    for index, char in enumerate(raw):
        for folded in _folded(char):
            out.append(folded)
            back.append(index)
    return Flat("".join(out), back, len(raw))


_MARKS = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‑": "-", "−": "-"})


def _folded(char: str) -> str:
    if char.isascii():
        return char.lower()
    marked = char.translate(_MARKS)
    if marked != char:
        return marked
    decomposed = unicodedata.normalize("NFKD", char).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


Piece = tuple[str, int, int, bool]  # digits, start, end, whether in words or with letters for digits


@dataclass(frozen=True, slots=True)
class Run:
    """Digits said one after another, piece by piece."""

    pieces: tuple[Piece, ...]

    @property
    def digits(self) -> str:
        """All of them as figures."""
        return "".join(digits for digits, *_ in self.pieces)

    @property
    def spoken(self) -> bool:
        """Whether some are said in words, or have letters for digits."""
        return any(spoken for *_, spoken in self.pieces)

    @property
    def single(self) -> bool:
        """Whether each stands alone: "7 7 3 - 5 5 5"."""
        return all(len(digits) == 1 for digits, *_ in self.pieces)

    @property
    def span(self) -> tuple[int, int]:
        """From the first to the last."""
        return self.pieces[0][1], self.pieces[-1][2]

    def find(self, digits: str) -> tuple[int, int] | None:
        """Where these digits stand, from the piece that begins them to the one that ends them; None if nowhere."""
        at = self.digits.find(digits)
        if at < 0:
            return None
        start = end = -1
        seen = 0
        for said, first, last, _ in self.pieces:
            if start < 0 and seen + len(said) > at:
                start = first
            seen += len(said)
            if seen >= at + len(digits):
                end = last
                break
        return start, end


@lru_cache(maxsize=4)
def digit_runs(folded: str) -> tuple[Run, ...]:
    """Every run of digits, in figures, in words ("five five five"), with letters for digits ("o182") or mixed.

    Digits belong to one run when at most four characters that are no letters stand between them.
    """
    runs: list[Run] = []
    run: list[Piece] = []
    for piece in _pieces(folded):
        if run and (piece[1] - run[-1][2] > GAP or _APART.search(folded, run[-1][2], piece[1])):
            runs.append(Run(tuple(run)))
            run = []
        run.append(piece)
    return (*runs, Run(tuple(run))) if run else tuple(runs)


def _pieces(folded: str) -> list[Piece]:
    """The figures and number words of a text: (digits, start, end, whether in words or with letters)."""
    found = [
        (match.group().translate(_LOOKS_LIKE), match.start(), match.end(), not match.group().isdigit())
        for match in re.finditer(r"\d+", folded)
    ]
    mixed = [m for m in _MIXED.finditer(folded) if not m.group().isdigit()]
    if mixed:
        inside = [(m.start(), m.end()) for m in mixed]
        found = [piece for piece in found if not _is_inside(piece[1], inside)]
        found += [(m.group().translate(_LOOKS_LIKE), m.start(), m.end(), True) for m in mixed]
    words = list(re.finditer(r"[a-z]+", folded))
    times, start = 1, -1
    for i, match in enumerate(words):
        word = match.group()
        if word in _TIMES:
            times, start = _TIMES[word], match.start()
            continue
        if word in DIGITS and (word != "o" or _is_beside_digits(words, i)):
            found.append((DIGITS[word] * times, match.start() if start < 0 else start, match.end(), True))
        times, start = 1, -1
    return sorted(found, key=lambda piece: piece[1])


def _is_beside_digits(words: list[re.Match[str]], index: int) -> bool:
    """Whether a lone "o" stands for a zero: beside a digit in words. Elsewhere it is the Spanish "or"."""
    near = [words[i].group() for i in (index - 1, index + 1) if 0 <= i < len(words)]
    return any((word in DIGITS and word != "o") or word in _TIMES for word in near)


def _is_inside(at: int, spans: list[tuple[int, int]]) -> bool:
    low, high = 0, len(spans)
    while low < high:
        middle = (low + high) // 2
        if spans[middle][1] <= at:
            low = middle + 1
        else:
            high = middle
    return low < len(spans) and spans[low][0] <= at
