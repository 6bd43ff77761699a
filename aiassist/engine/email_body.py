"""What a patient wrote in a message, without the quoted original, signatures and notices below it.

For the headers that Gmail, Outlook, Apple Mail and Yahoo write in English and Spanish, and for the lines of phones. Only
whole lines go, and nothing is put in their place: an empty result means that nothing was written.
"""

import re

from aiassist.engine.lexicon import load
from aiassist.engine.person_names import given_names
from aiassist.engine.phrases import word_set
from aiassist.engine.text import parse

LONGEST = 200_000  # characters that are looked at
_LONGEST_SIGNATURE = 24  # lines
_QUOTE_HEADER = re.compile(
    r"^\W{0,3}(?:on\b.{4,200}\bwrote\s?:|el\b.{4,200}\bescribi[oó]\s?:|"
    r"-{2,}\s?(?:original message|forwarded message|mensaje original|mensaje reenviado|reply message)\s?-{0,}|"
    r"begin forwarded message:|inicio del mensaje reenviado:|_{10,}|"
    r".{0,120}<[^<>@\s]{1,80}@[^<>@\s]{1,80}>\s*(?:wrote|escribi[oó])\s?:)\s*$",
    re.IGNORECASE,
)
_HEADER_START = re.compile(r"^\W{0,3}(?:on|el)\b.{4,160}$", re.IGNORECASE)
_HEADER_END = re.compile(r"^.{0,120}\b(?:wrote|escribi[oó])\s?:\s*$", re.IGNORECASE)
_FIELD = re.compile(
    r"^[*> ]{0,4}(?:from|sent|to|subject|date|cc|de|enviado(?: el)?|para|asunto|fecha|responder a|reply-to)\s?:",
    re.IGNORECASE,
)
_FIELD_FROM = re.compile(r"^[*> ]{0,4}(?:from|de)\s?:", re.IGNORECASE)
_PHONE_LINE = re.compile(
    r"^\W{0,3}(?:sent (?:from|via|with|using)\b|get outlook for\b|enviado (?:desde|con|por|v[ií]a)\b|obt[eé]n(?:er|ga)? outlook\b|"
    r"descarg[au]r? outlook\b|yahoo mail[ :]|sent: |please excuse (?:any )?(?:typos|brevity)|mandado desde\b|"
    r"(?:sent|enviado) (?:by|por) my\b).{0,120}$",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"^\W{0,6}(?:confidential(?:ity)?\b.{0,40}(?:notice|note|statement|:|$)|disclaimer\b|"
    r"this (?:e-?mail|message|communication|transmission)(?:,)? (?:and any|and all|including|is intended|may contain|contains)\b|"
    r"the information (?:contained|transmitted) in this\b|if you are not the intended\b|please consider the environment|"
    r"aviso de (?:confidencialidad|privacidad)|aviso legal|este (?:mensaje|correo)(?: electr[oó]nico)?(?:,)? (?:y (?:sus|los|cualquier)|es confidencial|contiene|puede contener|est[aá] dirigido)|"
    r"la informaci[oó]n contenida en este\b|antes de imprimir)",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"^\W{0,4}(?:external(?: email| sender)?\W*$|caution: .{0,200}|warning: .{0,60}(?:external|outside).{0,120}|\[external\]|correo externo\W*$|virus-free\b.{0,80})$",
    re.IGNORECASE,
)
# Our own request, quoted without any mark.
_OUR_KEYS = re.compile(
    r"reply c to confirm, r to [^\n]{1,40}, stop to \w{1,12}\.?|"
    r"responda c para confirmar, r para [^\n]{1,50}, stop para (?:no recibir m[aá]s|\w{1,12})\.?",
    re.IGNORECASE,
)
_OUR_REQUEST = re.compile(
    r"^[^\n:]{1,80}: [^\n]{0,60}(?:you have a visit on|please say whether you come to your visit on|tiene una cita el)"
    r"[^\n]{0,80}?\.(?=\s|$)",
    re.IGNORECASE | re.MULTILINE,
)
# A closing line is made of these words only.
_CLOSING = word_set(
    "a abrazo abrazos afectuosamente again all and antemano appreciation appreciatively atentamente atte bendiciones best "
    "bless blessings care carinosamente cheers con cordial cordiales cordially cordialmente de disculpa disculpas disculpe "
    "disculpen dios en everyone faithfully fondly for from god good gracias gratefully gratitude kind kindest kindly las le "
    "les lo los love many mil molestia molestias most much muchas muchisimas muchos mucho of perdon peace por regards "
    "respect respectfully respetuosamente saludo saludos sincerely sinceramente siento so sorry take thank thanks the "
    "truly u un una very warm warmest warmly wishes with y you your yours"
)
_MOST_CLOSING = 6  # words
_CONTACT = re.compile(
    r"\b(?:tel|cell|phone|mobile|fax|cel|m[oó]vil|tel[eé]fono|ext)\b\.?|\+?[\d(][\d\s().-]{5,20}|[^\s@|]{1,64}@[^\s@|]{1,64}|"
    r"(?:https?://|www\.)\S{1,120}",
    re.IGNORECASE,
)
_DOUBTS = word_set(
    "if unless except maybe perhaps probably possibly hopefully tentatively conditionally pending depending provided not no "
    "but only until si salvo excepto menos quizas quiza tal acaso probablemente posiblemente ojala pendiente depende pero solo"
)
_DASHES = frozenset(["--", "—", "__"])
_LINKS = frozenset(["of", "de", "la", "del", "and", "y", "the", "at", "for", "los", "las"])


