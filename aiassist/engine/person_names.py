"""Names of people, known or only introduced as such: "my daughter Ana", "Trish here", "thx, bob", "R-A-M-I-R-E-Z".

A word is taken for a name by what introduces it; what is a medicine, an allergen, an ordinary word or an eponym
("Crohn's", "Graves disease") needs a plainer sign.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from aiassist.engine import cues
from aiassist.engine.dates import MONTHS
from aiassist.engine.folding import flat
from aiassist.engine.lexicon import DATA, load, word_list
from aiassist.engine.text import Text, norm_word

MOST = 3  # words of a name after the word that introduces it
_MONTHS = frozenset(name for names in MONTHS for name in names)
_ROLES = (
    "caretaker|caregiver|boss|landlord|teacher|coach|therapist|counselor|psychiatrist|psychologist|dentist|pharmacist|"
    "surgeon|cardiologist|trainer|ex|stepson|stepdaughter|stepmom|stepdad|stepfather|stepmother|grandson|granddaughter|"
    "twin|guardian|aide|nurse|helper|supervisor|manager|lawyer|pastor|jefe|jefa|cunad[oa]|yerno|nuera|niet[oa]|sobrin[oa]|"
    "padrastro|madrastra|cuidador[a]?|hijastr[oa]|comadre|compadre|tutora?|enfermer[oa]|doctor[a]?|emplead[oa]|patron[a]?"
)
RELATION = re.compile(rf"(?:{cues.RELATIVE}|{cues.CHILD}|{_ROLES})$")
_OWNERS_WORDS = "my our mi mis her his their su sus the el la your tu mine nuestro nuestra as with con"
_TITLE_WORDS = (
    "mr mrs ms miss mx sr sra srta don dona lic ing prof dr dra doctor doctora nurse enfermera enfermero reverend rev "
    "pastor padre sister coach senor senora senorita dn"
)
_GREETING_WORDS = (
    "hi hello hey hola its it's it is this soy habla le les aqui buenas buenos dias tardes yes from writing yo escribe "
    "good morning afternoon evening thanks thank you so ok okay"
)
_NO_SIGNER_WORDS = (
    "doctor doctora doc dr dra everyone all again so much for bye you team staff everybody none no yes ok please in "
    "advance todos todo mil por nothing sincerely regards help hi hello"
)
_FILLER_WORDS = (
    "um uh uhm hmm hm er erm i'm im ive i've i'll i'd it's its that's he's she's don't can't well so okay yeah"
)
# The last words of what `_STATED` and `_SELF` look for, to ask them only there.
_STATED_WORDS = (
    "name names name's names's is was llamo es son me by as aka a dicen llaman habla spelled it escribe contact "
    "emergencia kin caregiver guardian signed firma i'm im am "
    "it's its this soy called patient paciente patient's last first"
)
_OWNERS, _TITLES, _GREETING, _NO_SIGNER, _FILLERS, _LAST_OF_STATED = (
    frozenset(words.split())
    for words in (_OWNERS_WORDS, _TITLE_WORDS, _GREETING_WORDS, _NO_SIGNER_WORDS, _FILLER_WORDS, _STATED_WORDS)
)
_NAMING = frozenset(["named", "called", "llama", "llamado", "llamada", "llaman", "dicen"])
_BETWEEN = frozenset(["is", "was", "who", "se", "que", "and", "y", "name", "nombre", "es", "in", "law", "me"])
_HERE = frozenset(["here", "aqui", "speaking", "writing", "typing"])
_CLOSING = re.compile(
    r"(?:(?:^|[\s.,!?;)])(?:thanks?(?: you| so much| a lot| again| very much)?|thx|ty|tysm|(?:muchas )?gracias|saludos|"
    r"(?:(?:best|kind|warm) )?regards|sincerely(?: yours)?|yours(?: truly| sincerely)?|cheers|love|best|warmly|"
    r"respectfully|xoxo|bye|atte\.?|atentamente|cordialmente|(?:un )?abrazos?|bendiciones|firma(?:do)?|signed|from)"
    r"|(?:^|\n|[.!?)])[ \t]*(?:-{1,2}|~))[\s,.!:]{0,4}(?=\w)"
)
TAIL = 160  # characters at the end of a text in which it may be signed
BELOW = 40  # characters that may follow the name
_STATED = re.compile(
    r"(?:my|first|last|full|middle|maiden|patient'?s?) names? ?(?:'s|is|was)?|name ?(?:is|:)|me llamo|"
    r"(?:mi )?(?:nombre|apellido)s? (?:es|son)|call(?:s|ed)? me|i go by|goes by|known as|a\.?k\.?a\.?|"
    r"me (?:dicen|llaman)|(?:le )?habla|spelled|spell it|se escribe|emergency contact|contacto de emergencia|"
    r"next of kin|caregiver|guardian|signed|firma"
)
_SELF = re.compile(
    rf"(?:^|[\s.,;!?¡¿(\n])(?:{_STATED.pattern}|i'm|im|i am|it'?s|this is|soy|called|patient|paciente)[,:\s]*$"
)
_SPELLED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-]{1,3}){2,30}[^\W\d_](?![^\W_])")
_JOINING = re.compile(r"[ \-]{1,3}|\.\s?")
_STOPS = word_list("after a title")


@lru_cache(maxsize=1)
def given_names() -> tuple[frozenset[str], frozenset[str]]:
    """Given names and nicknames, and those of them that are ordinary words as well."""
    names: set[str] = set()
    ambiguous: set[str] = set()
    into = names
    for line in (DATA / "given_names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            into = ambiguous
        elif not line.startswith("#"):
            into.update(line.split())
    for line in (DATA / "nicknames.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            head, _, rest = line.partition(":")
            listed = {norm_word(word.strip()) for word in (head, *rest.split(","))}
            names |= {word for word in listed if " " not in word and len(word) > 2}
    clinical = {name for name in names if load().is_clinical(name)}
    return frozenset(names), frozenset(ambiguous | clinical | word_list("also names") | _MONTHS)


@lru_cache(maxsize=8)
def eponyms(section: str) -> frozenset[str]:
    """One section of the eponyms kept by hand: rare, common, things, of."""
    found: set[str] = set()
    current = ""
    for line in (DATA / "eponyms.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif current == section and not line.startswith("#"):
            found.update(line.split())
    return frozenset(found)


def is_given(word: str, *, capital: bool) -> bool:
    """Whether a folded word is a given name; ambiguous ones ("rose", "luz") only with a capital."""
    names, ambiguous = given_names()
    return (capital or word not in ambiguous) and (word in names or (capital and word in ambiguous))


@lru_cache(maxsize=4096)
def is_relation(word: str) -> bool:
    """Whether a folded word names a person by their relation to the patient: a relative, a friend, a boss, a nurse."""
    return bool(word) and RELATION.match(word) is not None


@lru_cache(maxsize=4096)
def is_clinical(word: str) -> bool:
    """Whether a folded word is, or begins, the name of a medicine or an allergen."""
    return load().is_clinical(word)


def is_month(word: str) -> bool:
    """Whether a folded word names a month."""
    return word in _MONTHS


@dataclass(slots=True)
class Reader:
    """Looks for names in one text."""

    text: Text
    words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = [norm.removesuffix("'s") for norm in self.text.norms]

    def word(self, index: int) -> str:
        """The folded word at a token, without a possessive; "" beyond the text."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def is_capital(self, index: int) -> bool:
        """Whether a token begins with a capital letter."""
        return 0 <= index < len(self.text.tokens) and self.text.raw[self.text.tokens[index].start].isupper()

    def begins_sentence(self, index: int) -> bool:
        """Whether a token is the first of its sentence."""
        return self.text.sentence_of(index).first == index

    def is_eponym(self, index: int) -> bool:
        """Whether the name at a token stands for a disease, a sign or a thing of medicine."""
        word = self.word(index)
        if word not in eponyms("rare") and word not in eponyms("common"):
            return False
        if word in eponyms("rare"):
            return True
        after = [self.word(index + 1), self.word(index + 2)]
        before = [self.word(index - 1), self.word(index - 2), self.word(index - 3)]
        return any(w in eponyms("things") for w in after) or any(w in eponyms("of") for w in before)

    def is_namelike(self, index: int, *, plain: bool) -> bool:
        """Whether a token can be a name where one is introduced.

        `plain`: also a capitalised word that no list knows.
        """
        word = self.word(index)
        if len(word) < 2 or not word.replace("'", "").isalpha() or word in _STOPS or word in _FILLERS:
            return False
        capital = self.is_capital(index)
        if is_given(word, capital=capital):
            return not self.is_eponym(index) or capital
        if is_clinical(word) or self.is_eponym(index) or is_month(word):
            return False
        if not capital:
            return False
        return plain and (word not in load().ordinary or word in word_list("also names"))

    def extend(self, first: int) -> int:
        """The last token of the name that begins at `first`."""
        last = first
        while last - first + 1 < MOST and last + 1 < len(self.text.tokens):
            gap, word = self.text.gap(last), self.word(last + 1)
            if not _JOINING.fullmatch(gap) or ("." in gap and len(self.word(last)) > 2):
                break
            particle = word in ("de", "la", "del", "los", "van", "von") and self.is_capital(last + 2)
            joined = gap == "-" or self.is_capital(last + 1) or is_given(word, capital=False)
            clinical = is_clinical(word) and not is_given(word, capital=True)
            if (word in _STOPS and not particle) or word in _TITLES or not word.isalpha():
                break
            if clinical or not (particle or joined):
                break
            if len(word) < 2 and "." not in self.text.gap(last + 1):
                break
            last += 1
        return last


