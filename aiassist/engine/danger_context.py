"""Whether the words around a phrase of danger leave it one: negation, the past, older relatives, what is supposed, what a
medicine is for, and figures of speech.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from aiassist.engine.phrases import Found, word_set

_BEFORE, _AFTER = 12, 10  # tokens that are looked at


_NEGATORS = word_set(
    "no not never without denies deny denied denying none don't dont didn't didnt haven't havent hasn't hasnt isn't isnt "
    "wasn't wasnt doesn't doesnt aren't ain't nor neither zero negative sin niega niego ningun ninguna ningunos ningunas nunca tampoco ni jamas nada"
)
# After a negator, these make it deny something else: "not sure", "no doubt", "I don't know if".
_NO_DENIAL = word_set(
    "deja dejo dejado para parar only just sure doubt idea know think relief better stop solo se seguro joke joking kidding lying feeling good well ok okay able tengo_idea mejora importa matter bueno bien"
)
_CONTRAST = word_set("but pero however except although though aunque yet sino still because cause porque then entonces")
_SUBJECTS = word_set(
    "i i'm im i've ive my he she he's she's we it it's they you the me mi yo tengo siento estoy esta tiene el ella creo have having feel feeling please help"
)
_CLAUSE_SUBJECTS = word_set("se le i i'm im i've he he's she she's they it's we my mi me tengo siento")
# A clause or an object of the negated verb may follow these: "I don't think I …", "no pain in my …", "don't have my …".
_THAT = word_set(
    "me se lo la no think believe say said saying feel mean that if creo que have had has having in of on to at from with for or and ni en de con por y , about like when hurt hurts need want"
)
_DENIED_AFTER = word_set(
    "no none denied denies negative never nope ninguno ninguna nunca nada nil na n/a negativo niega absent"
)

_PAST = word_set(
    "history hx h/o childhood previously prior former historial antecedente antecedentes historia "
    "secundaria preparatoria pasado infancia decades teenager teens"
)
_LONG_TIMES = word_set("anos ano meses mes semanas")
_PAST_PAIRS = frozenset([
    ("last", "year"), ("as", "a"), ("when", "i"), ("in", "the"), ("years", "ago"), ("months", "ago"), ("weeks", "ago"),
    ("yrs", "ago"), ("year", "ago"), ("month", "ago"), ("years", "back"), ("de", "nino"), ("de", "nina"), ("cuando", "era"),
    ("cuando", "tenia"), ("de", "chico"), ("de", "chica"), ("used", "to"), ("in", "college"), ("in", "high"), ("in", "school"), ("una", "vez"), ("passed", "once"), ("out", "once"), ("once", "in"), ("last", "summer"), ("ano", "pasado"), ("last", "month"), ("back", "in"), ("de", "joven"),
])  # fmt: skip
_PAST_AFTER_PAIR = {("as", "a"): word_set("child kid baby teen teenager young"), ("when", "i"): word_set("was were"), ("in", "the"): word_set("past nineties eighties 90s 80s 70s 60s")}  # fmt: skip
_RECENT = word_set(
    "now today tonight morning just currently again started starting sudden suddenly yesterday minutes hours hour ahora hoy anoche recien ahorita ayer horas minutos repente esta "
    "still immediately help ayuda"
)
_FIRST_PERSON = word_set("i i'm im i've me my we our yo mi me estoy tengo siento")
_RELATIVES = word_set(
    "father mother dad mom mum brother sister uncle aunt grandfather grandmother grandma grandpa cousin family parents "
    "fathers mothers dad's mom's father's mother's padre madre abuelo abuela tio tia hermano hermana primo prima familia suegro suegra grandparents grandparent familiar fam papa mama"
)
_TOLD_OF = frozenset([(",",), ("in",), ("on",), ("of",), ("de",), ("en",)])  # "stroke (mother)", "infarto en mi padre"
_RELATIVE_PAST = word_set("had died suffered passed runs committed tuvo murio sufrio fallecio padecio")
_RELATIVE_WITH = word_set("has history with of from de con had")  # right after the relative
_SUPPOSED = word_set(
    "if case whenever risk risks prevent prevents preventing prevention avoid treat treats treating causes cause causing effects effect warning evitar prevenir riesgo causar causa previene handle specialize atienden tratan screening article movie news song brochure pamphlet poster video"
)
_SUPPOSED_PAIRS = frozenset([("can", "cause"), ("could", "cause"), ("may", "cause"), ("do", "you"), ("does", "the"), ("en", "caso"), ("puede", "causar"), ("side", "effects"), ("afraid", "of"), ("fear", "of"), ("scared", "of"), ("miedo", "a")])  # fmt: skip
_PURPOSE = word_set("for para prn needed against por")
_REAL_PURPOSE = word_set(
    "here appointment appt come came coming seen visit call calling help er hospital went going reason cita consulta vengo ayuda voy urgencias emergency care attention doctor checked"
)
_UNREAL_AFTER = word_set(
    "clinic prevention hotline disorder disorders specialist screening test tests awareness class unit protocol precautions watch squad medicine medication meds pills pill killer killers killing relief management cream patch risk support rehab survivor x xray cold congestion infection ct scan"
)
_LAUGHS = word_set(
    "lol lmao haha hahaha jaja jajaja jajajaja jk rofl lmfao jeje joking kidding laughing laughed laugh broma risa"
)
_JOKES = word_set(
    "bill price cost saw figuratively jokes joke score game suspense shoes traffic commute cuenta factura precio trafico copay"
)
_ATTACKS = word_set("attack atack attak attck infarto ataque")
_REACTIONS = frozenset(["breath", "allergy", "chest", "fainting", "seizure", "bleeding", "pain"])
_GIVES = word_set("gives gave makes made causes caused causa da dan provoca produce")
_NOW = word_set("new now today tonight since started yesterday nueva nuevo ahora hoy ayer anoche desde")
_TRIGGERS = word_set(
    "alergia alergico alergica alergias allergic allergy allergies gives makes causes cause made da causa hace hizo cuando when whenever dio with"
)
_GOING_ON = word_set(
    "stung just today picado picada ahora is are hinchando cerrando inflamando esta estan closing started starting keeps swollen getting feels feel got having now"
)
# Of these kinds (of any if empty), after a phrase that ends so, with one of these words within so many.
_HARMLESS: tuple[tuple[frozenset[str], frozenset[str], frozenset[str], int], ...] = (
    (frozenset(["stroke"]), word_set("stroke"), word_set("luck genius midnight"), 3),
    (frozenset(["stroke"]), word_set("arm arms leg hand"), word_set("above over past higher overhead"), 1),
    (frozenset(["self_harm"]), word_set("wake"), word_set("late early earlier later on"), 2),
    (
        frozenset(["stroke"]),
        word_set("confused confundido confundida"),
        word_set("by about with on as why which what where con por"),
        1,
    ),
    (frozenset(["self_harm"]), word_set("cortar"), word_set("pelo cabello unas"), 2),
    (frozenset(), word_set("collapsed labor"), word_set("stroller vein veins law union day"), 1),
    (frozenset(), word_set("swallow tragar"), word_set("pills pill tablets pastillas pastilla capsules"), 3),
    (frozenset(), word_set("out"), word_set("flyers candy papers cards leaflets food samples invitations gifts"), 1),
)
_DIE = word_set("die dying muriendo morir morirme muero")
_BLEEDING, _MONEY, _IN = word_set("bleeding bleed"), word_set("me us money cash dry"), word_set("in at en of de")
_DROWNING = word_set("drowning drowned ahogo ahoga ahogando suffocating asfixiando asfixio")
_WATER = word_set(
    "pool water bath tub lake river ocean sea agua alberca piscina tina rio mar flema flemas saliva sangre blood fluid"
)
_DYING_OF = word_set(
    "to laughing hunger boredom embarrassment curiosity heat hungry thirst for risa ganas hambre sed sueno frio calor verguenza pena aburrimiento curiosidad amor nervios envidia ansias emocion coraje antojo waiting excitement"
)
_DID_NOT = word_set("didn't didnt")
_PLAIN_NEGATORS = word_set("no not without sin never isn't isnt don't dont nunca ni nor")
_WITHOUT_NEGATORS = frozenset(["chest", "pain"])
_MOVES = word_set(
    "moving moved move movement movements kicking kicked kick kicks pateado baby bebe patadas patea mueve moverse movido siento"
)
_OWN_NEGATIONS = word_set(
    "no not can't cant cannot won't wont isn't isnt doesn't doesnt don't dont couldn't hasn't never"
)
_STRENGTHS = word_set("mg mcg ml")  # "took 20 mg tablets" counts no tablets
_SERIOUS = frozenset(["self_harm", "poisoning", "violence"])
_JOKABLE = frozenset(["dying", "chest", "emergency", "stroke", "pain", "fainting", "violence", "breath", "seizure"])
_INHERITED = frozenset(
    ["chest", "stroke", "seizure", "bleeding", "fainting", "breath", "self_harm", "allergy", "pain", "poisoning"]
)
_TREATED = frozenset(
    ["chest", "breath", "seizure", "stroke", "bleeding", "pain", "allergy", "fainting", "poisoning", "child"]
)

WORDS = (
    _NEGATORS | _NO_DENIAL | _CONTRAST | _SUBJECTS | _PAST | _RECENT | _RELATIVES | _RELATIVE_PAST | _RELATIVE_WITH | _SUPPOSED | _PURPOSE
    | _REAL_PURPOSE | _UNREAL_AFTER | _JOKES | _LAUGHS | _DYING_OF | _LONG_TIMES | _WATER | _PLAIN_NEGATORS | _MOVES
    | _CLAUSE_SUBJECTS | _THAT | _TRIGGERS | _GOING_ON | _GIVES | _NOW
    | frozenset(word for pair in _PAST_PAIRS for word in pair) | frozenset(["hace", "family", "familiar", "familiares"])
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A phrase and the words of its sentence around it; a comma is a word of its own."""

    before: tuple[str, ...]
    inside: tuple[str, ...]
    after: tuple[str, ...]


