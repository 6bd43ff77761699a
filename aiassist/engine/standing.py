"""The verdict on one name: taken, past, denied, another person's, harmful, tolerated. Uses what stands before the name
(`clauses`), what follows it, and the topic.
"""

# Tables of patterns read better unwrapped.

import re
from dataclasses import dataclass

from aiassist.engine import cues, details, mentions, relations, windows
from aiassist.engine.answer_reading import Reading
from aiassist.engine.clauses import Said, instruction_in
from aiassist.engine.findings import FindingStatus
from aiassist.engine.mentions import Name
from aiassist.engine.schema import Answer
from aiassist.engine.segments import pieces_of
from aiassist.engine.text import LONGEST_CLAUSE, Text, clause_bounds, folded_span, gap_mark, parse, with_apostrophe

EXCEPTED = 12  # words before a name in which "everything except" is looked for
NEAR = 45  # characters between a name and the first cue behind it
_LIST_WORDS = frozenset(["and", "or", "y", "o", "e", "the", "la", "el", "both"])
_GOES_ON = frozenset(
    [
        *("it", "that", "this", "they", "both", "me", "i", "reaction", "causes", "gives", "made", "gave", "da", "dio"),
        *("se", "not", "maybe", "had", "haven't", "havent", "stopped", "ran", "no"),
    ]
)
_PLURAL = re.compile(
    r"(?<!\w)(?:both|all|they|them|those|these|are|were|have|give|make|cause|do|don't|upset|ambos|ambas|todos|todas|son|me (?:dan|hacen|causan|producen|caen|provocan|sacan))(?!\w)"
)
_TREATED_AFTER = re.compile(rf" (?:\w+ ){{0,4}}?{cues.ALLERGY_TREATED.pattern}")
_A_YEAR = re.compile(r"(?:in|en) (?:19|20)\d\d(?= ?$| ?,)")
_STOPPED_ANOTHER = re.compile(r"(?:stopped|quit|finished|deje)$")
_ANOTHER = re.compile(r" (?!taking|using|tomar|usar|de )(?:\w+ing|my|the|de (?!tomar|usar)\w+)")
_QUESTION_MARK = re.compile(r"^\s{0,2}\(?\?")


@dataclass(frozen=True, slots=True)
class Behind:
    """What follows a name in its clause, past the rest of a list of names.

    `cues` is the same without doses and frequencies. `shared` when names of a list stand between and the words are
    not plainly about all of them.
    """

    words: str
    cues: str
    shared: bool


def behind(text: Text, names: list[Name], index: int) -> Behind:
    """What follows a name ("aspirin and ibuprofen give me hives": the same for both)."""
    _, last = clause_bounds(text, names[index].first)
    sentence = text.sentence_of(names[index].first)
    following = next((other for other in names[index + 1 :] if other.first > last), None)
    if following is None or following.first > sentence.last:
        last = min(sentence.last, names[index].last + LONGEST_CLAUSE)
    elif (piece := pieces_of(text.raw).of(following.first)) and piece.first > last + 1:
        last = min(piece.first - 1, names[index].last + LONGEST_CLAUSE)
    stop, position, here, joined = last, index, names[index].last, False
    while position + 1 < len(names) and names[position + 1].first <= last:
        between = text.norms[here + 1 : names[position + 1].first]
        if not all(word in _LIST_WORDS for word in between) or any(mark in text.gap(here) for mark in ";("):
            stop = names[position + 1].first - 1
            break
        joined = joined or bool(between)
        position += 1
        here = names[position].last
    own = _words(text, here, stop)
    if position == index:
        return Behind(own, _without_details(text, here, stop), False)
    plural = bool(_PLURAL.search(own[:40]))
    if not plural and not joined:
        return Behind("", "", False)
    return Behind(own, _without_details(text, here, stop), not plural)


def _words(text: Text, here: int, stop: int) -> str:
    if here >= stop:
        return ""
    mark = gap_mark(text, here)
    return f" {mark} {folded_span(text, here + 1, stop)}" if mark else " " + folded_span(text, here + 1, stop)


