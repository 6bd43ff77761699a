"""The deterministic engine: which names an answer holds, and what the patient says about each of them.

`read(answers)` gives one `Finding` for every name with its status. It never leaves the machine, never guesses silently, and nothing that
an answer says can change how another answer is read.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from aiassist.engine import cues, details, mentions
from aiassist.engine.lexicon import load
from aiassist.engine.mentions import Name
from aiassist.engine.schema import Answer
from aiassist.engine.text import Text, clause_bounds, key, parse

FindingStatus = Literal["current", "past", "recent", "unclear", "negated", "family", "asked", "allergy", "not_allergic"]
QUOTE_TOKENS = 14
LONGEST_QUESTION = 30  # words of a question within which a name counts as asked about
NEGATION_REACH = 60  # characters of folded text


@dataclass(frozen=True, slots=True)
class Finding:
    """One name in one answer. `name` is verbatim; `start`, `end` index the answer's text; `known` is False for a name nobody knows.

    `explained` is True for a lay word that stands beside the medicine it means: "the pill, Microgynon".
    """

    question_id: str
    name: str
    ingredient: str
    sort: str
    status: FindingStatus
    start: int
    end: int
    quote: str
    dose: str | None = None
    frequency: str | None = None
    reaction: str | None = None
    respelled: str | None = None
    known: bool = True
    explained: bool = False
    explicit: bool = False

    @property
    def shown_name(self) -> str:
        """The name as shown: a misspelling with what it probably means, "metforman (metformin?)"."""
        return f"{self.name} ({self.respelled}?)" if self.respelled else self.name

    @property
    def is_allergy(self) -> bool:
        """Whether it is about reacting to the substance."""
        return self.status in ("allergy", "not_allergic")


@lru_cache(maxsize=512)
def read_answer(answer: Answer) -> tuple[Finding, ...]:
    """What one answer says about medicines and allergens. Administrative answers say nothing."""
    if answer.kind == "administrative" or not answer.text.strip():
        return ()
    text = parse(answer.text)
    names = mentions.find(text, guess=_may_guess(answer, text))
    found = [finding for finding in (_judge(answer, text, names, i) for i in range(len(names))) if finding is not None]
    if answer.topic in ("medications", "allergies"):
        found += _unknown(answer, text, names)
    found += _named_by_question(answer, found)
    found = [replace(finding, explained=True) if _is_explained(finding, found, answer.text) else finding for finding in found]
    return tuple(sorted(found, key=lambda finding: finding.start))


_APPOSITION = re.compile(r"[\s,:;(\-–.]*(?:(?:called|named|which is|it's|it is|the|a|an|my|i think|llamad[oa]|que es|se llama|de|un|una|is)[\s,:;(\-–]+)*")


def _is_explained(lay: Finding, found: list[Finding], raw: str) -> bool:
    if lay.sort not in ("lay", "class"):
        return False
    beside = [other for other in found if other.sort in ("medicine", "supplement") and other.status == lay.status]
    return any(_APPOSITION.fullmatch(raw[min(lay.end, other.end) : max(lay.start, other.start)].lower()) for other in beside)


def read(answers: list[Answer]) -> list[Finding]:
    """All findings of a form, in the order of the answers."""
    return [finding for answer in answers for finding in read_answer(answer)]


def _may_guess(answer: Answer, text: Text) -> bool:
    if answer.topic in ("medications", "allergies"):
        return True
    folded = " ".join(text.norms)
    return bool(cues.STRONG_USE.search(folded) or cues.ALLERGY_BEFORE.search(folded) or details.DOSE.search(answer.text))


# --- what is said about a name -----------------------------------------------------------------------------------------------


def _folded(text: Text, first: int, last: int) -> str:
    """Tokens first..last joined by spaces, with the commas and colons that the patient wrote."""
    out: list[str] = []
    for i in range(first, last + 1):
        out.append(text.norms[i])
        gap = text.gap(i) if i < last else ""
        if ":" in gap:
            out.append(":")
        elif "," in gap or " - " in gap:
            out.append(",")
    return " ".join(out)


@dataclass(slots=True)
class _Said:
    """What the clause before a name has established so far."""

    other: bool = False
    child: bool = False
    negated: int = -1
    past: bool = False
    recent: bool = False
    asked: bool = False
    allergy: bool = False
    not_allergic: bool = False
    use: bool = False

    def refresh(self) -> None:
        """A new statement of the patient's own begins."""
        self.negated, self.past, self.recent, self.asked, self.allergy, self.not_allergic, self.other, self.child = -1, False, False, False, False, False, False, False