def around(words: Sequence[str], commas: Set[int], found: Found) -> Surroundings:
    """What is said before, in and after a phrase, inside its sentence."""
    first, last = found.start, found.end
    while first < last and words[first] == "<end>":
        first += 1
    while last > first and words[last - 1] == "<end>":
        last -= 1
    start, end = first, last
    while start > 0 and words[start - 1] != "<end>" and first - start < _BEFORE:
        start -= 1
    while end < len(words) and words[end] != "<end>" and end - last < _AFTER:
        end += 1
    return Surroundings(
        tuple(_said(words, commas, start, first)),
        tuple(words[first:last]),
        tuple(_said(words, commas, last - 1, end)[1:]) + _answer_after(words, end),
    )


def _said(words: Sequence[str], commas: Set[int], start: int, end: int) -> list[str]:
    said: list[str] = []
    for at in range(start, end):
        said.append(words[at])
        if at in commas:
            said.append(",")
    return said


def _answer_after(words: Sequence[str], end: int) -> tuple[str, ...]:
    """ "Chest pain? No." has its denial in a sentence of its own."""
    if end + 2 < len(words) and words[end] == "<end>" and words[end + 2] == "<end>" and words[end + 1] in _DENIED_AFTER:
        return ("?", words[end + 1])
    return ()


