"""What the words around a name say against a list item, read apart from the rules: a dose that no longer holds, a
medicine that has ended or was never begun, a substance that does no harm, another person.

The rules and this module must both agree before an item is shown as fact.
"""

import re
from collections import Counter
from collections.abc import Iterable

from aiassist.engine import cues
from aiassist.engine.findings import Finding
from aiassist.engine.noun_scopes import Segment, in_digits, segments_of
from aiassist.engine.schema import Answer
from aiassist.engine.text import numbers_in, parse

FOLLOWING = 3  # segments after a name that may speak of it
_N = r"(?<!\S)(\d\S*)"
_GAP = r"(?: [^\W\d]\S*){0,3}?"
# The first number of each is the one that no longer holds, or does not hold yet.
_STALE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bfrom {_N}{_GAP} (?:up to|down to|to) \d",
        rf"\bde {_N}{_GAP} a \d",
        rf"\bto \d\S*{_GAP} from {_N}",
        rf"\ba \d\S*{_GAP} (?:de|desde) {_N}",
        rf"\b(?:up|down) from {_N}",
        rf"\b(?:was|were|used to be|used to take|used to use|antes|previously|formerly|tomaba|usaba|era)"
        rf"(?: (?:on|taking|at|de|era|eran|tomaba|only|just|about)){{0,2}} {_N}",
        rf"{_N}{_GAP} (?:until|hasta)(?: [^\W\d]\S*){{1,6}}? (?:now|then|ahora)\b",
        rf"{_N}{_GAP} (?:before|antes)(?= ?$| now\b| ahora\b)",
        rf"\b(?:going up to|going down to|going to|will (?:go|be|start|take|increase)|"
        rf"supposed to (?:go|start|take|increase)|van a (?:subir|bajar)|"
        rf"voy a (?:subir|bajar|tomar)|me (?:va|van) a (?:subir|bajar)){_GAP} {_N}",
        rf"{_N}{_GAP} (?:next week|next month|starting (?:next|tomorrow|on)|la proxima semana|el proximo mes)",
    )
)
_ARROW = re.compile(r"(\d[\d.,]*)\s*[a-z]{0,6}\s*(?:-+>|→|=+>|➔)\s*\d", re.I)
_NOT_BEGUN = re.compile(
    r"\b(?:offered|denied it|insurance (?:denied|would not|wouldn't|won't|does not|doesn't)|"
    r"waiting (?:for|on)|prior auth\w*|(?:\w*n't|\w*nt|not) covered|never (?:filled|picked|took|started|tried)|not covered|"
    r"(?:can't|cannot|could not|couldn't) (?:afford|get|find)|"
    r"(?:have not|haven't|havent|did not|didn't|not) (?:yet )?(?:started|start|filled|fill|picked|begun|begin)|"
    r"too expensive|back ?order\w*|out of stock|esperando|me (?:lo |la )?ofreci\w*|no (?:lo |la )?(?:consigo|cubre)|"
    r"no (?:lo |la )?(?:he (?:empezado|comenzado|tomado)|empece|compre))\b"
)
_ENDS = re.compile(
    r"^(?:and |but |y |pero |then |i |he |she |they |it |was |were |ya |me |se |la |lo |have |had |been )*"
    r"(?:ran out|run out|out of it|stopped|quit|discontinued|taken off|took me off|came off|no longer|not any ?more|"
    r"not now|not taking|acab\w+|termin\w+|deje|dejo|dejado|suspend\w+|quitaron|quito|ya no)\b"
)
# What was stopped and is taken again: "stopped for my operation, started again Monday", "lo deje y lo retome".
_RESUMED = re.compile(
    r"^(?:and |but |y |pero |then |i |it |was |were |have |had |been |now |ya |me |lo |la |he )*"
    r"(?:restarted|resumed|back on|(?:started|began|begun) (?:it |them )?(?:again|back)|again since|"
    r"retom(?:e|ado)|reinici(?:e|ado)|volvi(?:eron)? a (?:tomar|usar|empezar|comenzar)\w*|(?:empece|comence) (?:otra vez|de nuevo))\b"
)
_OVER = re.compile(
    r"\b(?:used to (?!be\b)|was on|were on|tomaba|usaba|as a (?:child|kid|teenager|teen)|"
    r"when i was (?:a |young|little|pregnant)|tried|probe|years ago|hace (?:\w+ )?anos|"
    r"antes(?= ?$)|in the past|de nin[oa])\b"
)
_HARMLESS = re.compile(
    r"\b(?:(?:is|are|was|were|do|does|did|am) (?:just |totally |now |all )?(?:fine|ok|okay|good|well|no problem)|"
    r"fine (?:now|with)|(?:it|now|but|only) (?:fine|ok|okay)|can (?:take|have|eat|use|tolerate)(?! not)|tolerat\w+|"
    r"(?:lo |la |si |bien )?tolero(?: bien)?|(?:i|he|she|we) (?:now |can |do |still |keep )*"
    r"(?:eat|eats|take|takes|taking|use|uses|drink|drinks|have) (?:it|them|those|that|this|some)\b|"
    r"(?:i've|i have|have|has) (?:\w+ )?(?:eaten|taken|used|drunk|had) (?:it|them|those|that|this|some)? ?(?:since|again|many times|lots)\b|"
    r"(?:i |we |he |she |and )(?:still |now )?(?:eat|drink|take|use)\b(?=.* (?:all the time|every|daily|regularly|a lot|often))|"
    r"(?:lo|la|los|las) (?:como|tomo|uso|sigo|puedo|he tomado|tome|comi)|sigo (?:tomand|comiend|usand)o\w*|"
    r"(?:no|w/?o|without(?: any)?|with no|zero|sin(?: ningun)?|never (?:any |had )?(?:a )?) ?"
    r"(?:problems?|issues?|trouble|reactions?|incident|complications?|problemas?|reaccion(?:es)?|complicacion(?:es)?)\b"
    r"(?! (?:breath|swallow|respir|para|al))|"
    r"nothing happened|no (?:me )?(?:paso|pasa|hizo|hace) nada|outgr[eo]w\w*|"
    r"grew out|not any ?more|ya no|no longer (?:an? )?(?:\w+ )?(?:allergic|allergy|problem|issue|react\w*)|ruled out|"
    r"(?:works?|worked|does|did) (?:good|well|fine|great|wonders?)|"
    r"(?:does|do|did)(?: not|n't)? ?(?:not )?(?:bother|hurt|affect) me|(?:doesn't|don't|didn't) (?:bother|hurt|affect)|"
    r"tests? (?:was|were|came back) neg(?:ative)?|tested neg(?:ative)?|(?:salio|dio|fue) negativ[oa]|"
    r"(?:but|and) (?:i'm|i am|he's|she's|it's) not(?= ?$)|(?:pero|y) no (?:lo )?(?:soy|es)(?= ?$)|"
    r"help(?:s|ed)? (?:with|my|for|me)|me ayuda|"
    r"(?:si )?puedo (?:tomar|comer|usar)|"
    r"no me (?:hace|da|causa) nada)\b"
)
_BARE_OK = re.compile(r"(?:^|\s)(?:ok|okay|fine|bien)\s*$")
_HARM = re.compile(
    r"\b(?:not|n't|can't|cannot|never|no) (?:\w+ ){0,2}(?:ok|okay|fine|tolerat\w+)|n't tolerat\w*|"
    r"\b(?:no|nunca) (?:lo |la |los |las )?(?:puedo|puede|debo)\b|"
    r"\b(?:no|ni|nunca|don't|can't|cannot|not) (?:(?:lo|la|los|las|me) )?tolera?\w*|"
    r"\b(?:when|if|whenever|after|every time|each time|cuando|si|cada vez que|al) (?:i|we|yo|he|she)? ?(?:\w+ )?"
    r"(?:eat|ate|take|took|use|used|drink|drank|have|had|lo|la|los|las) "
)


