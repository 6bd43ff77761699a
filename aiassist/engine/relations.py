"""One medicine in place of another: which of two names is the old one and which the new one."""

# Tables of patterns read better unwrapped.

import re

from aiassist.engine.findings import FindingStatus
from aiassist.engine.mentions import Name
from aiassist.engine.text import Text, flat

WIDEST = 60  # characters between the two names
_VERB = r"(?:switch|chang|swap|mov|transition|convert|went|go|put|plac|start|step|cambi|pas|sustitu|reemplaz|replac|trad|exchang)\w{0,6}"
_PEOPLE = r"(?: (?:me|him|her|us|over|from|my|le|nos))?"
_ARTICLE = r"(?:(?:my|the|la|el|los|las|mi|un|una) )?"
_DETAIL = r"(?:[\s,(]{0,3}(?:\d[\d.,/]{0,7} ?(?:mg|mcg|ml|g|u|units)?|daily|bid|qd|tablets?|pills?)[)]?){0,3}"
# Before the first name, and between it and the second: the first is old, the second new.
_OLD_BEFORE = re.compile(
    rf"(?:{_VERB}{_PEOPLE}(?: over)? (?:from|de|del|off|off of) {_ARTICLE}|(?:from|de) {_ARTICLE})$"
)
_TO = re.compile(rf"{_DETAIL}[\s,]{{1,3}}(?:to|onto|into|over to|a|al|por|hacia) {_ARTICLE}(?:\w{{3,9}} )?$")
_REPLACED_BEFORE = re.compile(
    rf"(?:replac|swap|switch|trad|exchang|substitut|chang|cambi|sustitu|reemplaz)\w{{0,6}}(?: out)?(?: me)? {_ARTICLE}$"
)
_BY = re.compile(rf"{_DETAIL}[\s,]{{1,3}}(?:with|for|by|por|con) {_ARTICLE}$")
_TURNED_INTO = re.compile(
    rf"{_DETAIL}[\s,(\-–]{{1,4}}(?:(?:which|that|it|then|but|and|was|is|were|has been|got|lo|la|me|fue|ha sido|they|he|she|doctor|dr|recently|just|i|i was|later) ){{0,4}}"
    rf"(?:switched|changed|swapped|replaced|moved|cambiaron|cambio|cambie|cambiado|reemplazado|sustituido)(?: (?:me|it|that|over|out|los?|las?))? (?:to|for|with|by|onto|a|por|al) {_ARTICLE}$"
)
_BUT_TURNED_INTO = re.compile(
    rf"{_DETAIL}[\s,(]{{1,3}}(?:but|however|which|until|then|pero|hasta que)(?: [a-z']{{2,12}}){{0,7}} (?:switched|changed|swapped|moved|went|cambiaron|cambie|cambio|pase|pasaron)(?: (?:me|over|out))? (?:to|onto|a|por|al) {_ARTICLE}$"
)
_ARROW = re.compile(rf"{_DETAIL}\s{{0,2}}(?:-{{1,2}}>|=>|→|➔|>{{1,2}})\s{{0,2}}$")
# The first is new, the second old.
_NEW_BEFORE = re.compile(rf"{_VERB}{_PEOPLE}(?: over)? (?:to|onto|on|a|al|con) {_ARTICLE}$")
_FROM = re.compile(
    rf"{_DETAIL}[\s,(]{{1,3}}(?:from|instead of|in place of|rather than|de|en lugar de|en vez de) {_ARTICLE}$"
)
_REPLACES = re.compile(
    rf"{_DETAIL}[\s,(\-–]{{1,4}}(?:which |that |it |has |this )?(?:replaces|replaced|replacing|in place of|in lieu of|instead of|en lugar de|en vez de|reemplaza|reemplazo|sustituye)(?: (?:my|the|old|la|el))?(?: old)? $"
)


def switch_of(text: Text, names: list[Name], index: int) -> FindingStatus | None:
    """`past` or `current` for a name that another one before or behind it replaces, or is replaced by."""
    folded = flat(text.raw)
    if index + 1 < len(names):
        order = _order(text, folded, names[index], names[index + 1])
        if order:
            return "past" if order == "old, new" else "current"
    if index > 0:
        order = _order(text, folded, names[index - 1], names[index])
        if order:
            return "current" if order == "old, new" else "past"
    return None


def _order(text: Text, folded: str, one: Name, other: Name) -> str | None:
    """Which of two neighbouring names is old and which new; None when neither replaces the other."""
    start, end = text.tokens[one.last].end, text.tokens[other.first].start
    if end - start > WIDEST or "\n" in folded[start:end]:
        return None
    between = folded[start:end]
    lead = folded[max(text.tokens[one.first].start - 50, 0) : text.tokens[one.first].start]
    if _ARROW.fullmatch(between) or _TURNED_INTO.fullmatch(between) or _BUT_TURNED_INTO.fullmatch(between):
        return "old, new"
    if _OLD_BEFORE.search(lead) and _TO.fullmatch(between):
        return "old, new"
    if _REPLACED_BEFORE.search(lead) and _BY.fullmatch(between):
        return "old, new"
    if (_NEW_BEFORE.search(lead) and _FROM.fullmatch(between)) or _REPLACES.fullmatch(between):
        return "new, old"
    return None