def counts(kind: str, said: Surroundings) -> bool:
    """Whether a phrase is a danger where it stands."""
    if (
        _is_negated(said)
        or _is_negated_inside(kind, said)
        or _is_denied_after(said)
        or _is_figure_of_speech(kind, said)
    ):
        return False
    everything = {*said.before, *said.inside, *said.after}
    recent = bool(everything & _RECENT)
    if kind in _INHERITED and _is_of_a_relative(said) and not recent:
        return False
    if _is_past(said):
        return False
    if kind != "poisoning" and said.after[:1] and said.after[0] in _UNREAL_AFTER and not _is_cold_sweat(said):
        return False
    if kind == "emergency" and _is_notice(said):
        return False
    if kind not in _SERIOUS and _is_supposed(said):
        return False
    if kind == "poisoning" and set(said.inside) & _STRENGTHS:
        return False
    return not (kind in _TREATED and not recent and _is_purpose(said))


def _is_negated(said: Surroundings) -> bool:
    """A negator before the phrase whose scope reaches it: no contrast, no clause of its own in between.

    A phrase that begins with a negation of its own ("can't breathe") has no other's.
    """
    if said.inside[0] in _OWN_NEGATIONS:
        return False
    before = said.before
    for distance, word in enumerate(reversed(before), start=1):
        at = len(before) - distance
        following = before[at + 1 :]
        if word in _CONTRAST:
            return False
        if word not in _NEGATORS:
            continue
        if any(other in _NO_DENIAL for other in following[:2]):
            return False
        if (
            word == "no"
            and following
            and following[0] in ("i", "i'm", "im", "my", "we", "he", "she", "it", "it's", "please", "the")
        ):
            return False
        return not _starts_anew([word, *following]) and len([other for other in following if other != ","]) <= 9
    return False