def _without_details(text: Text, here: int, stop: int) -> str:
    """The words after `here` up to `stop` without those of doses and frequencies, with the marks between them."""
    spans = [span for span in details.spans_in(text.raw) if span.kind != "time"]
    out, at = [mark] if (mark := gap_mark(text, here)) else [], 0
    for index in range(here + 1, stop + 1):
        token = text.tokens[index]
        while at < len(spans) and spans[at].end <= token.start:
            at += 1
        covered = at < len(spans) and spans[at].start <= token.start
        if not covered and not (token.norm[0].isdigit() and index == here + 1):
            out.append(with_apostrophe(token.norm))
        if (mark := gap_mark(text, index)) and (not out or out[-1] != mark):
            out.append(mark)
    return " " + " ".join(out) if out else ""


def next_sentence(text: Text, names: list[Name], index: int) -> str:
    """The sentence after the name's own, when it goes on about the name ("It gave me a rash")."""
    sentence = text.sentence_of(names[index].first)
    if index + 1 < len(names) and names[index + 1].first <= sentence.last:
        return ""
    following = text.sentence_after(sentence)
    if following is None or text.norms[following.first] not in _GOES_ON or "\n" in text.gap(sentence.last):
        return ""
    if index + 1 < len(names) and names[index + 1].first <= following.last:
        return ""
    return " " + folded_span(text, following.first, min(following.last, following.first + LONGEST_CLAUSE))


# A status read after an instruction about what to record is not certain.
_AFTER_INSTRUCTION: dict[FindingStatus, FindingStatus] = {"current": "doubtful", "allergy": "unsure"}


def status_of(reading: Reading, index: int, said: Said) -> FindingStatus | None:
    """The verdict on one name; None when the words prove nothing."""
    answer, text, names = reading.answer, reading.text, reading.names
    name = names[index]
    after = behind(text, names, index)
    instruction = instruction_in(text.raw)
    if instruction >= 0 and text.sentence_of(name.first).first == text.sentence_of(instruction).first:
        return "asked"
    family = _is_anothers(answer, text, name, said, after)
    if family is not None:
        return family
    treated = bool(_TREATED_AFTER.match(after.words))
    status = _harm(reading, index, said, after, treated)
    if status is None and name.medicine is not None:
        status = _use(reading, index, said, after, treated)
    if instruction >= 0 and name.first > instruction:
        return _AFTER_INSTRUCTION.get(status, status) if status else None
    return status


def _is_anothers(answer: Answer, text: Text, name: Name, said: Said, after: Behind) -> FindingStatus | None:
    """`family` for a relative's, `doubtful` for a relative's that the patient takes; None for the patient's own."""
    if said.other and answer.topic == "medications" and _takes_a_relatives(text, name, after.words):
        return "doubtful"
    if said.other and answer.topic == "allergies" and _OWN_DOUBT.search(after.words):
        return "unsure"
    if said.other or answer.topic == "family_history":
        return "family"
    if said.child and not cues.CHILDREN.search(" ".join(parse(answer.label).norms)):
        return "family"
    tail = after.words.strip()
    if cues.FAMILY_AFTER.match(tail) and (said.third or "family" in tail):
        return "family"
    if answer.topic in ("medications", "allergies") and _RELATIVE_BEHIND.match(after.cues):
        return "family"
    return None


# "mum is allergic to penicillin, not sure if I am"
_OWN_DOUBT = re.compile(
    r"(?:not sure|don't know|dont know|unsure|no idea|maybe|might be|may be|possibly|wonder|never tested|no se|no estoy segur[oa]|quizas?|tal vez)(?: \w+){0,4} (?:i|i'm|im|me|myself|yo|soy|am)(?!\w)|(?:i|yo) (?:might|may|could|don't know|no se)"
)
_RELATIVE_BEHIND = re.compile(rf"[ ,:]{{0,8}}{cues.RELATIVES_AFTER.pattern}")