def persons(text: Text) -> Iterator[tuple[int, int, str]]:
    """(first token, last token, sort) of every name that the words around it introduce."""
    reader = Reader(text)
    for index, word in enumerate(reader.words):
        if is_relation(word):
            yield from _after_relation(reader, index)
        if word in _TITLES:
            yield from _after_title(reader, index)
        if (reader.is_capital(index) or is_given(word, capital=False)) and reader.is_namelike(index, plain=True):
            yield from _after_statement(reader, index)
            yield from _here(reader, index)
            yield from _with_relation_behind(reader, index)
    yield from _signatures(reader)


def _after_relation(reader: Reader, index: int) -> Iterator[tuple[int, int, str]]:
    """ "my daughter Ana", "mi esposo se llama Eusebio", "her neighbor Gladys", "my son … is named Sean"."""
    if is_relation(reader.word(index + 1)):
        return
    text = reader.text
    at = index + 1
    if reader.word(at) == "in" and reader.word(at + 1) == "law":
        at += 2
    owned = any(reader.word(i) in _OWNERS for i in range(max(index - 3, 0), index))
    named = next(
        (
            i + 1
            for i in range(at, min(at + 6, len(text.tokens)))
            if reader.word(i) in _NAMING and _is_joined(text, at, i)
        ),
        None,
    )
    if named is not None:
        at = named
    elif not owned and not (reader.is_capital(index) and reader.is_capital(at)):
        return
    if at >= len(text.tokens) or text.gap(at - 1).strip(" ,\n(") not in ("", "is", "-"):
        return
    if reader.word(at) in _TITLES:
        return  # the title introduces it
    if reader.is_namelike(at, plain=True) and (reader.is_capital(at) or "," not in text.gap(at - 1)):
        yield at, reader.extend(at), "PERSON"


