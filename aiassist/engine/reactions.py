"""What a substance does to the patient: the words behind its name, or before it ("hives from penicillin")."""

# Tables of patterns read better unwrapped.

import re

from aiassist.engine import details
from aiassist.engine.details import LONGEST_PART
from aiassist.engine.mentions import Name
from aiassist.engine.text import Text, flat

REACH = 160  # characters behind a name
AHEAD = 70  # characters before it
LONGEST_SAID = 60  # characters of a reaction that is no known word for one
# A mark or a verb that says "what follows is what it does".
_LINK = re.compile(
    r"[\s)]{0,3}(?:[,;]\s{0,2})?(?:(?:which|that|it|they|this|both|all|always|usually|sometimes|really|just|i|also|allergy|shot|drugs?|injections?|pills?|tambien|siempre|a mi|las dos|los dos|ambas|ambos|y) ){0,4}"
    r"(?:[:=(→]|-{1,2}>?|–|—|(?:gives?|gave|makes?|made|causes?|caused|sends?|sent|puts?|put|brings?|brought|gets?|got|turns?|turned)(?: (?:me|him|her|us))?(?![\w])|(?:i )?(?:get|got|had|have|developed|develop|broke out|break out|reaction is|reaction was|reaction)(?![\w])|"
    r"me (?:da|dan|dio|dieron|causa|causan|causo|produce|producen|produjo|provoca|provocan|provoco|hace|hacen|hizo|pone|ponen|puso|deja|dejo|salen|saca|sacan|saco|salieron)(?![\w])|(?:da|dan|causa|causan|produce|producen|provoca|provocan)(?![\w]))\s{0,2}"
)
_VERBS = r"(?:mess(?:es|ed)?|blow(?:s)?|blew|knock(?:s|ed)?|wipe[sd]?|tear(?:s)?|tore|eat(?:s)?|ate|hurt(?:s)?|kill(?:s|ed)?|burn(?:s|ed|t)?|upset(?:s)?|bother(?:s|ed)?|irritate[sd]?|ruin(?:s|ed)?|raise[sd]?|lower(?:s|ed)?|drop(?:s|ped)?|turn(?:s|ed)?|wreck(?:s|ed)?|destroy(?:s|ed)?|affect(?:s|ed)?|trigger(?:s|ed)?|spike[sd]?|shut(?:s)?|close[sd]?|swell(?:s|ed)?|get(?:s)?|got|set(?:s)?|drive[s]?|drove|keep(?:s)?|kept|stop(?:s|ped)?|did a number on|does a number on|land(?:s|ed)|sent|sends)"
_DOES = re.compile(
    rf"[\s),;:\-–]{{0,3}}(?:(?:which|that|it|they|both|all|always|usually|really|just|and|ya que|porque|que|siempre|y) ){{0,3}}((?:{_VERBS} (?:[\w']+ ){{0,2}}?(?:me|my)(?![\w])(?: [\w']+){{0,6}})|(?:se )?(?:me|le) (?!da |dan |dio |causa|produc|provoc|lo |la |los |las |ayuda|sirve|quit|recet|dijo|dijer|cambi|suspend|gusta|inyect|toc)[a-z]{{3,12}}(?: [\w']+){{0,5}})(?=$|[.,;()\n])"
)
_LATER = re.compile(r"[,;] ?|(?<!\w)(?:because(?: it)?|porque|ya que|pues|since it) ")
_MILD = re.compile(r"(?:va|cae|sienta|queda|hace) (?:muy )?bien|nada$|sin problema")
_UNKNOWN = re.compile(
    r"(?<!\w)(?:unknown|not sure|unsure|don't know|dont know|don't remember|forgot|can't remember|desconocid[oa]|no se|no recuerdo)(?!\w)"
)
_MARK = re.compile(r"[\s)]{0,3}(?:,\s?)?(?:[:=(→]|-{1,2}>?|–|—)\s{0,2}")
_END = re.compile(
    r"[.;\n()\[\]]|,(?! ?(?:and|y)\b)| (?:but|pero|when|cuando|if|si|since|desde|because|porque|as a (?:kid|child)|when i was|years? ago|hace|so i|so they|in (?:19|20)\d\d|last|and (?:i|my|also)|desde|aunque|though)\b"
)
_NO_REACTION = re.compile(
    r"^(?:(?:i|not|no|never|maybe|possibly|unknown|unsure|don't|dont|can|can't|cant|fine|ok|okay|mild|severe|moderate|bad|ok now|since|as|when|in|until|mother|mom|mum|dad|father|told|per|according|says|madre|mama|papa|padre|segun|otc|\d|it|the one|family|my|mi|years?|childhood|brand|generic|and|y|or|see (?:my|the|chart|list)|ask|confirmed|leve|grave|severa|creo|desde|cuando|hace|nunca|si|also|all|any|every|both|only|just|both)(?!\w))"
)
_BETWEEN = re.compile(
    r"(?:from|with|to|when|after|if|whenever|con|por|de|cuando|si|al|tras|taking|take|took|on|tomar|tomo|comer|como|a la|a|despues de|eat|eating)\b[\s\w]{0,24}$"
)