def stale_numbers(quotes: Iterable[str]) -> set[float]:
    """Numbers that the words call old or not begun yet, and that stand for nothing else: from 18 units to 24, was 50
    until August, 25 mg going up to 50 next week.
    """
    found: set[float] = set()
    for quote in quotes:
        said = in_digits(parse(quote).norms)
        stale: Counter[float] = Counter()
        for pattern in _STALE:
            stale.update(number for match in pattern.finditer(said) for number in numbers_in(match.group(1)))
        stale.update(number for match in _ARROW.finditer(quote) for number in numbers_in(match.group(1)))
        times = Counter(number for word in said.split() if word[0].isdigit() for number in numbers_in(word))
        found |= {number for number, count in stale.items() if times[number] <= count}
    return found


_OLD_DOSE = re.compile(
    r"[(,;]?\s{0,3}\b(?:was|used to be|antes(?: tomaba| era)?(?: de)?|previously|formerly|era de)\s{1,3}"
    r"(?:on\s{1,3})?\d[\d.,]*(?:\s{0,3}(?:mgs?|mcg|units?|unidades|ml))?(?:\s{1,3}(?:until|till|hasta|before|antes)\s{1,3}[^,;.)\n]{1,40})?\)?",
    re.I,
)


_OLD_FREQUENCY = re.compile(
    r"\b(?:was|were|used to be|used to take it|antes(?: era)?|previously|before it was|era)\s{1,3}(?:just |only )?"
    r"(?=(?:every|each|once|twice|daily|weekly|monthly|cada|diari|seman|una vez|dos veces|tres veces|three times)\b)"
    r"[^,;.)\n]*",
    re.I,
)
_REPLACED = re.compile(
    r"\b(?:replaced|changed|switched|swapped|(?:me (?:lo |la )?)?cambi(?:aron|ó|o|é|aste))\s{1,3}(?:me\s{1,3})?"
    r"(?:from\s{1,3}|de\s{1,3})?(?:my\s{1,3}|the\s{1,3}|el\s{1,3}|la\s{1,3})?[^\W\d][\w-]*(?:\s{1,3}[\w.-]+){0,3}?\s{1,3}(?:with|to|for|por|a|al)\s{1,3}",
    re.I,
)