_EVENTS = (
    ("renewed", cues.RENEWED),
    ("treated", cues.ALLERGY_TREATED),
    ("allergy", cues.ALLERGY_BEFORE),
    ("nothing", cues.NOT_NEGATION),
    ("past", cues.PAST),
    ("asked", cues.ASKING),
    ("other", cues.FAMILY),
    ("child", cues.CHILDREN),
    ("except", cues.EXCEPT),
    ("negated", cues.NEGATION),
    ("recent", cues.RECENT),
    ("use", cues.USE),
    ("self", cues.SELF),
)


def _before(pre: str, asks: bool) -> _Said:
    """Play the cues before a name in order; the later word wins."""
    events: list[tuple[int, int, str]] = []
    taken: list[tuple[int, int]] = []
    patterns = (*_EVENTS[:5], ("asked", cues.ASKING_AUX), *_EVENTS[5:]) if asks else _EVENTS
    for kind, pattern in patterns:
        for match in pattern.finditer(pre):
            if kind == "self" or not any(match.start() < end and start < match.end() for start, end in taken):
                events.append((match.start(), match.end(), kind))
                if kind not in ("self",):
                    taken.append(match.span())
    swallowed = [(start, end, kind) for start, end, kind in events if kind in ("asked", "nothing", "past", "recent")]
    for match in cues.FRESH.finditer(pre):
        if not any(
            match.start() < end and start < match.end() and (kind in ("asked", "nothing") or start < match.start())
            for start, end, kind in swallowed
        ):
            events.append((match.start(), match.end(), "fresh"))
    events += [(match.start(), match.end(), "goes_on") for match in cues.GOES_ON.finditer(pre)]
    said = _Said()
    for start, end, kind in sorted(events, key=lambda event: (event[0], event[2] not in ("fresh", "goes_on"))):
        _apply(said, kind, start, end)
    if said.negated >= 0 and len(pre) - said.negated > NEGATION_REACH:
        said.negated = -1
    return said


def _apply(said: _Said, kind: str, start: int, end: int) -> None:
    if kind in ("fresh", "renewed"):
        said.refresh()
        said.use = said.use or kind == "renewed"
    elif kind == "goes_on":
        other, child = said.other, said.child
        said.refresh()
        said.other, said.child = other, child
    elif kind == "self":
        said.other = said.child = False
    elif kind == "other":
        said.other = True
    elif kind == "child":
        said.child = True
    elif kind == "except":
        said.negated, said.not_allergic = -1, False
    elif kind == "negated":
        said.negated, said.allergy = end, False
    elif kind == "past":
        said.past, said.use = True, False
    elif kind == "recent":
        said.recent = True
    elif kind == "asked":
        said.asked = True
    elif kind == "treated":
        said.use, said.allergy = True, False
    elif kind == "allergy":
        said.allergy, said.not_allergic = said.negated < 0, said.negated >= 0
    elif kind == "use":
        said.use = True
        if said.recent and not said.past:
            said.recent = False


def _after(text: Text, names: list[Name], index: int, last: int) -> str:
    """What follows a name in its clause, past the rest of a list of names ("aspirin and ibuprofen give me hives")."""
    stop, position = last, index
    here = names[index].last
    while position + 1 < len(names) and names[position + 1].first <= last:
        between = text.norms[here + 1 : names[position + 1].first]
        if all(word in ("and", "or", "y", "o", "e", "the", "la", "el", "both") for word in between) and ";" not in text.gap(here):
            position += 1
            here = names[position].last
            continue
        stop = names[position + 1].first - 1
        break
    return " " + _folded(text, here + 1, stop) if here < stop else ""


