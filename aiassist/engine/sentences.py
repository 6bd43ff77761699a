"""Checks a free sentence: its numbers and medicines must be in the answers, its words mostly too, and no "not" may
get lost or appear.
"""

import re
from collections import Counter

from aiassist.engine import cues, mentions, rules
from aiassist.engine.lexicon import word_list
from aiassist.engine.schema import Answer, Evidence, Reason
from aiassist.engine.text import numbers_in, parse

_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|info|biz|ru|link|ly)\b|<\s*a\b|\]\(|javascript:", re.I)
SHARED = 0.5
_NEGATIONS = re.compile(
    r"(?<![\w'])(?:no|not|never|none|without|denies|denied|denying|negative|nor|neither|nunca|niega|sin|ningun|ninguna|ninguno|tampoco|ni|non|nothing|nada|free of)(?![\w'])|n't(?!\w)|\b(?:dont|doesnt|didnt|isnt|wasnt|havent|hasnt|cant|wont)\b"
)
_NEGATED_RUN = re.compile(
    r"(?<![\w'])(?:no|not|never|without|denies|nor|sin|ni|niega|ningun|ninguna|nunca|\w*n't|dont|havent|didnt|doesnt|cant) ((?:\w[\w']* ?){1,5})"
)


def reasons(
    text: str, evidence: list[Evidence], answers: dict[str, Answer], findings: list[rules.Finding]
) -> list[Reason]:
    """What is wrong with a sentence, measured against the answers that it cites and, for numbers and medicines,
    against all of them.
    """
    found: list[Reason] = []
    if _LINK.search(text):
        found.append(Reason.LINK)
    everything = [answer.text for answer in answers.values()]
    said: set[float] = set()
    for raw in everything:
        said |= numbers_in(raw)
    if not numbers_in(text) <= said:
        found.append(Reason.NUMBER_NOT_IN_ANSWERS)
    found += _medicines(text, everything, findings)
    cited = [answers[entry.question_id] for entry in evidence if entry.question_id in answers]
    if not _shares_words(text, cited):
        found.append(Reason.TOO_FEW_SHARED_WORDS)
    if _negation_differs(text, [entry.quote for entry in evidence] + [a.text for a in cited if len(a.text) <= 80]):
        found.append(Reason.LOST_NEGATION)
    return found


def _medicines(text: str, everything: list[str], findings: list[rules.Finding]) -> list[Reason]:
    """A medicine that no answer names, or one that the answers only deny, give to somebody else, or ask about."""
    named = [name for name in mentions.find(parse(text), guess=False) if name.medicine]
    if not named:
        return []
    known = {name.entry.ingredient for raw in everything for name in mentions.find(parse(raw), guess=True)} | {
        finding.ingredient for finding in findings
    }
    found: list[Reason] = []
    folded = " ".join(parse(text).norms)
    for name in named:
        ingredient = name.entry.ingredient
        if ingredient not in known:
            found.append(Reason.DRUG_NOT_IN_ANSWERS)
            continue
        statuses = {finding.status for finding in findings if finding.ingredient == ingredient}
        if statuses and statuses <= {"negated", "not_allergic"} and not _NEGATIONS.search(folded):
            found.append(Reason.LOST_NEGATION)
        elif (
            statuses
            and statuses <= {"family"}
            and not (cues.FAMILY.search("my " + folded) or re.search(rf"(?<!\w){cues.RELATIVE}(?!\w)", folded))
        ):
            found.append(Reason.ENGINE_DISAGREES)
        elif statuses == {"allergy"} and not re.search(
            r"allerg|alerg|react|intoler|hives|rash|avoid|cannot|can't|toler", folded
        ):
            found.append(Reason.LOOKS_LIKE_ALLERGY)
    return found


def _weighty(text: str) -> list[str]:
    return [
        word
        for word in parse(text).norms
        if len(word) > 2 and word not in word_list("sentence") and not word[0].isdigit()
    ]


def _shares_words(text: str, cited: list[Answer]) -> bool:
    """Whether at least half of the words of weight are, by their first five letters, in the cited answers or their
    questions.
    """
    words = _weighty(text)
    if not words:
        return True
    said = {word[:5] for answer in cited for word in (*parse(answer.text).norms, *parse(answer.label).norms)}
    return sum(word[:5] in said for word in words) / len(words) >= SHARED


def _negation_differs(text: str, quotes: list[str]) -> bool:
    """Whether something denied in the quotes is stated in the text, or something stated there is denied here."""
    return _lost(quotes, text) or _lost([text], " . ".join(quotes))


def _lost(sources: list[str], target: str) -> bool:
    stated = {word[:5] for word in _weighty(target)}
    denied = {word[:5] for word in denied_words(target)}
    if not denied and len(stated) < 4 and _NEGATIONS.search(" ".join(parse(target).norms)):
        return False  # "Fever: no"
    for source in sources:
        once = Counter(word[:5] for word in _weighty(source))
        if any(word[:5] in stated - denied and once[word[:5]] == 1 for word in denied_words(source)):
            return True
    return False


def denied_words(text: str) -> list[str]:
    """The words of weight that a text denies: "no fever, chills or cough for long" gives fever, chills, cough."""
    denied: list[str] = []
    for sentence in re.split(r"[.!?;\n]+", text):
        parts = [" ".join(parse(part).norms) for part in sentence.split(",")]
        for index, part in enumerate(parts):
            for match in _NEGATED_RUN.finditer(cues.NOT_NEGATION.sub(" ", part)):
                denied += _heavy(match.group(1))[:2]
                if match.end() == len(part):
                    denied += _rest_of_list(parts[index + 1 :])
    return denied


def _rest_of_list(parts: list[str]) -> list[str]:
    """The words of the short parts after a comma that go on with a list."""
    words: list[str] = []
    for part in parts:
        listed = re.sub(r"^(?:or|and|nor|o|y|ni) ", "", part).split()
        if len(listed) > 2 or not listed:
            break
        words += _heavy(" ".join(listed))
    return words


def _heavy(run: str) -> list[str]:
    kept = re.split(r"\b(?:but|pero|except|just|only|because|so|since|when|if|for|and then)\b", run)[0]
    return [word for word in kept.split() if len(word) > 2 and word not in word_list("sentence")]