def unquoted(text: str) -> str:
    """A message without the quoted original and our own request; signatures are still in it."""
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    text = _OUR_KEYS.sub("", _OUR_REQUEST.sub("", text))
    return "\n".join(_without_quotes(text.split("\n"))).strip()


def written(text: str, known_words: frozenset[str] = frozenset(), *, mailed: bool = False) -> str:
    """The lines that the patient wrote.

    `known_words`, folded, are never taken for a name below a closing line: "Thanks, / Cancel" is no signature. In a mail
    (`mailed`), a name in a last paragraph of its own is a signature without a closing line too.
    """
    return "\n".join(_without_signature(unquoted(text).split("\n"), known_words, mailed=mailed)).strip()


def _without_quotes(lines: list[str]) -> list[str]:
    """Lines that are not quoted. What follows lines marked with > is kept: some write below the original."""
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        header = _header_length(lines, at) if line else 0
        if header:
            after = next((i for i in range(at + header, len(lines)) if lines[i].strip()), len(lines))
            if after == len(lines) or not lines[after].lstrip().startswith(">"):
                break
            at = after
        elif line.startswith(">") or _BANNER.match(line):
            at += 1
        else:
            kept.append(lines[at])
            at += 1
    return kept


def _header_length(lines: list[str], at: int) -> int:
    """How many lines the header of a quoted original has that begins at `at`; 0 when none does."""
    line = lines[at].strip()
    if line.startswith(">"):
        return 0
    if _QUOTE_HEADER.match(line):
        return 1
    for more in (1, 2):  # "On Monday, 30 November 2026 at 9:00," on one line, "X <y> wrote:" on the next
        if at + more < len(lines) and _HEADER_START.match(line) and _HEADER_END.match(lines[at + more].strip()):
            return more + 1
    fields = sum(bool(_FIELD.match(other.strip())) for other in lines[at : at + 4])
    return 1 if _FIELD_FROM.match(line) and fields >= 2 else 0


def _is_closing(line: str) -> bool:
    words = parse(line).norms
    return 0 < len(words) <= _MOST_CLOSING and all(word in _CLOSING for word in words)


def _without_signature(lines: list[str], known_words: frozenset[str], *, mailed: bool) -> list[str]:
    kept: list[str] = []
    for at, line in enumerate(lines):
        bare = line.strip()
        if not bare:
            kept.append(line)
            continue
        if bare in _DASHES or _NOTICE.match(bare):
            break
        if _is_closing(bare) and _is_signature(lines, at + 1, known_words):
            break
        if mailed and kept and not kept[-1].strip() and _is_signature(lines, at, known_words):
            break
        if not _PHONE_LINE.match(bare):
            kept.append(line)
    return kept


def _is_signature(lines: list[str], start: int, known_words: frozenset[str]) -> bool:
    """Whether a name stands here, and then nothing but offices and ways to reach it.

    A word of doubt is no part of a signature: "Yes / Thanks, / Probably".
    """
    if len(lines) - start > _LONGEST_SIGNATURE:
        return False
    below = [line.strip() for line in lines[start:] if line.strip()]
    if not below or not _is_persons(below[0]) or not _is_name(below[0], known_words, most=4):
        return False
    for line in below[1:]:
        if _PHONE_LINE.match(line) or _NOTICE.match(line) or line in _DASHES:
            return True
        if _DOUBTS.intersection(parse(line).norms) or not _is_detail(line, known_words):
            return False
    return True


def _is_persons(line: str) -> bool:
    """Whether a line has a given name, or is made of two or more words that are no ordinary ones."""
    names, ambiguous = given_names()
    words = [word for word in parse(line).norms if word not in _LINKS]
    if _DOUBTS.intersection(words):
        return False
    if any(word in names and word not in ambiguous for word in words):
        return True
    return len(words) >= 2 and all(word in ambiguous or word not in load().ordinary for word in words)


def _is_name(line: str, known_words: frozenset[str], most: int) -> bool:
    """Whether a line is made of capitalised words that mean nothing in a reply."""
    words = [word for word in re.findall(r"[^\W\d_][\w'’]*", line) if word.lower() not in _LINKS]
    return 0 < len(words) <= most and all(word[0].isupper() and word.lower() not in known_words for word in words)


def _is_detail(line: str, known_words: frozenset[str]) -> bool:
    """Whether a line is an office, a firm, a number or an address of the one who signed."""
    rest = _CONTACT.sub(" ", line)
    return not re.search(r"[^\W\d_]", rest) or _is_name(rest, known_words, most=8)