def _starts_anew(words: Sequence[str]) -> bool:
    """Whether a clause of its own begins after a negator: "it isn't working, I have …", "can't come my chest …"."""
    for one, other in pairwise(words):
        if one == "," and other in _SUBJECTS:
            return True
        if other in _CLAUSE_SUBJECTS and one not in _THAT and one not in _NEGATORS:
            return True
    return False


def _is_negated_inside(kind: str, said: Surroundings) -> bool:
    """ "12 weeks pregnant, no bleeding": a denial in a gap of a phrase that has none of its own."""
    if kind == "pregnancy":
        return said.inside[-1] not in _MOVES and bool(set(said.inside[:-1]) & _PLAIN_NEGATORS)
    if said.inside[0] in _PLAIN_NEGATORS:
        return False
    if kind == "head_injury":
        return said.inside[-1] in ("head", "skull", "cabeza") and bool({*said.inside} & (_PLAIN_NEGATORS | _DID_NOT))
    return kind in _WITHOUT_NEGATORS and bool(set(said.inside) & _PLAIN_NEGATORS)


def _is_denied_after(said: Surroundings) -> bool:
    """ "chest pain: none", "dolor de pecho: no"."""
    after = said.after
    for at in range(min(3, len(after) - 1)):
        if after[at] in (",", "?") and after[at + 1] in _DENIED_AFTER:
            return len(after) == at + 2 or after[at + 2] == ","
    return len(after) == 1 and after[0] in _DENIED_AFTER


def _is_figure_of_speech(kind: str, said: Surroundings) -> bool:
    """What is said as a joke, of other things than the body, or of what an allergy does whenever."""
    if _is_joke(kind, said):
        return True
    if said.inside[-1] in _DIE or kind == "dying":
        follow = [word for word in said.after[:3] if word not in ("of", "de", "from", "a", "la", "los")]
        if follow and follow[0] in _DYING_OF:
            return True
    if kind == "bleeding" and any(
        one in _BLEEDING and two in _MONEY for one, two in pairwise((*said.inside, *said.after))
    ):
        return True
    if said.inside[-1] in _DROWNING and said.after[:1] and said.after[0] in _IN:
        return not set(said.after[1:4]) & _WATER
    if _goes_on_harmlessly(kind, said):
        return True
    return kind == "allergy" and _is_habit(said)


def _is_joke(kind: str, said: Surroundings) -> bool:
    """ "a heart attack when I saw the bill", "dying of laughter lol"; a chest that hurts is no joke."""
    words = {*said.before, *said.inside, *said.after}
    if kind == "chest":
        return bool(words & (_JOKES | _LAUGHS)) and bool(set(said.inside) & _ATTACKS)
    return kind in _JOKABLE and bool(words & (_JOKES | _LAUGHS))