def _judge(answer: Answer, text: Text, names: list[Name], index: int) -> Finding | None:
    """The finding of one name, or None when the words prove nothing."""
    name = names[index]
    first, last = clause_bounds(text, name.first)
    sentence = text.sentence_of(name.first)
    said = _before(_folded(text, first, name.first - 1) if first < name.first else "", sentence.asks)
    goes_on = last < sentence.last and not any(last < other.first <= sentence.last for other in names)
    post = _after(text, names, index, sentence.last if goes_on else last)
    status = _status(answer, text, name, said, post, _next_sentence(text, names, index))
    if status is None:
        return None
    entry = name.entry if not (status in ("allergy", "not_allergic") and name.allergen) else name.allergen
    if entry is None:
        return None
    window, start, end = _window(text, names, index)
    quote_first = max(min(first, name.first), name.first - QUOTE_TOKENS)
    quote_last = max(name.last, min(sentence.last, name.last + QUOTE_TOKENS))
    dose, frequency, reaction = _details(answer, text, names, index, window)
    for part in (dose, frequency, reaction):
        at = text.raw.find(part, start, end) if part else -1
        if part and at >= 0:
            while quote_last + 1 < len(text.tokens) and text.tokens[quote_last].end < at + len(part):
                quote_last += 1
            while quote_first > 0 and text.tokens[quote_first].start > at:
                quote_first -= 1
    raw_start, raw_end = text.tokens[name.first].start, text.tokens[name.last].end
    is_allergy = status in ("allergy", "not_allergic")
    return Finding(
        question_id=answer.question_id,
        name=text.raw[raw_start:raw_end],
        ingredient=entry.ingredient,
        sort=entry.sort,
        status=status,
        start=raw_start,
        end=raw_end,
        quote=text.span(quote_first, quote_last),
        dose=None if is_allergy else dose,
        frequency=None if is_allergy else frequency,
        reaction=reaction if is_allergy else None,
        respelled=name.respelled,
        explicit=said.use or said.allergy or status in ("past", "recent"),
    )


def _next_sentence(text: Text, names: list[Name], index: int) -> str:
    """The sentence after the name's own, when it goes on about the name ("It gave me a rash")."""
    sentence = text.sentence_of(names[index].first)
    if any(sentence.first <= other.first <= sentence.last for other in names[index + 1 :]):
        return ""
    for following in text.sentences:
        if following.first == sentence.last + 1:
            words = text.norms[following.first : following.last + 1]
            return " " + " ".join(words) if words and words[0] in ("it", "that", "this", "they", "both", "me", "i", "reaction", "causes", "gives", "made", "gave") else ""
    return ""


def _status(answer: Answer, text: Text, name: Name, said: _Said, post: str, following: str) -> FindingStatus | None:
    """The verdict on one name from what stands before and after it, and from the question's topic."""
    topic = answer.topic
    allergy = said.allergy or bool(cues.ALLERGY_NOUN.match(post)) or _reacts_after(post) or (_reacts_after(following) and not said.negated >= 0)
    treated = bool(cues.ALLERGY_TREATED.match(post.strip())) or bool(re.match(rf" (?:\w+ ){{0,4}}?{cues.ALLERGY_TREATED.pattern}", post))
    if name.allergen and "allerg" in name.allergen.name or cues.ALLERGY_ALSO.search(post) and not cues.NEGATION.search(post):
        allergy = True
    if treated and not said.allergy:
        allergy = False
    if said.other or topic == "family_history":
        return "family"
    if said.child and not cues.CHILDREN.search(" ".join(parse(answer.label).norms)):
        return "family"
    if said.not_allergic:
        return "not_allergic"
    if allergy and said.negated >= 0 and not said.allergy and not _reacts_after(post):
        return "not_allergic"
    if allergy:
        return "asked" if said.asked and not said.allergy else "allergy"
    if topic == "allergies" and not treated:
        if said.negated >= 0 or said.asked and not said.use:
            return "not_allergic"
        if name.medicine is None or not (said.use and _strong_use(text, name)) and not said.past:
            return "allergy"
    if name.medicine is None:
        return None
    if said.past and said.negated < 0 or said.negated >= 0 and cues.PAST_AFTER.match(post.strip()):
        return "past"
    if said.negated >= 0:
        return "negated"
    if said.asked:
        return "asked"
    if _past_after(post):
        return "past"
    if mentions.is_weak(name, text) and topic != "medications" and not said.use and not said.recent:
        return None
    if cues.INEFFECTIVE.match(post.strip()) and not said.use:
        return "unclear"
    if said.recent or topic != "medications" and cues.RECENT_AFTER.match(post.strip()):
        return "recent"
    return "current" if said.use or topic == "medications" or treated else "unclear"


