"""Answers that deny a whole topic, and answers that say that nothing has changed.

A none is a closed vocabulary: every word of the answer belongs to `data/none_words.txt`, and the words deny the whole
topic. One word outside it, a question mark or an affirmed verb, and the answer is no none.
"""

# Tables of patterns read better unwrapped.

import re
from functools import lru_cache
from typing import Literal

from aiassist.engine.lexicon import DATA
from aiassist.engine.segments import Piece, pieces_of
from aiassist.engine.text import Text, key, parse

Topic = Literal["medications", "allergies"]
LONGEST_NONE = 40  # words of the longest answer that is read as a none
_MARKS = re.compile(r"[\s.,;:!'\"()/\-–—…*_]*")
_SUBJECTS = frozenset(["i", "we", "he", "she", "they", "you", "i'm", "im", "i've", "ive", "yo", "patient", "paciente"])
_BREAKS = re.compile(r"[.,;:!\n()…]")


@lru_cache(maxsize=1)
def _sections() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (DATA / "none_words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return found


@lru_cache(maxsize=8)
def _words(section: str) -> frozenset[str]:
    return frozenset(key(word) or word for line in _sections()[section] for word in line.split())


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[tuple[str, ...], str]]:
    """The phrases by their first word, each with its sort."""
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for section, lines in _sections().items():
        if section.startswith("phrases: "):
            for line in lines:
                words = tuple(key(line).split(" "))
                found.setdefault(words[0], {})[words] = section.removeprefix("phrases: ")
    return found


def vocabulary(topic: Topic) -> frozenset[str]:
    """Every word that a none of the topic may have, alone or in a phrase."""
    sections = ("denials", "links", "verbs", topic, f"part of {topic}", "courtesies")
    phrases = frozenset(word for by_first in _phrases().values() for phrase in by_first for word in phrase)
    return phrases.union(*(_words(section) for section in sections))


def denies_all(raw: str, topic: Topic) -> bool:
    """Whether an answer says "none" of the whole topic: "No", "none that I know of", "no tomo nada", "NKDA"."""
    text = parse(raw)
    if not text.tokens or len(text.tokens) > LONGEST_NONE or not _only_marks(text):
        return False
    sorts = _classified(text, topic)
    if sorts is None or "denial" not in sorts:
        return False
    return all(_is_negated(text, sorts, i) for i, sort in enumerate(sorts) if sort == "verb") and _covers_whole(
        text, sorts
    )


def _only_marks(text: Text) -> bool:
    """Whether between the words there are only marks of punctuation, and no question mark."""
    start = text.raw[: text.tokens[0].start]
    return all(_MARKS.fullmatch(gap) for gap in (start, *(text.gap(i) for i in range(len(text.tokens)))))


def _classified(text: Text, topic: Topic) -> list[str] | None:
    """The sort of every word, or None when one is outside the vocabulary."""
    sorts: list[str] = []
    while len(sorts) < len(text.norms):
        at = len(sorts)
        phrase = _phrase_at(text.norms, at)
        if phrase is not None:
            sorts += [phrase[1]] * phrase[0]
            continue
        sort = _sort_of(text.norms[at], topic)
        if sort is None:
            return None
        sorts.append(sort)
    return sorts


def _phrase_at(norms: list[str], at: int) -> tuple[int, str] | None:
    """(words, sort) of the longest phrase that begins at a word."""
    known = _phrases().get(norms[at], {})
    fitting = [(len(phrase), sort) for phrase, sort in known.items() if tuple(norms[at : at + len(phrase)]) == phrase]
    return max(fitting, default=None)


def _sort_of(word: str, topic: Topic) -> str | None:
    sections = {
        "denial": "denials",
        "whole": topic,
        "part": f"part of {topic}",
        "verb": "verbs",
        "link": "links",
        "courtesy": "courtesies",
    }
    return next((sort for sort, section in sections.items() if word in _words(section)), None)


def _is_negated(text: Text, sorts: list[str], at: int) -> bool:
    """Whether a verb is denied: by a denial before it with no subject between, or by one right behind it."""
    following = [i for i in range(at + 1, min(at + 4, len(sorts))) if sorts[i] != "link" or _is_subject(text, i)]
    if following and sorts[following[0]] == "denial":
        return following[0] + 1 < len(sorts) or text.norms[following[0]] not in ("no", "not")
    for i in range(at - 1, -1, -1):
        if sorts[i] == "denial":
            return True
        if sorts[i] not in ("link", "verb") or _is_subject(text, i) or _BREAKS.search(text.gap(i)):
            return False
    return False


