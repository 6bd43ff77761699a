"""The stretch of an answer that belongs to one name, and the dose, frequency and reaction in it."""

import re
from dataclasses import dataclass

from aiassist.engine import details
from aiassist.engine.mentions import Name
from aiassist.engine.schema import Answer
from aiassist.engine.text import LONGEST_CLAUSE, Text

QUOTE_TOKENS = 14
LONGEST_QUOTE = 1000  # characters
LONGEST_PART = 200  # characters of a dose, a frequency, a reaction
COLUMNS = ("dose", "frequency", "reaction")
_LEADS_TO_NAME = re.compile(
    r"\s*(?:of|de|tablets?|pills?|capsules?|pastillas? de|tabletas? de|tabs?|x|mg|dose of|the|my|a|baby|low dose)?"
    r"(?:\s(?:of|de))?\s*",
    re.I,
)
_LEADS_TO_NEXT = re.compile(r"\s*(?:of|de|tablets? of|pastillas? de)?\s*", re.I)
_BARE_DOSE = re.compile(
    r"\s*,?\s*(\d+(?:[.,/]\d+)*)(?![\w/%:]|\.\d|\s*(?:times|x|years?|days?|weeks?|months?|hours?|am|pm))"
)


@dataclass(frozen=True, slots=True)
class Details:
    """What an item's window says, each verbatim or None."""

    dose: str | None
    frequency: str | None
    reaction: str | None

    def parts(self) -> list[str]:
        """Those that are said."""
        return [part for part in (self.dose, self.frequency, self.reaction) if part]


def window(text: Text, names: list[Name], index: int) -> tuple[int, int]:
    """Raw start and end of the item's window: from its name to the next, within its sentence and one that continues
    it.
    """
    name = names[index]
    sentence = text.sentence_of(name.first)
    limit = names[index + 1].first - 1 if index + 1 < len(names) else len(text.tokens) - 1
    last = sentence.last
    following = text.sentence_after(sentence)
    if following is not None and limit >= following.last:
        last = following.last
    last = max(min(last, limit, name.last + LONGEST_CLAUSE), name.last)
    return text.tokens[name.first].start, text.tokens[last].end


def details_of(answer: Answer, text: Text, names: list[Name], index: int) -> Details:
    """Dose, frequency and reaction of a name. A row of a list says them in its own columns."""
    name = names[index]
    row = row_of(answer, text.tokens[name.first].start)
    if row is not None:
        return Details(*(row.get(column, "")[:LONGEST_PART].strip() or None for column in COLUMNS))
    behind = text.raw[text.tokens[name.last].end : window(text, names, index)[1]]
    if answer.rows:
        behind = behind.split("\n", 1)[0]
    ahead = _ahead(text, names, index)
    if index + 1 < len(names):
        behind = _without_next_items_dose(behind)
    dose = _leading_dose(ahead) or details.dose_in(behind) or _bare_dose(behind)
    frequency = details.frequency_in(behind)
    if frequency is None and dose and len(names) == 1:
        frequency = details.frequency_in(ahead)
    return Details(dose, frequency, details.reaction_in(behind) or details.reaction_in(ahead))


def quote_of(text: Text, names: list[Name], index: int, first: int, said: Details) -> str:
    """The words to show as evidence: around the name, from the clause's start, and as far as the details reach."""
    name = names[index]
    start = max(min(first, name.first), name.first - QUOTE_TOKENS)
    end = max(name.last, min(text.sentence_of(name.first).last, name.last + QUOTE_TOKENS))
    raw_start, raw_end = window(text, names, index)
    raw_start -= len(_ahead(text, names, index))
    for part in said.parts():
        at = text.raw.find(part, raw_start, raw_end)
        while at >= 0 and start > 0 and text.tokens[start].start > at:
            start -= 1
        while at >= 0 and end + 1 < len(text.tokens) and text.tokens[end].end < at + len(part):
            end += 1
    while end > name.last and text.tokens[end].end - text.tokens[start].start > LONGEST_QUOTE:
        end -= 1
    while start < name.first and text.tokens[end].end - text.tokens[start].start > LONGEST_QUOTE:
        start += 1
    return text.whole_span(start, end)


def _ahead(text: Text, names: list[Name], index: int) -> str:
    """The raw text from the name before, or the last stop, to this name."""
    start = text.tokens[names[index - 1].last].end if index else 0
    start = max(start, text.tokens[max(names[index].first - LONGEST_CLAUSE, 0)].start)
    ahead = text.raw[start : text.tokens[names[index].first].start]
    stops = [ahead.rfind("\n"), ahead.rfind(". "), ahead.rfind(";")]
    comma = ahead.rfind(", ")
    if comma >= 0 and details.DOSE.search(ahead[:comma]):
        stops.append(comma)
    return ahead[max(stops) + 1 :]


def _leading_dose(ahead: str) -> str | None:
    """The dose that stands right before the name: "20 mg of [lisinopril]"."""
    doses = list(details.DOSE.finditer(ahead))
    if doses and _LEADS_TO_NAME.fullmatch(ahead[doses[-1].end() :]):
        return details.dose_in(doses[-1].group())
    return None


def _bare_dose(behind: str) -> str | None:
    """A number without a unit right after the name: "atorvastatin 20"."""
    match = _BARE_DOSE.match(behind)
    return match.group(1) if match else None


def _without_next_items_dose(behind: str) -> str:
    """Without the dose that leads the next name: "lisinopril and 5 mg [amlodipine]" keeps nothing of the 5 mg."""
    doses = list(details.DOSE.finditer(behind))
    if not doses or not _LEADS_TO_NEXT.fullmatch(behind[doses[-1].end() :]):
        return behind
    lead = behind[: doses[-1].start()]
    return behind if re.fullmatch(r"[\s:,(]*", lead) else lead


def row_of(answer: Answer, at: int) -> dict[str, str] | None:
    """The row whose rendered line holds position `at` of the answer's text, when its columns are the known ones."""
    line = answer.text.count("\n", 0, at)
    if line >= len(answer.rows) or any("\n" in value for row in answer.rows[: line + 1] for value in row.values()):
        return None
    row = answer.rows[line]
    return row if set(COLUMNS) & set(row) else None