def _strong_use(text: Text, name: Name) -> bool:
    first, _ = clause_bounds(text, name.first)
    return bool(cues.STRONG_USE.search(_folded(text, first, name.first - 1))) if first < name.first else False


def _reacts_after(post: str) -> bool:
    """Whether the words right after say that the substance does harm: the verb and, within reach, a reaction."""
    match = cues.ALLERGY_AFTER.search(post[:70])
    if match and cues.NEGATION.search(post[: match.start()]):
        return False
    return bool(match and match.start() <= 24 and details.REACTION.search(post[match.start() : match.start() + 90]))


def _past_after(post: str) -> bool:
    match = cues.PAST_AFTER.search(post[:60])
    if match is None or match.start() > 40:
        return False
    return not cues.FRESH.search(post[: match.start()])


# --- dose, frequency, reaction -----------------------------------------------------------------------------------------------


def _window(text: Text, names: list[Name], index: int) -> tuple[str, int, int]:
    """The raw text that belongs to the item: from the end of its name to the next name, within this sentence and one that continues it."""
    name = names[index]
    sentence = text.sentence_of(name.first)
    last = sentence.last
    limit = names[index + 1].first - 1 if index + 1 < len(names) else len(text.tokens) - 1
    for following in text.sentences:
        if following.first == sentence.last + 1 and limit >= following.last:
            last = following.last
    last = min(last, limit)
    start = text.tokens[name.first].start
    end = text.tokens[last].end if last > name.last else text.tokens[name.last].end
    return text.raw[text.tokens[name.last].end : end], start, end


def _details(answer: Answer, text: Text, names: list[Name], index: int, window: str) -> tuple[str | None, str | None, str | None]:
    """(dose, frequency, reaction) of an item, each verbatim or None. A row of a list says them in its own columns."""
    name = names[index]
    row = _row_of(answer, text.tokens[name.first].start)
    if row is not None:
        return row.get("dose") or None, row.get("frequency") or None, row.get("reaction") or None
    line_end = window.find("\n")
    if answer.rows and line_end >= 0:
        window = window[:line_end]
    before_start = text.tokens[names[index - 1].last].end if index else 0
    before = text.raw[before_start : text.tokens[name.first].start]
    before = before[max(before.rfind("\n"), before.rfind(". "), before.rfind(", ") if details.DOSE.search(before[: max(before.rfind(", "), 0)]) else -1) + 1 :]
    next_first = names[index + 1].first if index + 1 < len(names) else None
    if next_first is not None:
        window = _without_next_items_dose(window)
    dose = None
    leading = [match for match in details.DOSE.finditer(before)]
    if leading and re.fullmatch(r"\s*(?:of|de|tablets?|pills?|capsules?|pastillas? de|tabletas? de|tabs?|x|mg|dose of|the|my|a|baby|low dose)?(?:\s(?:of|de))?\s*", before[leading[-1].end() :], re.I):
        dose = details.dose_in(leading[-1].group())
    dose = dose or details.dose_in(window)
    if dose is None:
        bare = re.match(r"\s*,?\s*(\d+(?:[.,/]\d+)*)(?![\w/%:]|\.\d|\s*(?:times|x|years?|days?|weeks?|months?|hours?|am|pm))", window)
        dose = bare.group(1) if bare else None
    frequency = details.frequency_in(window)
    if frequency is None and next_first is None and not index:
        frequency = details.frequency_in(before) if dose else None
    return dose, frequency, details.reaction_in(window) or details.reaction_in(before)


def _row_of(answer: Answer, at: int) -> dict[str, str] | None:
    """The row whose rendered line holds position `at` of the answer's text, when its columns are the known ones."""
    line = answer.text.count("\n", 0, at)
    if line < len(answer.rows) and "\n" not in "".join(answer.rows[line].values()) and "\n" not in "".join(v for row in answer.rows[:line] for v in row.values()):
        row = answer.rows[line]
        return row if {"dose", "frequency", "reaction"} & set(row) else None
    return None