def _takes_a_relatives(text: Text, name: Name, post: str) -> bool:
    """ "my wife's ambien sometimes", written where the patient is asked what they take, and nothing else about her."""
    nothing_else = not post.strip() or bool(details.frequency_in(post) or cues.NOW_AND_THEN.search(post))
    return nothing_else and bool(cues.RELATIVES_OWN.search(_lead(text, name)))


# --- harm


def _harm(reading: Reading, index: int, said: Said, after: Behind, treated: bool) -> FindingStatus | None:
    """Whether the patient reacts to the substance, denies it, or (None) the talk is of taking it."""
    answer, text, names = reading.answer, reading.text, reading.names
    name, following = names[index], next_sentence(text, names, index)
    if said.tolerated and not said.denied and _is_contrasted(text, name, after):
        return _how_sure(text, name, said, after, following)
    reacts = _reacts_after(after.words, mild=answer.topic == "allergies")
    if said.not_allergic and not reacts:
        return "not_allergic"
    if said.not_allergic:
        return "unsure" if _is_harmless_ahead(text, name) else _how_sure(text, name, said, after, following)
    if answer.topic == "allergies" and name.medicine is not None and _is_remedy(text, name, said, after):
        return None
    if answer.topic == "allergies" and not after.shared and cues.HARMLESS_AFTER.match(after.words.strip(" ,:")):
        return _of_harmless(text, name, said)
    told = _is_told(answer, name, said, after, following, reacts)
    if answer.topic == "allergies" and not reacts and _is_excepted(text, name):
        return "unsure"
    if told and (said.allergy or not treated):
        return _of_told(said, reacts) or _how_sure(text, name, said, after, following)
    if answer.topic == "allergies" and not treated:
        return _by_topic(text, name, said, after, following)
    return None


# "Toradol no", "la aspirina no": of an allergy it may mean either.
_NO_BEHIND = re.compile(r"[ ,:]{0,3}(?:not?|nope)(?= ?$| ?[,;.):])")
_REACTION_BEHIND = re.compile(rf"[ ,:]{{0,3}}(?:not?|nope)[ ,:;]{{0,3}}{details.REACTION.pattern}", re.I)
_EXCEPTING = frozenset(["but", "except", "besides", "than", "from", "excepto", "salvo", "menos", "pero", "for", "de"])
_EXCEPTION = re.compile(
    r"(?:but|except(?: for)?|besides|other than|aside from|apart from|excepto|salvo|menos|aparte de)"
    r"(?: (?:the|my|a|al|el|la|los|las))?$"
)
_EVERYTHING = re.compile(
    r"(?<!\w)(?:every\w*|all|any\w*|most|todo|todos|toda|todas|cualquier\w*)(?: [\w']+){0,5}"
    r"(?: ,)? (?:but|except|besides|other|aside|apart|excepto|salvo|menos|aparte)(?!\w)"
)


def _of_told(said: Said, reacts: bool) -> FindingStatus | None:
    """The verdict where harm is told and denied or asked about; None where it is asserted."""
    if said.negated >= 0 and not said.allergy and not reacts:
        return "not_allergic"
    return "asked" if said.asked and not said.allergy else None


def _of_harmless(text: Text, name: Name, said: Said) -> FindingStatus:
    """The verdict on what is said to do no harm: a doctor should still see an allergy that was."""
    return "unsure" if said.allergy and _WAS_ALLERGIC.search(_lead(text, name)) else "not_allergic"


def _is_harmless_ahead(text: Text, name: Name) -> bool:
    """Whether a denial or a word of tolerance stands before the name in its own piece."""
    piece = pieces_of(text.raw).of(name.first)
    lead = folded_span(text, piece.first, name.first - 1) if piece else ""
    return any(pattern.search(lead) for pattern in (cues.NO_PROBLEM, cues.TOLERATED, cues.NEGATION))