def _is_joined(text: Text, first: int, last: int) -> bool:
    """Whether only words that lead to a name stand between two tokens of one sentence."""
    return text.sentence_of(first).first == text.sentence_of(last).first and all(
        text.norms[i] in _BETWEEN or is_relation(text.norms[i]) for i in range(first, last)
    )


def _after_title(reader: Reader, index: int) -> Iterator[tuple[int, int, str]]:
    """ "Mr. Delacroix", "Nurse Tiffany", "dr smithers"."""
    title = reader.word(index)
    at = index + 1
    if reader.text.gap(index).strip() not in ("", ".") or not reader.word(at):
        return
    word = reader.word(at)
    doctor = title in ("dr", "dra", "doctor", "doctora", "nurse", "prof")
    if word in _STOPS or word in _FILLERS or len(word) < 2 or not word.replace("'", "").isalpha() or is_month(word):
        return
    if is_clinical(word) and not is_given(word, capital=reader.is_capital(at)):
        return
    known_lower = word not in load().ordinary or is_given(word, capital=False)
    if reader.is_capital(at) or (title not in ("don", "nurse", "sister", "padre", "pastor", "coach") and known_lower):
        yield at, reader.extend(at), "DOCTOR" if doctor else "PERSON"


def _after_statement(reader: Reader, index: int) -> Iterator[tuple[int, int, str]]:
    """ "my name is …", "me dicen …", "emergency contact: …"."""
    if reader.word(index - 1) not in _LAST_OF_STATED:
        return
    start = reader.text.tokens[index].start
    lead = norm_word(reader.text.raw[max(start - 48, 0) : start])
    stated = re.search(rf"(?:^|[\s.,;!?¡¿(\n])(?:{_STATED.pattern})[,:\s]*$", lead)
    said = _SELF.search(lead) and is_given(reader.word(index), capital=reader.is_capital(index))
    if stated or (said and not reader.is_eponym(index)):
        yield index, reader.extend(index), "PERSON"