def _without_next_items_dose(window: str) -> str:
    """A window without the dose that leads the next name: "lisinopril and 5 mg [amlodipine]" keeps nothing of the 5 mg."""
    doses = list(details.DOSE.finditer(window))
    if doses and re.fullmatch(r"\s*(?:of|de|tablets? of|pastillas? de)?\s*", window[doses[-1].end() :], re.I) and not re.fullmatch(r"[\s:,(]*", window[: doses[-1].start()]):
        return window[: doses[-1].start()]
    return window


# --- names nobody knows, names in the question ---------------------------------------------------------------------------------


_FILLER = frozenset(
    "yes yeah yep yup no nope none not any anything nothing i am is are on a an the my of for to and or in it that this those these some just only what you do does mean me have has had take taking takes "
    "took use using medication medications medicine medicines meds med drugs drug pill pills tablets prescription prescribed over counter otc well um uh oh ok okay so know don't dont remember sure think "
    "right correct all other else every day daily occasionally sometimes as needed allergy allergies allergic si tomo tengo medicamentos medicamento medicina medicinas pastillas pastilla para el la los las de "
    "que lo un una unos unas por mi mis y o pero now currently still here list same before last time really very much many few two three four one five six regular thanks thank see bring can't can cannot "
    "name names called with without at they them there was were be been got get give gave back home will would could please hello hi good fine great also too more most".split()
)


def _unknown(answer: Answer, text: Text, names: list[Name]) -> list[Finding]:
    """Direct answers that the lexicon does not know: each row of a list, or a short list of words. Kept verbatim, always flagged."""
    found = []
    covered = {i for name in names for i in range(name.first, name.last + 1)}
    folded = _folded(text, 0, len(text.tokens) - 1)
    if answer.rows:
        pieces = _row_pieces(answer, text)
    elif len(text.tokens) <= 12 and not cues.DENIED.match(folded) and not cues.UNSURE.search(folded) and not any(sentence.asks for sentence in text.sentences):
        pieces = _list_pieces(text)
    else:
        pieces = []
    for first, last in pieces:
        words = text.norms[first : last + 1]
        if any(i in covered for i in range(first, last + 1)) or all(word in _FILLER or word[0].isdigit() for word in words) or not any(len(word) > 2 for word in words):
            continue
        if not answer.rows and not _could_be_a_name(words):
            continue
        if answer.rows and cues.DENIED.match(" ".join(words)) or not answer.rows and details.REACTION.fullmatch(text.span(first, last)):
            continue
        line_end = text.raw.find("\n", text.tokens[last].end)
        window = text.raw[text.tokens[last].end : line_end if line_end >= 0 else len(text.raw)] if answer.rows else ""
        is_allergy = answer.topic == "allergies"
        row = _row_of(answer, text.tokens[first].start) or {}
        found.append(
            Finding(
                question_id=answer.question_id,
                name=text.span(first, last),
                ingredient=key(text.span(first, last)),
                sort="unknown",
                status="allergy" if is_allergy else "current",
                start=text.tokens[first].start,
                end=text.tokens[last].end,
                quote=text.span(first, last) + window.rstrip(" ,."),
                dose=None if is_allergy else row.get("dose") or details.dose_in(window),
                frequency=None if is_allergy else row.get("frequency") or details.frequency_in(window),
                reaction=(row.get("reaction") or details.reaction_in(window)) if is_allergy else None,
                known=False,
            )
        )
    return found


def _could_be_a_name(words: list[str]) -> bool:
    """Whether one to three words that stand alone may be a name: none of them ordinary, at least one of some length."""
    ordinary = load().ordinary
    if len(words) > 3 or not any(len(word) >= 5 for word in words):
        return False
    return not any(word in ordinary or word in _FILLER or "'" in word or cues.NONE_WORDS.search(word) or _INTERJECTION.match(word) for word in words)


_INTERJECTION = re.compile(r"^(?:o+h+|m+h*m*|u+h*m*|a+h+|h+m+|hm+|e+r+m*|y+e+a*h*|n+o+|h+e+y+|a+w+)$")