def _is_contrasted(text: Text, name: Name, after: Behind) -> bool:
    """Whether what is tolerated is set against the name: "tolero la amoxicilina, [la cefalexina] no"."""
    piece = pieces_of(text.raw).of(name.first)
    return (
        bool(_NO_BEHIND.match(after.words)) and piece is not None and piece.before in ("comma", "stop", "line", "and")
    )


def _is_excepted(text: Text, name: Name) -> bool:
    """Whether a name is the exception of an allergy to everything: "everything makes me sick except [Tylenol]"."""
    sentence = text.sentence_of(name.first)
    first = max(sentence.first, name.first - EXCEPTED)
    if not _EXCEPTING.intersection(text.norms[max(name.first - 2, first) : name.first]):
        return False
    lead = folded_span(text, first, name.first - 1)
    return bool(
        _EXCEPTION.search(lead)
        and (match := _EVERYTHING.search(lead))
        and not cues.NEGATION.search(lead[: match.start()])
        and not cues.TOLERATED.search(lead)
        and not cues.HARMLESS_AFTER.search(lead)
    )


def _is_remedy(text: Text, name: Name, said: Said, after: Behind) -> bool:
    """Whether a medicine in an answer about allergies is what the patient takes: "Benadryl helps", "my statin"."""
    if _BECAUSE_OF_MINE.search(_lead(text, name)):
        return True
    if said.allergy:
        return False
    if cues.HELPS_AFTER.match(after.words.strip(" ,:")):
        return True
    return (
        bool(_MINE.search(_lead(text, name))) and not cues.ALLERGY_NOUN.match(after.words) and not after.words.strip()
    )


_BECAUSE_OF_MINE = re.compile(
    r"(?<!\w)(?:because of|bc of|due to|interacts with|mix with|while on|por) (?:my|mi|mis) $"
)
_CHILDHOOD = re.compile(
    r"(?<!\w)(?:as an? (?:child|kid|baby|teen\w{0,6})|when i was|childhood|de (?:nino|nina|chico|chica|bebe)|cuando era)(?!\w)"
)
_MINE = re.compile(r"(?<!\w)(?:my|mi|mis) $")
_WAS_ALLERGIC = re.compile(
    r"(?<!\w)(?:(?:was|were|used to be|had been) (?:\w+ ){0,2}allergic|(?:had|used to have) (?:an? )?(?:\w+ )?(?:allergy|reaction)|"
    r"(?:era|fui) (?:\w+ )?alergic[oa]|(?:tenia|tuve) (?:una )?(?:alergia|reaccion))(?!\w)"
)


def _is_told(answer: Answer, name: Name, said: Said, after: Behind, following: str, reacts: bool) -> bool:
    """Whether the words themselves say that the substance does harm."""
    mild = answer.topic == "allergies"
    return (
        said.allergy
        or reacts
        or bool(cues.ALLERGY_NOUN.match(after.words))
        or (said.negated < 0 and _reacts_after(following, mild=mild))
        or bool(name.allergen and "allerg" in name.allergen.name)
        or bool(cues.ALLERGY_ALSO.search(after.words) and not cues.NEGATION.search(after.words))
    )


def _by_topic(text: Text, name: Name, said: Said, after: Behind, following: str) -> FindingStatus | None:
    """What a name is in an answer about allergies whose words do not say it."""
    tail = after.words.strip(" ,:")
    if cues.HARMLESS_AFTER.match(tail):
        return "unsure" if after.shared else "not_allergic"
    if _NO_BEHIND.match(after.words) and not _REACTION_BEHIND.match(after.words):
        return "unsure"
    if said.negated >= 0 or (said.asked and not said.use):
        return "not_allergic"
    if name.medicine is not None and (
        (said.use and _strong_use(text, name)) or (said.past and not _CHILDHOOD.search(_lead(text, name)))
    ):
        return None
    return _how_sure(text, name, said, after, following)


