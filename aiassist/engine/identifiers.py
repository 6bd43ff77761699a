"""Numbers and electronic addresses that identify a person: phones, e-mails, links, records, memberships.

All of it works on a text folded by `folding.flat`; every pattern is bounded, so that the work is linear in the text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from aiassist.engine.folding import Run, digit_runs, flat

Hit = tuple[int, int, str]

_DOT = r"(?:\s?\.\s?|\s?[(\[]\s?dot\s?[)\]]\s?|\sdot\s|\spunto\s)"
_JOIN = r"(?:[._+-]|\sdot\s|\spunto\s|\sunderscore\s|\sguion bajo\s|\sguion\s|\sdash\s|[(\[]dot[)\]])"
_ENDING = r"(?:com|org|net|edu|gov|info|mx|es|co|io|us|me|biz|health|email)"
_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w+-]{{1,40}}(?:{_JOIN}[\w+-]{{1,40}}){{0,4}}(?:\s?@\s?|\s?[(\[]\s?at\s?[)\]]\s?|\s(?:at|arroba)\s)"
    rf"[\w-]{{1,40}}(?:{_DOT}[a-z0-9-]{{2,24}}){{0,2}}{_DOT}{_ENDING}\b"
)
_LINK = re.compile(
    r"(?:https?://|www\.)\S{1,200}|"
    r"(?<![\w@.])[a-z0-9-]{2,40}\.(?:com|org|net|edu|gov|io|me|info)(?:/[\w./?=&%#@+-]{0,200})?(?![\w@])"
)
_HANDLE = re.compile(r"(?<![\w@.])@[a-z_][\w.]{2,30}")
_SOCIAL = re.compile(r"(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])")
_PHONE = re.compile(
    r"(?<![\d.,/-])(?:\+\d{1,3}[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.)-]{1,3})\d{3}[\s.-]{1,3}\d{4}(?![\d-])|"
    r"(?<![\d.,/-])\+\d[\d\s().-]{8,16}\d(?!\d)|(?<![\d.,/-])\d{10,11}(?!\d)|(?<![\d.,/-])\d{3}-\d{4}(?![\d-])|"
    r"(?<![\d.,/-])0\d{3,4}\s\d{6}(?!\d)"
)
_CARD = re.compile(r"(?<!\d)(?:\d{4}[\s-]){3}\d{4}(?!\d)")
_MEDICARE = re.compile(r"\b[1-9][a-z][a-z0-9]\d-?[a-z][a-z0-9]\d-?[a-z]{2}\d{2}\b")
_CODE = re.compile(r"\b[a-z]{1,4}-?\d{6,12}(?:[ -]\d{2,3})?\b")
_LABEL = re.compile(
    r"\b(?:mrn|medical record|chart|record|patient id|member(?:ship)?(?: id)?|subscriber|insurance(?: id| card)?|"
    r"policy|account|group|rx ?bin|pcn|nhs|"
    r"ssn|social security|social|medicare|medicaid|expediente|poliza|grupo|afiliad[oa]|"
    r"seguro social|numero de seguro|curp|nss|dni|nie|passport|pasaporte|(?:driver'?s? )?licen[sc]e|licencia)\b"
)
_AFTER_LABEL = re.compile(
    r"(?:\s?(?:no\.?|number|num\.?|nº|#|id|numero|card|says|is|es|la|el|:|termina en|ends in|ends with|starts with|y|"
    r"and|empieza|empieza con|con|last four|last 4|,|-|\()){0,8}\s?#?"
    r"([a-z0-9]{1,20}(?:[ -](?=[a-z]{0,3}\d)[a-z0-9]{2,12}){0,3})"
)
_LAST_FOUR = re.compile(
    r"\b(?:phone|cell|tel(?:efono)?|celular|movil|number|card|social|ssn|last (?:four|4)(?: digits)?|"
    r"ultimos (?:cuatro|4))\b[^.\n\d]{0,20}\b(?:ends? (?:in|with)|ending in|termina\w* (?:en|con)|(?:are|is|son|es|:)|"
    r"last (?:four|4)(?: digits)?)\s?:?\s?(\d{4})\b"
)
LABEL_REACH = 48  # characters after a label in which its number stands


def likely_identifiers(folded: str) -> Iterator[Hit]:
    """What looks like an identifier in a folded text, though nothing is known of it."""
    for sort, pattern in (
        ("EMAIL", _EMAIL), ("LINK", _LINK), ("LINK", _HANDLE), ("RECORD", _SOCIAL), ("RECORD", _CARD),
        ("RECORD", _MEDICARE), ("RECORD", _CODE), ("PHONE", _PHONE),
    ):  # fmt: skip
        yield from ((match.start(), match.end(), sort) for match in pattern.finditer(folded))
    yield from ((*match.span(1), "PHONE") for match in _LAST_FOUR.finditer(folded))
    yield from _labelled(folded)
    for run in digit_runs(folded):
        if _is_spoken_phone(run):
            yield (*run.span, "PHONE")


def _labelled(folded: str) -> Iterator[Hit]:
    """The numbers after "member id", "policy no.", "ssn": up to three, also in parts."""
    for label in _LABEL.finditer(folded):
        at, stop = label.end(), min(label.end() + LABEL_REACH, len(folded))
        for _ in range(3):
            match = _AFTER_LABEL.match(folded, at, stop)
            if match is None or not any(c.isdigit() for c in match.group(1)):
                break
            code = match.group(1)
            if (sum(c.isdigit() for c in code) >= 3 and len(code) >= 4) or at > label.end():
                yield (*match.span(1), "RECORD")
            at = match.end()


def _is_spoken_phone(run: Run) -> bool:
    """Whether digits are a phone number that is not written in figures alone."""
    length = len(run.digits)
    if run.spoken:
        return 7 <= length <= 15
    return run.single and length in (7, 10, 11)


def known_numbers(folded: str, phones: tuple[str, ...], records: tuple[str, ...]) -> Iterator[Hit]:
    """Known phones and record numbers, with any separators, in figures or in words; of a phone also the last seven
    digits, and the last four where they are called so.
    """
    wanted = _wanted(phones, records)
    for run in digit_runs(folded):
        for digits, sort in wanted:
            span = run.find(digits)
            if span is not None and _is_whole(folded, span, sort):
                yield (*span, sort)
    for pattern, sort in _records(records):
        yield from ((match.start(), match.end(), sort) for match in pattern.finditer(folded))


@lru_cache(maxsize=256)
def _wanted(phones: tuple[str, ...], records: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    wanted: list[tuple[str, str]] = []
    for phone in phones:
        digits = re.sub(r"\D", "", phone)
        wanted += [(digits[-length:], "PHONE") for length in (len(digits), 10, 7) if len(digits) >= length >= 7]
    for record in records:
        digits = re.sub(r"\D", "", record).lstrip("0")
        if len(digits) >= 5:
            wanted.append((digits, "RECORD"))
    return tuple(dict.fromkeys(wanted))


def _is_whole(folded: str, span: tuple[int, int], sort: str) -> bool:
    """Whether a record's number is no part of a longer one."""
    before, after = folded[: span[0]][-1:], folded[span[1] : span[1] + 1]
    return sort == "PHONE" or not (before.isdigit() or after.isdigit())


@lru_cache(maxsize=256)
def _records(records: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    patterns = []
    for record in records:
        parts = re.findall(r"[a-z]+|\d+", flat(record).text)
        if sum(map(len, parts)) >= 4:
            body = r"[\W_]{0,3}".join(parts)
            patterns.append((re.compile(rf"(?<![a-z0-9]){body}(?![a-z0-9])"), "RECORD"))
    return tuple(patterns)


@lru_cache(maxsize=256)
def literal(values: tuple[str, ...]) -> re.Pattern[str] | None:
    """Known words (a clinic, an e-mail) in a folded text, with any marks and white space between them."""
    forms = []
    for value in values:
        parts = re.findall(r"[a-z0-9]+", flat(value).text)
        if sum(map(len, parts)) >= 3:
            forms.append(r"[\W_]{0,3}".join(map(re.escape, parts)))
    if not forms:
        return None
    return re.compile(r"(?<![a-z0-9])(?:" + "|".join(sorted(forms, key=len, reverse=True)) + r")(?![a-z0-9])")