def _row_pieces(answer: Answer, text: Text) -> list[tuple[int, int]]:
    """Token ranges of the name column of each row."""
    pieces, at = [], 0
    for row in answer.rows:
        name = next(iter(row.values()), "")
        start = text.raw.find(name, at) if name else -1
        if start < 0:
            continue
        at = start + len(name)
        inside = [i for i, token in enumerate(text.tokens) if token.start >= start and token.end <= at]
        if inside:
            pieces.append((inside[0], inside[-1]))
    return pieces


def _list_pieces(text: Text) -> list[tuple[int, int]]:
    """Token ranges between commas, "and" and line ends, without a number that follows the name."""
    pieces: list[tuple[int, int]] = []
    first = 0
    for i in range(len(text.tokens)):
        ends = i + 1 == len(text.tokens) or bool(re.search(r"[,;\n]|\. ", text.gap(i)))
        if text.norms[i] in ("and", "y", "e", "plus", "also"):
            if i > first:
                pieces.append((first, i - 1))
            first = i + 1
        elif ends:
            pieces.append((first, i))
            first = i + 1
    trimmed = []
    for start, end in pieces:
        stop = next((i for i in range(start + 1, end + 1) if text.norms[i][0].isdigit()), end + 1)
        trimmed.append((start, stop - 1))
    return [(start, end) for start, end in trimmed if end >= start]


def _named_by_question(answer: Answer, found: list[Finding]) -> list[Finding]:
    """A medicine or allergen that the question names and the patient affirms: "Are you still taking Micronase?" – "Yes, once a day"."""
    if not answer.label or not answer.text.strip():
        return []
    text = parse(answer.text)
    folded = _folded(text, 0, len(text.tokens) - 1)
    affirmed = cues.AFFIRMED.match(folded)
    if not affirmed or cues.DENIED.match(folded) or "?" in answer.text[:40]:
        return []
    label = parse(answer.label)
    if not label.sentences:
        return []
    asked = label.sentences[-1].first
    names = [name for name in mentions.find(label, guess=False) if name.first >= max(asked, len(label.tokens) - LONGEST_QUESTION)]
    added = []
    known = {finding.ingredient for finding in found}
    for name in names:
        first, _ = clause_bounds(label, name.first)
        pre = _folded(label, first, name.first - 1) if first < name.first else ""
        asked_use, asked_allergy = _ASKED_USE.search(pre), _ASKED_ALLERGY.search(pre)
        if name.entry.ingredient in known or _EXAMPLE.search(pre) or mentions.is_weak(name, label) and not asked_use:
            continue
        if not (asked_use and name.medicine) and not asked_allergy:
            continue
        end = text.sentences[0].last if text.sentences else len(text.tokens) - 1
        quote = text.span(0, end)
        alone = len(names) == 1 and not found
        added.append(
            Finding(
                question_id=answer.question_id,
                name=label.span(name.first, name.last),
                ingredient=name.entry.ingredient,
                sort=name.entry.sort,
                status="allergy" if asked_allergy else "past" if cues.PAST.search(pre) else "current",
                start=0,
                end=len(quote),
                quote=quote,
                dose=details.dose_in(quote) if alone and not asked_allergy else None,
                frequency=details.frequency_in(quote) if alone and not asked_allergy else None,
                reaction=details.reaction_in(quote) if alone and asked_allergy else None,
                explicit=True,
            )
        )
    return added


_ASKED_USE = re.compile(r"(?:you|he|she|patient|still|ever|been|usted|ud|sigue|aun) (?:\w+ ){0,2}?(?:take|taking|use|using|on|applying|tak\w+|toma|tomando|usa|usando)(?: \w+){0,3}(?: ,)?(?: \w+){0,8}$|(?:take|taking|toma|tomando|usa) (?:\w+ ,? ?)*$")
_ASKED_ALLERGY = re.compile(r"(?:allergic to|allergies to|allergy to|reaction to|alergic[oa] a|alergia a)(?: \w+){0,6}$")
_EXAMPLE = re.compile(r"(?:such as|like|for example|e ?g|including|other than|besides|apart from|instead of|as in|stop\w*|start\w*|want you|prescrib\w+|como|por ejemplo|write|going to)(?: \w+| ,){0,8}$")