def _how_sure(text: Text, name: Name, said: Said, after: Behind, following: str) -> FindingStatus:
    """`allergy`, or `unsure` where the patient doubts it or tolerates the substance now."""
    lead = _lead(text, name)
    ahead = lead[-60:] if not cues.ALLERGY_BEFORE.search(lead[-30:]) else lead[-90:]
    doubted = (
        said.doubtful
        or (said.reported and not said.allergy)
        or cues.MAYBE.search(ahead)
        or _QUESTION_MARK.match(text.gap(name.last))
    )
    doubted = doubted or _own_piece_doubts(after.words[:70]) or cues.MAYBE.search(following[:40])
    if doubted or cues.OUTGROWN.search(after.words[:120]) or cues.OUTGROWN.search(following[:90]):
        return "unsure"
    return "unsure" if said.past or cues.OUTGROWN.search(ahead) else "allergy"


def _own_piece_doubts(words: str) -> bool:
    """Whether the doubt behind a name is of the name: nothing else of a list stands between."""
    match = cues.MAYBE.search(words)
    return match is not None and not re.search(
        r"[,;] ?\w|(?<!\w)(?:and|y|e|or|o)(?!\w)", words[: match.start()].strip(" ,:") + " "
    )


def _reacts_after(post: str, *, mild: bool) -> bool:
    """Whether the words right after say that the substance does harm: the verb and, within reach, a reaction.

    `mild` also counts what any medicine may do ("makes me tired"): where allergies are asked for.
    """
    match = cues.ALLERGY_AFTER.search(post[:70])
    if match is None or match.start() > 24 or cues.NEGATION.search(post[: match.start()]):
        return False
    reaction = details.REACTION if mild else details.SEVERE_REACTION
    return bool(reaction.search(post[match.start() : match.start() + 90]))


# --- use


def _use(reading: Reading, index: int, said: Said, after: Behind, treated: bool) -> FindingStatus | None:
    """Whether and when a medicine is taken."""
    answer, text, names = reading.answer, reading.text, reading.names
    name, tail = names[index], after.words.strip()
    asked_for = answer.topic == "medications"
    status = relations.switch_of(text, names, index) or _as_said(reading, index, said, after)
    if status is not None:
        return status
    if _is_denied_next(text, name):
        return "negated"
    if not said.use and _A_YEAR.match(tail):
        return "past"
    if mentions.is_weak(name, text) and (_FOR.search(_lead(text, name)) or not (asked_for or said.use or said.recent)):
        return None
    unnamed = text.norms[name.first] in _UNNAMED and name.medicine is not None and name.medicine.sort == "lay"
    if said.doubtful or said.reported or unnamed or (asked_for and _is_doubted(text, name, after)):
        return "doubtful"
    return _as_taken(said, tail, asked_for=asked_for, treated=treated)


def _as_said(reading: Reading, index: int, said: Said, after: Behind) -> FindingStatus | None:
    """What the cues before and behind a name say: denied, past, asked about, stopped, started again."""
    standing = _standing(reading, index, after)
    if said.negated >= 0:
        return "past" if cues.PAST_AFTER.match(after.words.strip()) else "negated"
    if said.past and standing != "current":
        return "past"
    if said.asked:
        asked_of_use = cues.ASKED_OF_USE.search(_lead(reading.text, reading.names[index]))
        return "unclear" if asked_of_use else "asked"
    return standing


def _as_taken(said: Said, tail: str, *, asked_for: bool, treated: bool) -> FindingStatus:
    """What a medicine is of which nothing else is said than that it is taken, was taken lately, or is named."""
    if cues.INEFFECTIVE.match(tail) and not said.use:
        return "unclear"
    if said.recent or (not asked_for and cues.RECENT_AFTER.match(tail)):
        return "recent"
    return "current" if said.use or asked_for or treated else "unclear"


_UNNAMED = frozenset(["something", "algo", "stuff", "cosa"])  # "something for sleep": taken, and not named
# "something for my thyroid": what the medicine is for.
_FOR = re.compile(r"(?<!\w)(?:for|para|por) (?:(?:my|the|low|high|la|el|los|las|mi|mis) ){0,2}$")