def _goes_on_harmlessly(kind: str, said: Surroundings) -> bool:
    """Whether what follows makes a phrase harmless: "wake up late", "lift my arm above", "a stroke of luck"."""
    last, after = said.inside[-1], said.after
    for kinds, ends, harmless, reach in _HARMLESS:
        if (not kinds or kind in kinds) and last in ends and set(after[:reach]) & harmless:
            return True
    return kind in _REACTIONS and bool(set(said.before[-4:]) & _GIVES) and not {*said.before, *after} & _NOW


def _is_habit(said: Surroundings) -> bool:
    """What an allergy does whenever: "alergia a la penicilina, se me hincha la cara", "makes my lips swell"."""
    return bool(set(said.before) & _TRIGGERS) and not {*said.inside, *said.before} & _GOING_ON


def _is_of_a_relative(said: Surroundings) -> bool:
    """ "my father had a stroke", "heart attack (mother)"; not "my father is having one"."""
    before = said.before[-6:]
    if "family" in before or "familiar" in before or "familiares" in before:
        return True
    for at, word in enumerate(before):
        if word in _RELATIVES:
            told = bool({*before[at + 1 :], *said.inside[:1]} & _RELATIVE_PAST)
            return told or before[at + 1 : at + 2] == (",",) or bool({*before[at + 1 : at + 2]} & _RELATIVE_WITH)
    return said.after[:1] in _TOLD_OF and any(word in _RELATIVES for word in said.after[1:3])


def _past_marks(words: Sequence[str]) -> list[int]:
    """Where a text tells of the past: a year, "history of", "3 years ago", "hace 8 años", "as a child"."""
    marks = []
    for at, word in enumerate(words):
        pair = (word, words[at + 1] if at + 1 < len(words) else "")
        third = words[at + 2] if at + 2 < len(words) else ""
        in_pair = pair in _PAST_PAIRS and (pair not in _PAST_AFTER_PAIR or third in _PAST_AFTER_PAIR[pair])
        if word in _PAST or _is_year(word) or in_pair or (word == "hace" and {pair[1], third} & _LONG_TIMES):
            marks.append(at)
    return marks


def _is_past(said: Surroundings) -> bool:
    """Whether the past is told of, and no word of the present stands nearer to the phrase."""
    words = [*said.before, *said.inside, *said.after]
    first, last = len(said.before), len(said.before) + len(said.inside) - 1
    distance = [max(first - at, at - last, 0) for at in range(len(words))]
    past = min((distance[at] for at in _past_marks(words)), default=None)
    if past is None:
        return False
    recent = min((distance[at] for at, word in enumerate(words) if word in _RECENT), default=_BEFORE + _AFTER)
    return past <= recent


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word[:2] in ("19", "20")


def _is_cold_sweat(said: Surroundings) -> bool:
    """ "sweating cold", which is no cold."""
    return said.after[0] == "cold" and said.inside[-1].startswith("sweat")


def _is_notice(said: Surroundings) -> bool:
    """ "If you have an emergency, call 911": what offices and mailboxes write."""
    before = [word for word in said.before if word != ","]
    conditions = (("if", "you"), ("if", "this"), ("in", "case"), ("for", "emergencies"), ("for", "an"), ("si", "usted"), ("si", "tiene"), ("si", "es"), ("en", "caso"))  # fmt: skip
    return any(pair in conditions for pair in pairwise(before)) and not set(before) & _FIRST_PERSON


def _is_supposed(said: Surroundings) -> bool:
    """ "if I have chest pain", "can cause bleeding", "do you treat strokes"."""
    before = [word for word in said.before[-5:] if word != ","]
    if set(before[-4:]) & _SUPPOSED and not set(before) & _CONTRAST:
        return True
    return any(pair in _SUPPOSED_PAIRS for pair in pairwise(before)) and "think" not in before


def _is_purpose(said: Surroundings) -> bool:
    """ "aspirin for chest pain" in a list of medicines; not "here for chest pain"."""
    for distance in (1, 2):
        if len(said.before) >= distance and said.before[-distance] in _PURPOSE:
            lead = said.before[:-distance][-4:]
            return not set(lead) & _REAL_PURPOSE and bool(lead)
    return False