def reaction_of(text: Text, name: Name, start: int, end: int, ahead_from: int) -> str | None:
    """The reaction of a name, verbatim; None when it is not said.

    `start`..`end` is the stretch behind the name (past the rest of its list) and `ahead_from` where the stretch before
    it begins.
    """
    folded = flat(text.raw)
    end = min(end, start + REACH)
    clause = _clause(text.raw, folded, start, end)
    if clause:
        return clause
    link = _LINK.match(folded, start, end)
    known = details.REACTION.search(folded, link.end() if link else start, end)
    if known and _UNKNOWN.search(folded, start, known.start()):
        return None
    if known and (link is None or known.start() - link.end() <= 40 or _MARK.match(folded, start, end)):
        return _whole(text.raw, folded, known, link)
    if link:
        said = _complement(text.raw, folded, link.end(), end)
        if said:
            return said
    return _before(text, folded, name, ahead_from) or (_trimmed(text.raw, known) if known else None)


def _clause(raw: str, folded: str, start: int, end: int) -> str | None:
    """What the substance does to "me" in any words: "mess up my muscles", "me baja la presión"."""
    match = _DOES.match(folded, start, end)
    later = _LATER.search(folded, start, end) if match is None else None
    match = match or (_DOES.match(folded, later.end(), end) if later else None)
    if match is None or details.REACTION.search(folded, match.start(1), match.end(1)) or _MILD.search(match.group(1)):
        return None
    return raw[match.start(1) : match.end(1)].strip(" ,")[:LONGEST_PART] or None


def _whole(raw: str, folded: str, known: re.Match[str], link: re.Match[str] | None) -> str | None:
    """A known reaction with the words that lead to it from the mark or verb: "chest gets tight"."""
    begin = known.start()
    if link and 0 < begin - link.end() <= 24 and not _END.search(folded, link.end(), begin):
        lead = folded[link.end() : begin]
        if not _NO_REACTION.match(lead) and not re.search(
            r"(?<!\w)(?:me|i|my|feel|so|con|un|una|le)\s?$", lead.strip()
        ):
            begin = link.end()
    return _strip(raw[begin : known.end()])


def _trimmed(raw: str, match: re.Match[str]) -> str | None:
    return _strip(raw[match.start() : match.end()])


def _strip(words: str) -> str | None:
    words = re.sub(
        r"^(?:(?:an?|some|of|my|the|and|una?|unas|unos|la|el|los|las|en|y|me|mucha|mucho)\s){1,3}",
        "",
        words.strip(" ,:;-–—("),
        flags=re.I,
    )
    return words[:LONGEST_PART].strip(" ,:;-–—(") or None


def _complement(raw: str, folded: str, start: int, end: int) -> str | None:
    """The words behind a mark or a verb, when they can be a reaction that is no known word for one."""
    stop = _END.search(folded, start, end)
    finish = stop.start() if stop else end
    words = folded[start:finish].strip()
    if not words or len(words) > LONGEST_SAID or _NO_REACTION.match(words) or not any(c.isalpha() for c in words):
        return None
    if any(span.kind == "time" and span.start < finish and start < span.end for span in details.spans_in(raw)):
        return None
    return _strip(raw[start:finish])


def _before(text: Text, folded: str, name: Name, ahead_from: int) -> str | None:
    """A reaction before the name: "hives from penicillin", "I itch when I take codeine"."""
    here = text.tokens[name.first].start
    start = max(ahead_from, here - AHEAD)
    found = None
    for match in details.REACTION.finditer(folded, start, here):
        found = match
    if found is None or not _BETWEEN.search(folded[found.end() : here]) or "," in folded[found.end() : here]:
        return None
    return _trimmed(text.raw, found)