def _is_doubted(text: Text, name: Name, after: Behind) -> bool:
    lead = _lead(text, name)
    return bool(
        re.search(
            r"(?:^|[ ,])(?:maybe|perhaps|possibly|quizas?|tal vez|not sure if)[ ,:]{0,3}(?:it's |its |the |on |a )?$",
            lead,
        )
        or _QUESTION_MARK.match(text.gap(name.last))
        or cues.MAYBE.match(after.cues.strip(" ,:"))
    )


_STANDING: tuple[tuple[FindingStatus, re.Pattern[str]], ...] = (
    ("current", cues.RESUMED_AFTER),
    ("doubtful", cues.DOUBTED_AFTER),
    ("negated", cues.NOT_STARTED_AFTER),
    ("past", cues.STOPPED_AFTER),
    ("negated", cues.NOT_TAKEN_AFTER),
    ("past", cues.PAST_AFTER),
)


def _standing(reading: Reading, index: int, after: Behind) -> FindingStatus | None:
    """How things are with a medicine by the words behind it: the last cue of a run that begins near the name."""
    text, names = reading.text, reading.names
    words = after.cues[:240]
    events: list[tuple[int, int, FindingStatus]] = []
    for status, pattern in _STANDING:
        for match in pattern.finditer(words):
            overlaps = any(match.start() < end and start < match.end() for start, end, _ in events)
            if not overlaps and not _is_of_another(words, match):
                events.append((match.start(), match.end(), status))
    reached, last = NEAR, None
    for start, end, status in sorted(events):
        if start > reached or (
            last is None and cues.FRESH.search(words[:start]) and status not in ("doubtful", "negated")
        ):
            break
        reached, last = end + NEAR, status
    if last in ("past", "negated") and windows.has_new_dose(reading, index):
        return None
    following = next_sentence(text, names, index).strip() if last is None else ""
    if following and cues.STOPPED_AFTER.match(following):
        last = "past"
    elif following and cues.DOUBTED_AFTER.match(following):
        last = "doubtful"
    return "doubtful" if last is not None and last != "current" and after.shared else last


def _is_of_another(words: str, match: re.Match[str]) -> bool:
    """Whether a cue is of something else: "stopped smoking", a bare time in another piece ("no hospital since last
    winter").
    """
    if _STOPPED_ANOTHER.search(match.group()) and _ANOTHER.match(words, match.end()):
        return True
    if not _A_TIME.fullmatch(match.group()):
        return False
    lead = words[: match.start()]
    return bool("," in lead.strip(" ,") or _SINCE.search(lead) or len(lead) > 30)


_A_TIME = re.compile(
    r"(?:\w+ )?(?:years?|months?) ago|in the past|last \w+|hace (?:\w+ )?(?:anos|meses)|en el pasado|el ano pasado|back in|until|hasta|any ?more"
)
_SINCE = re.compile(
    r"(?:since|for|every|from|desde|started|began|empece|inicie|on (?:it )?for|by|about|start|starting)(?: the| la| el| (?:in|about|around))? $"
)


def _strong_use(text: Text, name: Name) -> bool:
    return bool(cues.STRONG_USE.search(_lead(text, name)))


def _lead(text: Text, name: Name) -> str:
    """The folded words of the clause before a name, with a space behind them."""
    first, _ = clause_bounds(text, name.first)
    words = folded_span(text, first, name.first - 1)
    return f"{words} " if words else ""


def _is_denied_next(text: Text, name: Name) -> bool:
    """Whether the name is a question that the patient asks and answers: "Warfarin? No."."""
    sentence = text.sentence_of(name.first)
    following = text.sentence_after(sentence)
    if following is None or not sentence.asks or name.first != sentence.first or following.last - following.first > 2:
        return False
    return bool(cues.DENIED.match(folded_span(text, following.first, following.last)))