def _here(reader: Reader, index: int) -> Iterator[tuple[int, int, str]]:
    """ "Trish here", "hi its devon", "Habla Carmen"."""
    text = reader.text
    first = text.sentence_of(index).first
    greeted = index - first <= 4 and all(reader.word(i) in _GREETING for i in range(first, index))
    if not greeted:
        return
    last = reader.extend(index)
    after = reader.word(last + 1) in _HERE and text.gap(last).strip(" ,") == ""
    behind = (
        index > 0 and reader.word(index - 1) in ("its", "it's", "habla", "soy") and reader.begins_sentence(index - 1)
    )
    opened = index > first and reader.word(index - 1) in ("its", "it's", "habla", "is") and greeted
    comma = text.gap(last).strip() in (",", "-", "—") or is_relation(reader.word(last + 1))
    given = is_given(reader.word(index), capital=reader.is_capital(index))
    if after or ((opened or behind) and (given or comma)):
        yield index, last, "PERSON"


def _with_relation_behind(reader: Reader, index: int) -> Iterator[tuple[int, int, str]]:
    """ "Karen (his daughter)", "Rosario Peña Díaz, sister"."""
    if not reader.is_capital(index) or not reader.is_namelike(index, plain=not reader.begins_sentence(index)):
        return
    if reader.begins_sentence(index) and reader.word(index) in load().ordinary & given_names()[1]:
        return
    last = reader.extend(index)
    if reader.text.gap(last).strip() not in (",", "(", ", (", "-"):
        return
    at = last + 1
    owned = reader.word(at) in ("his", "her", "my", "su", "mi", "the", "patient")
    if is_relation(reader.word(at + owned)) and (owned or last > index):
        yield index, last, "PERSON"


def _signatures(reader: Reader) -> Iterator[tuple[int, int, str]]:
    """The name under a text: "— Marta", "thx, bob", "Saludos, J. Ramírez", "Karen (his daughter)"."""
    text = reader.text
    start = max(len(text.raw) - TAIL, 0)
    tail = flat(text.raw[start:])
    for match in _CLOSING.finditer(tail.text):
        at = start + tail.raw(match.end(), match.end())[0]
        first = bisect_left(text.tokens, at, key=lambda token: token.start)
        while reader.word(first) in _TITLES:
            first += 1
        initial = len(reader.word(first)) == 1
        if first >= len(text.tokens) or reader.word(first) in _NO_SIGNER:
            continue
        if reader.is_namelike(first + initial, plain=True):
            last = reader.extend(first + initial)
            if len(text.raw) - text.tokens[last].end <= BELOW or text.gap(last).startswith("\n"):
                yield first, last, "PERSON"


def spelled(raw: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, letters) of every word that is spelled letter by letter: "R-A-M-I-R-E-Z"."""
    for match in _SPELLED.finditer(raw):
        yield match.start(), match.end(), norm_word(re.sub(r"[ .\-]", "", match.group()))
