"""Checks a free sentence against the words that it quotes: its numbers, names and sides must be there, its words mostly
too, and no "not" may get lost or appear.
"""

import re
from collections import Counter
from functools import lru_cache

from aiassist.engine import cues, meaning, mentions, rules
from aiassist.engine.lexicon import word_list
from aiassist.engine.noun_scopes import is_weighty
from aiassist.engine.schema import Answer, Evidence, Reason
from aiassist.engine.summarize import HEADINGS, NOTE_HEADINGS
from aiassist.engine.synonyms import keys
from aiassist.engine.text import find_quote, folded, key, numbers_in, parse

_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|info|biz|ru|link|ly)\b|<\s*a\b|\]\(|javascript:", re.I)
SHARED = 0.5
AROUND = 400  # characters of a sentence without an end that are read with a quote
_NEGATIONS = re.compile(
    r"(?<![\w'])(?:no|not|never|none|nobody|nadie|without|denies|denied|denying|negative|nor|neither|nunca|niega|sin|ningun|ninguna|ninguno|tampoco|ni|non|nothing|nada|free of)(?![\w'])|n't(?!\w)|\b(?:dont|doesnt|didnt|isnt|wasnt|havent|hasnt|cant|wont)\b"
)
_NEGATED_RUN = re.compile(
    r"(?<![\w'])(?:no|not|never|nobody|none of|nadie|without|denies|nor|sin|ni|niega|ningun|ninguna|nunca|\w*n't|dont|havent|didnt|doesnt|cant|cannot|can not|unable to|"
    r"other than|instead of|rather than|avoid\w*|en vez de|en lugar de|evit\w+) ((?:\w[\w']* ?){1,6})"
)
_WISHES = re.compile(
    r"\b(?:want|wish|ask|consider|tr(?:y|ied)|offer|declin|refus|suggest|recommend|wonder|interest|question|would|should|could|"
    r"discuss|advis|plan|not|no|quier|pregunt|ofrec|recomend|suger|rechaz)"
)
_TAKES = re.compile(r"\b(?:takes?|taking|uses?|using|currently|toma|usa|actualmente|is on)\b")
# "No se me hinchó" denies, "no sé" does not.
_NO_SE = re.compile(r"(?<![\w'])no se (?=(?:me|te|le|les|nos|ha|han|va|puede) )")


def reasons(
    text: str,
    evidence: list[Evidence],
    answers: dict[str, Answer],
    findings: list[rules.Finding],
    *,
    worries: bool = False,
) -> list[Reason]:
    """What is wrong with a sentence, measured against the words that it quotes.

    The sentences around a quote count for what they deny or attribute to another person. `worries`: see `meaning.changes`.
    """
    found: list[Reason] = []
    if _LINK.search(text):
        found.append(Reason.LINK)
    quotes = list(dict.fromkeys(entry.quote for entry in evidence))
    cited = [answers[entry.question_id] for entry in evidence if entry.question_id in answers]
    body = _without_heading(text, quotes, cited)
    around = list(
        dict.fromkeys(
            _sentences_around(entry.quote, answers[entry.question_id].text)
            for entry in evidence
            if entry.question_id in answers
        )
    )
    if any(_bare(body) == _bare(sentences) for sentences in around):
        return found  # whole sentences of the patient's own
    found += _medicines(body, quotes, answers, findings)
    labels = [answer.label for answer in cited]
    relatives = bool(cited) and all(answer.topic == "family_history" for answer in cited)
    said_of = body if body == text or not relatives else text
    changed = meaning.changes(said_of, quotes, around, labels, relatives=relatives, worries=worries)
    if Reason.NUMBER_NOT_IN_QUOTE in changed and not _numbers_are_answered(body, answers):
        changed[changed.index(Reason.NUMBER_NOT_IN_QUOTE)] = Reason.NUMBER_NOT_IN_ANSWERS
    found += changed
    if not _shares_words(body, [*quotes, *labels]):
        found.append(Reason.TOO_FEW_SHARED_WORDS)
    if _negation_differs(body, around):
        found.append(Reason.LOST_NEGATION)
    return found


def _bare(text: str) -> str:
    return text.strip(" .,;:!?…¿¡\n")


def _numbers_are_answered(text: str, answers: dict[str, Answer]) -> bool:
    return numbers_in(text) <= {number for answer in answers.values() for number in numbers_in(answer.text)}


@lru_cache(maxsize=1)
def _known_headings() -> frozenset[str]:
    return frozenset(key(word) for words in (*HEADINGS.values(), *NOTE_HEADINGS.values()) for word in words.values())


def _without_heading(text: str, quotes: list[str], cited: list[Answer]) -> str:
    """The sentence without a heading of ours, or of its question, before the patient's own words."""
    heading, colon, rest = text.partition(": ")
    if not colon or not any(folded(rest).rstrip(".") == folded(quote).rstrip(".") for quote in quotes):
        return text
    known = _known_headings()
    asked = {word for answer in cited for word in parse(answer.label).norms}
    parts = [key(part) for part in heading.split(",")]
    return rest if all(part in known or (part and set(part.split()) <= asked) for part in parts) else text


def _sentences_around(quote: str, raw: str) -> str:
    """The whole sentences of an answer that a quote is taken from; the quote itself where it is in none."""
    start = raw.find(quote)
    if start < 0 or not quote:
        return quote
    end = start + len(quote)
    text = parse(raw)
    inside = [
        sentence
        for sentence in text.sentences
        if text.tokens[sentence.first].start < end and start < text.tokens[sentence.last].end
    ]
    if not inside:
        return quote
    first, last = text.tokens[inside[0].first].start, text.tokens[inside[-1].last].end
    return raw[max(first, start - AROUND) : min(last, end + AROUND)]


def _medicines(text: str, quotes: list[str], answers: dict[str, Answer], findings: list[rules.Finding]) -> list[Reason]:
    """A medicine that no quote names, or one that the answers only deny, attribute to another person, or ask about."""
    named = [name for name in mentions.find(parse(text), guess=False) if name.medicine]
    if not named:
        return []
    known = _ingredients([answer.text for answer in answers.values()]) | {finding.ingredient for finding in findings}
    quoted = _ingredients(quotes) | _affirmed(quotes, findings)
    worded = {key for quote in quotes for meant in keys(parse(quote).norms) for key in meant}
    found: list[Reason] = []
    norms = parse(text).norms
    folded = " ".join(norms)
    for name in named:
        ingredient = name.entry.ingredient
        same_words = all(meant & worded for meant in keys(norms[name.first : name.last + 1]))
        if ingredient not in known and not same_words:
            found.append(Reason.DRUG_NOT_IN_ANSWERS)
            continue
        if ingredient not in quoted and not same_words:
            found.append(Reason.NAME_NOT_IN_QUOTE)
        statuses = {finding.status for finding in findings if finding.ingredient == ingredient}
        if reason := _misread(frozenset(statuses), folded):
            found.append(reason)
    return found


def _misread(statuses: frozenset[str], folded: str) -> Reason | None:
    """What is wrong with naming a medicine in these folded words, when the answers say no more of it than `statuses`."""
    if not statuses:
        return None
    named_relative = cues.FAMILY.search("my " + folded) or re.search(rf"(?<!\w){cues.RELATIVE}(?!\w)", folded)
    if statuses <= {"negated", "not_allergic"} and not _NEGATIONS.search(folded):
        return Reason.LOST_NEGATION
    if statuses <= {"family"} and not named_relative:
        return Reason.ENGINE_DISAGREES
    if statuses <= {"asked", "negated"} and not _WISHES.search(folded):
        return Reason.ENGINE_DISAGREES
    if statuses == {"past"} and _TAKES.search(folded) and not _NEGATIONS.search(folded):
        return Reason.LOOKS_PAST
    if statuses == {"allergy"} and not _REACTS.search(folded):
        return Reason.LOOKS_LIKE_ALLERGY
    return None


_REACTS = re.compile(
    r"allerg|alerg|react|intoler|hives|rash|avoid|cannot|can't|toler|swell|swol|itch|caus|hinch|ronchas"
)


def _ingredients(texts: list[str]) -> set[str]:
    return {name.entry.ingredient for raw in texts for name in mentions.find(parse(raw), guess=True)}


def _affirmed(quotes: list[str], findings: list[rules.Finding]) -> set[str]:
    """What a question names and these words affirm."""
    return {
        finding.ingredient
        for finding in findings
        if finding.start == 0 and any(find_quote(quote, finding.quote) for quote in quotes)
    }


def _meanings(words: list[str]) -> list[frozenset[str]]:
    """Of each word of weight, the names that its synonyms share, or its first five letters."""
    return [meant for word, meant in zip(words, keys(words), strict=True) if is_weighty(word)]


def _shares_words(text: str, quoted: list[str]) -> bool:
    """Whether at least half of the words of weight, or their synonyms, are in the quotes or their questions."""
    words = _meanings(parse(text).norms)
    if not words:
        return True
    said = {key for raw in quoted for meant in keys(parse(raw).norms) for key in meant}
    return sum(bool(meant & said) for meant in words) / len(words) >= SHARED


def _negation_differs(text: str, quotes: list[str]) -> bool:
    """Whether something denied in the quotes is stated in the text, or something stated there is denied here."""
    return _lost(quotes, text) or _lost([text], " . ".join(quotes))


def _lost(sources: list[str], target: str) -> bool:
    stated = {key for meant in _meanings(parse(target).norms) for key in meant}
    denied = {key for meant in _meanings(denied_words(target, reach=6)) for key in meant}
    if not denied and len(stated) < 4 and _NEGATIONS.search(" ".join(parse(target).norms)):
        return False  # "Fever: no"
    for source in sources:
        stated_there = Counter(key for meant in _meanings(parse(source).norms) for key in meant)
        stated_there -= Counter(key for meant in _meanings(denied_words(source, reach=6)) for key in meant)
        for meant in _meanings(denied_words(source)):
            if meant & stated and not meant & denied and not any(stated_there[key] for key in meant):
                return True
    return False


def denied_words(text: str, reach: int = 2) -> list[str]:
    """The words of weight that a text denies: "no fever, chills or cough for long" gives fever, chills, cough.

    `reach` is how many words after a "not" count.
    """
    denied: list[str] = []
    for sentence in re.split(r"[.!?;\n]+", text):
        parts = [" ".join(parse(part).norms) for part in sentence.split(",")]
        for index, part in enumerate(parts):
            for match in _NEGATED_RUN.finditer(cues.NOT_NEGATION.sub(" ", _NO_SE.sub("no ", part))):
                denied += _heavy(match.group(1))[:reach]
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
