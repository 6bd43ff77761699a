"""The rows of a medication or allergy list: where each cell stands in the answer's text, and what its columns say."""

import re
from dataclasses import dataclass
from functools import lru_cache

from aiassist.engine import cues
from aiassist.engine.details import LONGEST_PART, spans_in
from aiassist.engine.schema import Answer
from aiassist.engine.text import flat

COLUMNS = ("dose", "frequency", "reaction")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row at `start`..`end` of the answer's text."""

    column: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line that say anything; the first is the name's."""

    cells: tuple[Cell, ...]

    @property
    def name(self) -> Cell:
        """The cell of the name or substance."""
        return self.cells[0]

    def cell(self, column: str) -> Cell | None:
        """The cell of a column, or None when it is empty."""
        return next((cell for cell in self.cells if cell.column == column), None)


@lru_cache(maxsize=256)
def rows_of(answer: Answer) -> tuple[Row, ...]:
    """The rows of an answer, as `Answer.of` rendered them; none when its text was made otherwise."""
    at, found = 0, []
    for row in answer.rows:
        cells = []
        for column, value in row.items():
            if not value:
                continue
            if not answer.text.startswith(value, at):
                return ()
            cells.append(Cell(column, at, at + len(value)))
            at += len(value) + len(", ")
        at += len("\n") - len(", ")
        found.append(Row(tuple(cells)))
    return tuple(found)


def row_at(answer: Answer, position: int) -> Row | None:
    """The row that holds a position of the text."""
    if not answer.rows:
        return None
    return next((row for row in rows_of(answer) if row.cells[0].start <= position <= row.cells[-1].end), None)


@dataclass(frozen=True, slots=True)
class Columns:
    """What a row says of its one item: each column verbatim, or None."""

    dose: str | None
    frequency: str | None
    reaction: str | None


def columns_of(answer: Answer, row: Row, dose: str | None, frequency: str | None) -> Columns:
    """The columns of a row, with the dose and frequency that its name cell says.

    A dose or a frequency in the column of the other goes where it belongs. What the name cell and the dose column say
    side by side stays together.
    """
    dose_cell, frequency_cell = row.cell("dose"), row.cell("frequency")
    said_dose, said_frequency = _said(answer, dose_cell), _said(answer, frequency_cell)
    if dose_cell and frequency_cell is None:
        said_dose, said_frequency = _split(answer, dose_cell)
    elif frequency_cell and dose_cell is None and dose is None:
        moved = _first(answer, frequency_cell, "dose")
        if moved and (often := _first(answer, frequency_cell, "frequency")):
            said_dose, said_frequency = moved, often
    if said_dose and dose and dose not in said_dose:
        said_dose = _side_by_side(answer, row, dose, said_dose) or said_dose
    reaction = _said(answer, row.cell("reaction"))
    return Columns(said_dose or dose, said_frequency or frequency, reaction)


def _text(answer: Answer, cell: Cell) -> str:
    return answer.text[cell.start : cell.end]


def _said(answer: Answer, cell: Cell | None) -> str | None:
    """A cell verbatim; None when it is empty or says something else than its column asks."""
    if cell is None:
        return None
    words = _text(answer, cell)[:LONGEST_PART].strip()
    said = any(span.kind != "time" for span in spans_in(words)) or any(c.isdigit() for c in words)
    other = cell.column != "reaction" and not said
    return None if other and _STATUS.search(flat(words)) else words or None


_STATUS = re.compile(
    rf"(?<!\w)(?:{cues.RELATIVE}|stopp\w{{0,3}}|quit|no longer|not (?:taking|any ?more|now)|"
    r"ran out|took me off|insurance|deje|suspend\w{{1,4}}|ya no|n/?a|none|unknown)(?!\w)"
)


def _split(answer: Answer, cell: Cell) -> tuple[str | None, str | None]:
    """(dose, frequency) of a dose column beside an empty frequency column."""
    frequency = _first(answer, cell, "frequency")
    if frequency is None:
        return _said(answer, cell), None
    words = _text(answer, cell)
    lead = words[: words.index(frequency)].rstrip(" ,;-(")
    dose = _first(answer, cell, "dose") or (lead if any(c.isdigit() for c in lead) else None)
    return dose, frequency


def _first(answer: Answer, cell: Cell, kind: str) -> str | None:
    words = _text(answer, cell)
    spans = [span for span in spans_in(words) if span.kind == kind]
    return words[spans[0].start : spans[-1].end].strip(" ,")[:LONGEST_PART] if spans else None


def _side_by_side(answer: Answer, row: Row, dose: str, column: str) -> str | None:
    """The dose of the name cell and that of the column, when only marks stand between them."""
    cell = row.cell("dose")
    at = answer.text.rfind(dose, row.name.start, row.name.end)
    if cell is None or at < 0 or any(c.isalnum() for c in answer.text[at + len(dose) : cell.start]):
        return None
    return answer.text[at : cell.start + len(column)]
