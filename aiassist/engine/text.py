"""How the engine sees text: folded for comparison, cut into tokens and clauses, always with the way back to the raw
characters.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache

_TOKEN = re.compile(r"(?<![\w.,])[.,]\d+|\d+(?:[.,:/]\d+){0,9}|[^\W\d_]+(?:['’´`][^\W\d_]+){0,4}|[%#$]")
_SENTENCE_END = re.compile(r"(?<!\d)[.!?;…]+(?=\s|$|[A-Z¿¡])|[.!?;…]+(?!\d)(?=\s|$)|\n+")
LONGEST_CLAUSE = 60  # words to either side of a word that are read with it
_CLAUSE_WORDS = frozenset(["but", "although", "though", "however", "except", "pero", "aunque", "sino", "excepto"])
_QUOTE_MARKS = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-"}
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Token:
    """One word or number of an answer. `norm` is folded and without accents; `start` and `end` index the raw text."""

    norm: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A run of tokens between sentence ends; `asks` when it ends with a question mark."""

    first: int
    last: int
    asks: bool


@dataclass(slots=True)
class Text:
    """A raw answer with its tokens and sentences."""

    raw: str
    tokens: list[Token]
    sentences: list[Sentence]
    norms: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    def span(self, first: int, last: int) -> str:
        """The raw text from token `first` to token `last`, both included."""
        return self.raw[self.tokens[first].start : self.tokens[last].end]

    def whole_span(self, first: int, last: int) -> str:
        """`span`, widened so that it begins and ends between words: "metformin500" is one word of two tokens."""
        while first > 0 and not self.gap(first - 1):
            first -= 1
        while last + 1 < len(self.tokens) and not self.gap(last):
            last += 1
        return self.span(first, last)

    def gap(self, index: int) -> str:
        """The raw characters between token `index` and the one after it."""
        return self.gaps[index]

    def sentence_of(self, index: int) -> Sentence:
        """The sentence that holds token `index`."""
        at = bisect_right(self.sentences, index, key=lambda sentence: sentence.first) - 1
        return self.sentences[max(at, 0)] if self.sentences else Sentence(0, len(self.tokens) - 1, False)

    def sentence_after(self, sentence: Sentence) -> Sentence | None:
        """The next sentence, if there is one."""
        at = bisect_right(self.sentences, sentence.first, key=lambda other: other.first)
        return self.sentences[at] if at < len(self.sentences) else None