def _is_subject(text: Text, at: int) -> bool:
    """Whether a word is a subject; "he" is none in "nunca he tenido"."""
    following = text.norms[at + 1] if at + 1 < len(text.norms) else ""
    return text.norms[at] in _SUBJECTS and not (text.norms[at] == "he" and following.endswith("do"))


def _covers_whole(text: Text, sorts: list[str]) -> bool:
    """Whether the denial is not of a part alone: "no vitamins" is, "no medicines or vitamins" is not."""
    if "part" not in sorts:
        return True
    for piece in _clauses(text):
        here = sorts[piece.first : piece.last + 1]
        if "denial" in here and "part" not in here:
            return True
    wholes = [text.norms[i] for i, sort in enumerate(sorts) if sort == "whole"]
    return any(not word.startswith(("allerg", "alerg", "reac", "adverse", "intoleran")) for word in wholes)


def _clauses(text: Text) -> list[Piece]:
    return [Piece(sentence.first, sentence.last, "stop") for sentence in text.sentences]


# --- nothing has changed

_SINCE = (
    r"(?: (?:to report|to add|to update|to note|here|there|added|in|with|since|from|on|my|the|our|that|last|visit|time|appointment|appt|year|month|then|previous|prior|list|file|record|chart|"
    r"\d{1,4}|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june|july|aug(?:ust)?|sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|spring|summer|fall|winter|"
    r"i know of|at this time|so far|yet|as|of|you|have|had|we|spoke|talked|was|am|for me|meds?|medications?|medicines?|pills?|prescriptions?|allerg(?:y|ies)|dose|doses|today|now|really|please|thanks?|thank|sorry)){0,14}"
)
_CHANGED = r"(?:there (?:have been|has been|are|is|were|'s) |i have |have |had |i've had )?(?:no|not any|zero|without any|without|w/o|nothing|none|not)"
_SAME_TAIL = (
    r"(?: (?:as|ones?|meds?|medications?|medicines?|pills?|prescriptions?|stuff|things?|list|regimen|allerg(?:y|ies)|before|always|ever|usual|last|time|visit|previous|previously|prior|you|have|has|on|file|record|records|my|in|the|chart|"
    r"dose|doses|listed|shown|appointment|appt|year|month|since|then|of|i|told|gave|now|is|was|were|it|they|from|and|at|with|your|system|computer|office|a|ago|weeks?|months?|years?|for|me|please|thanks|stay|stays)){0,16}"
)
_NEW_SUBJECT = (
    r"(?:ones?|meds?|medications?|medicines?|pills?|prescriptions?|rx|drugs?|allerg(?:y|ies)|reactions?|things?|stuff)"
)
_ES_TAIL = (
    r"(?: (?:que|de|del|desde|a|la|el|las|los|lo|en|con|mi|su|antes|siempre|vez|veces|ultima|ultimo|anterior|pasada|pasado|visita|cita|consulta|medicamentos?|medicinas?|medicacion|pastillas?|alergias?|lista|tratamiento|ya|tienen|saben|tiene|"
    r"expediente|ano|mes|dosis|hasta|ahora|momento|por|gracias|tomo|tomaba|y|siguen|sigue|igual)){0,16}"
)
# The list itself is said to be as before: whatever else is named comes on top of it.
SAME = re.compile(
    r"(?:"
    rf"{_CHANGED} (?:recent |major |big |real |med |medication |medicine |allergy |any )?(?:changes?|updates?|changed|has changed|have changed|differen(?:t|ces?)|is different){_SINCE}|"
    r"(?:(?:still|all|everything(?:'s| is)?|everythings|it's|its|they're|they are|it is|that's|on|taking|take|i take|i'm|im|i am|i'm on|im on|i am on|we are|using|pretty much|exactly|basically|just|remain|remains|stayed|stay|is|are|my|meds|medications|medicines|list|allergies|mine|i have|have|got|yes|same) ){0,6}"
    rf"(?:the |all the |my )?(?:same(?! (?:doses?|time|strength|amount|way|day))|unchanged){_SAME_TAIL}|"
    rf"(?:(?:as|like|same) )?(?:as|like) (?:before|always|last time|previously|usual|ever|at my last visit|my last visit|the last time|last visit){_SAME_TAIL}|"
    rf"(?:(?:it|they|that|list|meds|medications|my \w{{2,12}}|nothing|everything) )?(?:has ?n't|has not|have ?n't|have not|hasn't|haven't|hasnt|havent|did ?n't|didn't|did not|not) (?:been )?changed?{_SINCE}|"
    rf"(?:sin|ningun|ninguna|no hay|no ha habido|no han habido|no he tenido|no hubo|no tengo|no|cero) (?:ningun )?(?:cambios?|modificacion(?:es)?){_ES_TAIL}|"
    rf"(?:nada|no|no ha|nada ha|no han|nada se ha) (?:ha )?(?:cambiado|cambio|cambia){_ES_TAIL}|"
    rf"(?:(?:todo|todos|todas|sigo|siguen|sigue|seguimos|tomo|tomando|con|uso|las|los|lo|el|la|es|son|esta|estan|estoy|mis|medicamentos|medicinas|pastillas|alergias|ya|pues|igual) ){{0,6}}(?:igual(?:es)?|mism[oa]s?){_ES_TAIL}|"
    rf"como (?:siempre|antes|la vez pasada|la ultima vez|la vez anterior|de costumbre){_ES_TAIL}"
    r")"
)
# Only additions are denied.
NOTHING_NEW = re.compile(
    r"(?:"
    rf"{_CHANGED} (?:any )?(?:other )?(?:new|newer)(?: {_NEW_SUBJECT}){{0,2}}(?: or {_NEW_SUBJECT})?{_SINCE}|"
    rf"(?:nothing|not anything|none|no) (?:else )?(?:is |are |that's |that is |thats )?new(?: {_NEW_SUBJECT})?{_SINCE}|nothing to (?:add|update|report)(?: {_NEW_SUBJECT})?{_SINCE}|"
    rf"(?:i )?(?:have ?n't|have not|haven't|havent|did ?n't|didn't) (?:started|added|had|have|begun|got|gotten) (?:any|anything) new(?: {_NEW_SUBJECT})?{_SINCE}|"
    rf"(?:nada|ningun|ninguna|ninguno|no hay nada|no tengo nada|no hay|no tengo|no) (?:de )?(?:\w{{4,12}} )?nuev[oa]s?(?: (?:medicamentos?|medicinas?|pastillas?|alergias?))?{_ES_TAIL}|(?:sin|ninguna|no hay) novedad(?:es)?{_ES_TAIL}"
    r")"
)
_BUT = frozenset(
    [
        "except",
        "but",
        "besides",
        "plus",
        "other",
        "apart",
        "excepto",
        "salvo",
        "pero",
        "menos",
        "with",
        "con",
        "just",
        "only",
    ]
)
_FILLER = re.compile(
    r"^(?:(?:no|nope|nah|none|yes|yeah|yep|si|well|um|uh|oh|hi|hello|thanks|thank you|gracias|ok|okay|and|but|y|pero|pues|bueno|hola) ){1,8}"
)


