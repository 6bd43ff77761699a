"""What the rules engine says about one name in one answer."""

from dataclasses import dataclass
from typing import Literal

# `doubtful` is a medicine of which the words do not settle whether it is taken, `unsure` an allergy that the patient
# doubts or a substance tolerated since: both are listed and never plain.
FindingStatus = Literal[
    "current",
    "past",
    "recent",
    "unclear",
    "doubtful",
    "negated",
    "family",
    "asked",
    "allergy",
    "unsure",
    "not_allergic",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One name in one answer. `name` is verbatim; `start`, `end` index the answer's text.

    `known` is False for a name nobody knows. `explained` is True for a lay word that stands beside the medicine it
    means ("the pill, Microgynon"). `parts` are the ingredients of a combination. `explicit` is True when the words themselves, not only the question, say what is
    the case.
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
    apart: bool = False
    parts: tuple[str, ...] = ()
    topic: str = "other"
    of_row: bool = False

    @property
    def shown_name(self) -> str:
        """The name as shown: a misspelling with what it probably means, "metforman (metformin?)"."""
        return f"{self.name} ({self.respelled}?)" if self.respelled else self.name