def strip_accents(text: str) -> str:
    """`text` without combining marks: á becomes a, ñ becomes n."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def norm_word(word: str) -> str:
    """A word as the lexicon keys have it: NFKC, one kind of quote mark, case folded, no accents; ".5" is "0.5"."""
    if word[:1] in (".", ","):
        return f"0.{word[1:]}"
    if word.isascii():
        return word.lower().replace("`", "'")
    return strip_accents(unicodedata.normalize("NFKC", word).translate(_QUOTE_MARKS).casefold())


_ABBREVIATED = re.compile(
    r"(?:(?<![^\W\d_])(?:mgs?|mcg|ml|tabs?|caps?|drs?|dra|mrs?|ms|sra?|st|approx|aprox|hrs?|mins?|gtts?|units?|vit|inj|wk|mo|yrs?|doc)|"
    r"[^\W\d_]\.[^\W\d_])$",
    re.I,
)


def _is_abbreviation(raw: str, match: re.Match[str]) -> bool:
    """Whether a full stop belongs to a unit, a title or initials and the sentence goes on: "10 mg. once a day"."""
    after = raw[match.end() : match.end() + 3]
    if after[:1].isalpha():  # "P.R.N"
        return (
            raw[max(match.start() - 2, 0) : match.start()].strip(" .").isalpha() and len(after) > 1 and after[1] in ". "
        )
    following = after.lstrip(" ")[:1]
    goes_on = following.islower() or following.isdigit()
    return goes_on and bool(_ABBREVIATED.search(raw, max(match.start() - 7, 0), match.start()))


@lru_cache(maxsize=512)
def parse(raw: str) -> Text:
    """Cut a raw answer into tokens and sentences. Offsets are into `raw` as given."""
    tokens = [Token(norm_word(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(raw)]
    sentences: list[Sentence] = []
    first = 0
    for match in _SENTENCE_END.finditer(raw):
        if match.group() == "." and _is_abbreviation(raw, match):
            continue
        last = first
        while last < len(tokens) and tokens[last].start < match.start():
            last += 1
        if last > first:
            sentences.append(Sentence(first, last - 1, "?" in match.group()))
            first = last
    if first < len(tokens):
        sentences.append(Sentence(first, len(tokens) - 1, False))
    ends = [*(token.start for token in tokens[1:]), len(raw)]
    gaps = [raw[token.end : end] for token, end in zip(tokens, ends, strict=True)] if tokens else []
    return Text(raw, tokens, sentences, [t.norm for t in tokens], gaps)


@lru_cache(maxsize=256)
def flat(raw: str) -> str:
    """`raw` in lower case, without accents and with one kind of quote mark, every character in its place."""
    if raw.isascii():
        return raw.lower().replace("`", "'")
    return "".join(_flat_character(char) for char in raw)


@lru_cache(maxsize=1024)
def _flat_character(char: str) -> str:
    base = strip_accents(char.translate(_QUOTE_MARKS)).lower()
    return base if len(base) == 1 else char


_QUOTED = re.compile(
    r"^[ \t]{0,4}(?:>|-{2,5} ?(?:original|forwarded) message|-- ?$|_{5,}|"
    r"(?:on|el) .{4,80}(?:wrote|escribio|escribió) ?:|"
    r"(?:from|de|sent|enviado) ?: .{1,80}@|sent from my |sent via |enviado desde mi |get outlook for )",
    re.I | re.M,
)


def own_words(raw: str) -> int:
    """Where an answer's own words end: before a mail's signature or the quoted original."""
    match = _QUOTED.search(raw)
    return match.start() if match and raw[: match.start()].strip() else len(raw)


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """The lexicon key of a name: its normalised tokens joined by one space."""
    return " ".join(norm_word(m.group()) for m in _TOKEN.finditer(name))


_SPANISH = re.compile(
    r"[¿¡ñ]|\b(?:el|los|las|una|por|para|pero|tomo|tomaba|soy|tengo|ninguna?|ninguno|nada|cuando|alergi[ac]\w*|pastillas?|mi|veces|dia|noche|del|y|con|sin|desde|dan|que|al)\b"
)


def is_spanish(text: Text) -> bool:
    """Whether an answer reads as Spanish: its marks, or two of its commonest words."""
    folded = " ".join(text.norms)
    return (
        "¿" in text.raw
        or "ñ" in text.raw
        or len(_SPANISH.findall(folded)) >= 2
        or bool(_SPANISH.search(folded) and len(text.norms) <= 5)
    )


def clause_bounds(text: Text, index: int) -> tuple[int, int]:
    """First and last token of the clause around token `index`: the sentence, cut at "but", "although", "pero" and the
    like.
    """
    sentence = text.sentence_of(index)
    first, last = max(sentence.first, index - LONGEST_CLAUSE), min(sentence.last, index + LONGEST_CLAUSE)
    before = next((i + 1 for i in range(index - 1, first - 1, -1) if text.norms[i] in _CLAUSE_WORDS), first)
    after = next((i - 1 for i in range(index + 1, last + 1) if text.norms[i] in _CLAUSE_WORDS), last)
    return before, after


_CONTRACTIONS = {
    contraction.replace("'", ""): contraction
    for contraction in (
        *("don't", "doesn't", "didn't", "haven't", "hasn't", "hadn't", "isn't", "aren't", "wasn't", "weren't"),
        *("can't", "couldn't", "won't", "wouldn't", "shouldn't", "i'm", "i've"),
    )
}


def with_apostrophe(norm: str) -> str:
    """A folded word, or the contraction that it is typed for: "dont" is "don't"."""
    return _CONTRACTIONS.get(norm, norm)


def folded_span(text: Text, first: int, last: int) -> str:
    """Tokens first..last joined by spaces, with the commas and colons between them; empty when last < first.

    Contractions have their apostrophe.
    """
    out: list[str] = []
    for i in range(first, last + 1):
        out.append(with_apostrophe(text.norms[i]))
        if i < last and (mark := gap_mark(text, i)):
            out.append(mark)
    return " ".join(out)


def gap_mark(text: Text, index: int) -> str:
    """The colon or comma (or dash) that stands after token `index`, as ":" or ","; empty when there is neither."""
    gap = text.gap(index)
    if ":" in gap:
        return ":"
    return "," if "," in gap or " - " in gap or "(" in gap else ""


def fold(raw: str) -> tuple[str, list[int]]:
    """Fold for quoting: NFKC, quote marks, white space and case. Also gives the raw index of every folded character.

    Accents are kept (they tell words apart); runs of white space become one space; invisible characters disappear.
    """
    out: list[str] = []
    back: list[int] = []
    space = True
    for index, char in enumerate(raw):
        if _INVISIBLE.match(char):
            continue
        if char.isspace():
            if not space:
                out.append(" ")
                back.append(index)
            space = True
            continue
        piece = (
            char.lower() if char.isascii() else unicodedata.normalize("NFKC", char).translate(_QUOTE_MARKS).casefold()
        )
        piece = piece.replace("`", "'")
        for folded in piece:
            out.append(folded)
            back.append(index)
        space = False
    if out and out[-1] == " ":
        out.pop()
        back.pop()
    return "".join(out), back


@lru_cache(maxsize=512)
def folded(raw: str) -> str:
    """`fold` without the map, remembered."""
    return fold(unicodedata.normalize("NFC", raw))[0]


def find_quote(quote: str, raw: str) -> tuple[int, int] | None:
    """Where `quote` occurs in `raw`, as raw offsets: an exact substring after folding, on word boundaries.

    None when it does not.
    """
    wanted = folded(quote)
    if not wanted or not any(c.isalnum() for c in wanted):
        return None
    haystack, back = fold(raw)
    if len(haystack) != len(folded(raw)):
        composed = unicodedata.normalize("NFC", raw)
        return find_quote(quote, composed) if composed != raw else None
    at = haystack.find(wanted)
    while at != -1:
        end = at + len(wanted)
        before = haystack[at - 1] if at else " "
        after = haystack[end] if end < len(haystack) else " "
        starts = not (wanted[0].isalnum() and before.isalnum())
        ends = not (wanted[-1].isalnum() and after.isalnum())
        if starts and ends:
            return back[at], back[end - 1] + 1
        at = haystack.find(wanted, at + 1)
    return None


_ENGLISH_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_SPANISH_UNITS = "cero uno dos tres cuatro cinco seis siete ocho nueve diez"
_UNITS = {word: i for units in (_ENGLISH_UNITS, _SPANISH_UNITS) for i, word in enumerate(units.split(" "))}
_UNITS |= {"una": 1, "un": 1, "doce": 12, "trece": 13, "catorce": 14, "quince": 15}  # "once" is read as English
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SPANISH_TENS = "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_TENS = {word: 10 * i for tens in (_ENGLISH_TENS, _SPANISH_TENS) for i, word in enumerate(tens.split(" "), 2)}
_TENS |= {"veinticinco": 25}
_MULTIPLIERS = {"hundred": 100, "thousand": 1000, "cien": 100, "ciento": 100, "mil": 1000}
_WHOLE = {
    "doscientos": 200,
    "trescientos": 300,
    "quinientos": 500,
    "once": 1,
    "twice": 2,
    "half": 0.5,
    "thrice": 3,
    "medio": 0.5,
    "media": 0.5,
}
NUMBER_WORDS = frozenset(_UNITS) | frozenset(_TENS) | frozenset(_MULTIPLIERS) | frozenset(_WHOLE)
_NUMBER_LETTERS = {"ii": 2, "iii": 3}


def numbers_in(raw: str) -> set[float]:
    """Every number that a text says, in digits or in words:

    "five hundred" gives 500, "seven fifty" gives 7, 50 and 750.
    """
    spoken = _Spoken()
    for token in parse(raw).norms:
        if token[0].isdigit():
            spoken.close()
            spoken.found.update(n for part in re.split(r"[/:]", token) if (n := _digits(part)) is not None)
        else:
            spoken.hear(token, _value(token))
    spoken.close()
    return spoken.found


@dataclass(slots=True)
class _Spoken:
    """Puts number words together as they come: "one hundred and twenty five", "two point five"."""

    found: set[float] = field(default_factory=set)
    run: list[float] = field(default_factory=list)
    total: float = 0.0
    point: float | None = None
    previous: str = ""

    def close(self) -> None:
        """End the number that is being said."""
        if self.run:
            self.found.add(self.total)
        self.run, self.total, self.point = [], 0.0, None

    def hear(self, token: str, value: float | None) -> None:
        """Take in one word that is not written in digits."""
        if token in ("point", "punto") and self.run:
            self.point = 0.1
        elif value is not None:
            self._add(token, value)
        elif token not in ("and", "y") or not self.run:
            self.close()
        self.previous = token

    def _add(self, token: str, value: float) -> None:
        if self.point is not None and value < 10:
            self.total = round(self.total + value * self.point, 6)
            self.point *= 0.1
        elif token in _MULTIPLIERS:
            self.total = self.total * value if self.total else value
        elif self.run and self._continues(value):
            self.total += value
        else:
            if len(self.run) == 1 and self.run[0] < 10 <= value and self.previous in _UNITS:
                self.found.add(self.run[0] * 100 + value)
            self.close()
            self.total = value
        self.run.append(value)

    def _continues(self, value: float) -> bool:
        if self.previous in _TENS:
            return value < 10
        return self.previous in _MULTIPLIERS or self.previous in ("and", "y")


def _digits(text: str) -> float | None:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _value(token: str) -> float | None:
    if token[0].isdigit():
        return _digits(re.split(r"[/:]", token)[0])
    for table in (_UNITS, _TENS, _MULTIPLIERS, _WHOLE, _NUMBER_LETTERS):
        if token in table:
            return float(table[token])
    return None
