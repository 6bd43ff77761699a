"""Compares what two phrases say about how often: "BID" says what "twice a day" says."""

import re

from aiassist.engine.details import DOSE
from aiassist.engine.noun_scopes import in_digits
from aiassist.engine.text import norm_word, numbers_in, parse

_SIGNS = (
    (
        "day",
        r"daily|day|qd|bid|tid|qid|dia|dias|diario|diaria|diariamente|diarias|diarios|morning|mornings|night|nightly|bedtime|noche|manana|qhs|qam|qpm|evening",
    ),
    ("week", r"week|weekly|weeks|semana|semanal|semanas|biweekly|mondays?|sundays?|fridays?"),
    ("month", r"month|monthly|mes|mensual|mensualmente"),
    ("hour", r"hours?|hrs?|horas?|h"),
    ("night", r"night|nightly|bedtime|noche|noches|qhs|qpm|bed|acostarme|dormir"),
    ("morning", r"morning|mornings|manana|mananas|qam|breakfast|desayuno"),
    ("evening", r"evening|evenings|tarde|dinner|cena"),
    ("needed", r"needed|need|prn|required|necesito|necesario|necesite"),
    ("food", r"food|meals?|comida|comidas"),
    ("other", r"other"),
)
_COUNTS = {"bid": 2.0, "tid": 3.0, "qid": 4.0, "twice": 2.0, "once": 1.0, "thrice": 3.0}
_COMPILED = tuple((name, re.compile(rf"^(?:{pattern})$")) for name, pattern in _SIGNS)


def signs(phrase: str) -> set[str]:
    """What a phrase says, as comparable signs: {"2", "day"} for "twice a day"."""
    phrase = re.sub(r"\b([bqt])\.?\s?(i?)\.?\s?d\b\.?", lambda m: m.group(1) + m.group(2) + "d", phrase.lower())
    words = parse(phrase).norms
    found = {name for name, pattern in _COMPILED for word in words if pattern.match(word)}
    counts = {_COUNTS[word] for word in words if word in _COUNTS}
    counts |= {float(m) for m in re.findall(r"\b(\d+)\s?x\b|q\s?(\d+)\s?h", phrase) for m in m if m}
    if re.search(r"q\s?\d+\s?h", phrase):
        found.add("hour")
    counts |= numbers_in(phrase)
    return found | {f"{count:g}" for count in counts}


_EVERY = re.compile(
    r"\b(?:every|each|cada|q) ?(\d+|other|otro|second|third|tercer|segundo)? ?(?:(?:to|a|or|o|-) \d+ )?"
    r"(hours?|hrs?|h|horas?|days?|dias?|weeks?|semanas?|months?|mes(?:es)?)\b"
)
_ONE_WORD = {
    "daily": "day", "diario": "day", "diaria": "day", "diariamente": "day", "weekly": "week", "semanal": "week",
    "monthly": "month", "mensual": "month",
}  # fmt: skip
_NAMED_STEPS = {"": 1.0, "other": 2.0, "otro": 2.0, "second": 2.0, "segundo": 2.0, "third": 3.0, "tercer": 3.0}
_STARTS = (("h", "hour"), ("d", "day"), ("w", "week"), ("se", "week"), ("m", "month"))


def intervals(phrase: str) -> dict[str, set[float]]:
    """How many hours, days, weeks or months lie between two doses: {"week": {2}} for "every 2 weeks"."""
    found: dict[str, set[float]] = {}
    words = in_digits(parse(re.sub(r"(?<=\bq)(?=\d)", " ", phrase.lower())).norms)
    for step, unit in _EVERY.findall(words):
        name = next(name for start, name in _STARTS if unit.startswith(start))
        found.setdefault(name, set()).add(_NAMED_STEPS[step] if step in _NAMED_STEPS else float(step))
    for word in words.split():
        if word in _ONE_WORD:
            found.setdefault(_ONE_WORD[word], set()).add(1.0)
    return found


def contradicts(quote: str, frequency: str) -> bool:
    """Whether the words say another interval in the same unit: "every 2 weeks" for "every week"."""
    given = intervals(quote)
    return any(unit in given and not steps & given[unit] for unit, steps in intervals(frequency).items())


def says(quote: str, frequency: str) -> bool:
    """Whether `quote` says everything that `frequency` says.

    "once daily" is said by "every day"; verbatim always is.
    """
    if norm_word(frequency) in norm_word(quote):
        return True
    if contradicts(quote, frequency):
        return False
    wanted, given = signs(frequency), signs(DOSE.sub(" ", quote))
    if not wanted:
        return False
    missing = wanted - given
    steps = {f"{step:g}" for values in intervals(frequency).values() for step in values}
    if steps and intervals(quote):  # they agree, or it would have been refused
        missing -= steps | {"other"}
    if missing == {"1"} and not any(sign[0].isdigit() for sign in given):
        missing = set()
    return not missing