def same_in(raw: str) -> bool:
    """Whether a piece of the answer says that the list is as before: "no change", "same ones", "igual que antes"."""
    return any(_matches(SAME, words) for words in _pieces(raw))


def nothing_new_in(raw: str) -> bool:
    """Whether a piece of the answer denies additions only: "no new ones", "nada nuevo"."""
    return any(_matches(NOTHING_NEW, words) for words in _pieces(raw))


def is_unchanged(words: str) -> bool:
    """Whether folded words say that nothing has changed or come on top."""
    return _matches(SAME, words) or _matches(NOTHING_NEW, words)


def _matches(pattern: re.Pattern[str], words: str) -> bool:
    return bool(pattern.fullmatch(words) or pattern.fullmatch(_FILLER.sub("", words)))


def _pieces(raw: str) -> list[str]:
    """The folded words of each short piece, and of each short sentence."""
    text = parse(raw)
    spans = [(piece.first, piece.last) for piece in pieces_of(raw).all[:60]]
    spans += [(sentence.first, sentence.last) for sentence in text.sentences[:60]]
    for first, last in spans[:]:
        cut = next((i for i in range(first, min(last, first + LONGEST_NONE)) if text.norms[i] in _BUT), None)
        spans += [(first, cut - 1)] if cut is not None and cut > first else []
    return [" ".join(text.norms[first : last + 1]) for first, last in spans if last - first < LONGEST_NONE]


def names_topic(words: str) -> bool:
    """Whether folded words name medicines or allergies as such, or a part of them."""
    said = set(words.split(" "))
    sections = ("medications", "allergies", "part of medications", "part of allergies")
    return any(said & _words(section) for section in sections)
