"""One answer made ready for the rules."""

from dataclasses import dataclass

from aiassist.engine.mentions import Name
from aiassist.engine.owners import Owners, owners_of
from aiassist.engine.schema import Answer
from aiassist.engine.text import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer with its text, the names found in it, and what belongs to each of them."""

    answer: Answer
    text: Text
    names: list[Name]
    owners: Owners

    @classmethod
    def of(cls, answer: Answer, text: Text, names: list[Name]) -> "Reading":
        """Prepare an answer."""
        return cls(answer, text, names, owners_of(text, names))