def without_what_was(raw: str) -> str:
    """The text with spaces where it says what a dose or a medicine was before; the rest stays at its place."""
    for pattern in (_OLD_DOSE, _OLD_FREQUENCY, _REPLACED):
        raw = pattern.sub(lambda match: " " * len(match.group()), raw)
    return raw


def has_ended(finding: Finding, answer: Answer, others: Iterable[Finding]) -> bool:
    """Whether the words at a name say that it was stopped, ran out or was taken away, and not resumed since."""
    own, following = _around(finding, answer, others)
    if following and _RESUMED.search(following.folded):
        return False
    stops = "stop" in own.values.get("startstop", ()) or bool(_OVER.search(own.folded))
    return stops or bool(following and _ENDS.search(following.folded))


def was_not_begun(finding: Finding, answer: Answer, others: Iterable[Finding]) -> bool:
    """Whether the words at a name say that it was only offered, denied by an insurance, or never started."""
    own, following = _around(finding, answer, others)
    return bool(_NOT_BEGUN.search(own.folded) or (following and _NOT_BEGUN.search(following.folded)))


# "but that's my husband", "pero es mi esposo"
_OF_RELATIVE = re.compile(rf"(?:(?:but|and|pero|y) )?{cues.RELATIVES_AFTER.pattern}")


def is_of_another(finding: Finding, answer: Answer, others: Iterable[Finding]) -> bool:
    """Whether the words at a name are about a person other than the patient."""
    if cues.CHILDREN.search(" ".join(parse(answer.label).norms)):
        return False
    own, *following = _stretch(finding, answer, others)
    return bool(own.persons) or any(_OF_RELATIVE.match(segment.folded) for segment in following)


def does_no_harm(finding: Finding, answer: Answer, others: Iterable[Finding]) -> bool:
    """Whether the words at a name say that it is tolerated or helps."""
    own, *following = _stretch(finding, answer, others)
    # In "Zyrtec helps with my hay fever" the hay fever is what is treated.
    treated = re.compile(rf"\b(?:help(?:s|ed)?|ayuda) (?:me )?(?:with|for|con|para) (?:\w+ )?{_folded(finding.name)}\b")
    said = [treated.sub(" ", segment.folded) for segment in (own, *following)]
    return any((_HARMLESS.search(words) or _BARE_OK.search(words)) and not _HARM.search(words) for words in said)


def _folded(name: str) -> str:
    return re.escape(" ".join(parse(name).norms))


def _around(finding: Finding, answer: Answer, others: Iterable[Finding]) -> tuple[Segment, Segment | None]:
    """The segment of a name, and the one after it in the same sentence when that names nothing else."""
    own, *following = _stretch(finding, answer, others)
    return own, following[0] if following else None


def _stretch(finding: Finding, answer: Answer, others: Iterable[Finding]) -> list[Segment]:
    """The segment of a name, and those after it in the same sentence up to one that names something else."""
    segments = segments_of(answer.text, family_history=answer.topic == "family_history")
    at = next((i for i, segment in enumerate(segments) if segment.start <= finding.start < segment.end), None)
    if at is None:
        return [Segment(0)]
    starts = [other.start for other in others if other is not finding and other.question_id == finding.question_id]
    stretch = [segments[at]]
    for following in segments[at + 1 : at + 1 + FOLLOWING]:
        named = any(following.start <= start < following.end for start in starts)
        if following.sentence != segments[at].sentence or named:
            break
        stretch.append(following)
    return stretch


_NO_CHANGE = re.compile(
    r"\b(?:no (?:recent |new |other )?changes?|sin (?:ningun )?cambios?|ningun cambio|unchanged|"
    r"nothing (?:has |is |'s )?(?:new|changed)|"
    r"(?:has|have|hasn't|haven't|not|n't) changed|nada nuevo|nada (?:ha )?cambi\w+|no (?:ha|han) cambiado|no new ones|"
    r"(?:the |all |still )*same(?: ones?| as| meds?| medicines?| medications?| list| pills?| allergies| thing| stuff)?|"
    r"as (?:before|always|usual|last time)|(?:los?|las?) mism[oa]s?|igual(?: que)?|como siempre)\b"
)
_SAME_THING = re.compile(r"\bsame (?:time|day|way|dose|place|as (?:my|his|her))\b|al mismo tiempo|el mismo dia")


def says_no_change(words: str) -> bool:
    """Whether an answer or a quote says that nothing has changed: "no change", "same as last time", "nada nuevo"."""
    return bool(_NO_CHANGE.search(_SAME_THING.sub(" ", " ".join(parse(words).norms))))
