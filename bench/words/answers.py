"""How intake answers are read: nones, lost names, names shown as fact that are not, doses, frequencies, reactions.

    python -m bench.words.answers [--errors] [PATH.jsonl | PATH.tsv ...]

A row of a .jsonl: `{"id", "topic", "answer" | "rows", "expect"}`, with in `expect`: `state`, `medications` (name,
status, dose, frequency), `allergies` (substance, reaction, status plain|flagged), `not_medications`, `not_allergies`,
`unread` and `notes`. A .tsv has its expectations in the .jsonl of the same name beside it. Rows about danger alone are
not counted. What is measured is the verified extraction, as a page shows it.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiassist.engine.frequencies import signs
from aiassist.engine.schema import Allergy, Answer, Extraction, Medication, Verified
from aiassist.engine.summarize import extract
from aiassist.engine.text import key, numbers_in
from aiassist.engine.verifier import verify

FIXTURE = Path(__file__).parents[2] / "aiassist" / "tests" / "data" / "words" / "answers.tsv"
TOPICS = ("medications", "allergies")
LABELS = {
    ("medications", "en"): "Which medicines do you take?",
    ("medications", "es"): "¿Qué medicamentos toma?",
    ("allergies", "en"): "Are you allergic to a medicine, a food or anything else?",
    ("allergies", "es"): "¿Es alérgico a algún medicamento, alimento u otra cosa?",
}
_LINKS = frozenset(
    [
        *("a", "an", "and", "at", "by", "de", "el", "en", "in", "la", "las", "los", "of", "on", "per", "por", "the"),
        *("x", "y"),
    ]
)


@dataclass(slots=True)
class Tally:
    """Counts by name, and a line for every row that is not as expected."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def count(self, name: str, happened: bool, error: str = "") -> None:
        """Count one case of `name`, and whether it happened; `error` is noted when it did."""
        self.counts[f"{name}/all"] += 1
        self.counts[name] += happened
        if happened and error:
            self.errors.append(f"{name}: {error}")


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a set about medications or allergies."""
    for line in path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line) if line.strip() else {}
        if row.get("topic") in TOPICS and row.get("expect"):
            yield row


def answer_of(row: dict[str, Any]) -> Answer:
    """The row's answer as the form holds it: text, or the rows of a list."""
    language = row.get("lang", "en")
    value = {"rows": row["rows"]} if "rows" in row else row["answer"]
    label = row.get("question") or LABELS[row["topic"], language]
    return Answer.of(row["id"], value, topic=row["topic"], label=label, language=language)


@dataclass(slots=True)
class _Read:
    """What the engine makes of one row."""

    row: dict[str, Any]
    extraction: Extraction
    verified: Verified

    def items(self, section: str) -> list[tuple[str, Medication | Allergy, bool]]:
        """(name, item, plain) of a list."""
        return [
            (item.item.name if isinstance(item.item, Medication) else item.item.substance, item.item, item.plain)
            for item in self.verified.items
            if item.section == section and isinstance(item.item, Medication | Allergy)
        ]

    def pointed_out(self) -> list[str]:
        """What is shown as not read, or as an odd sentence."""
        unread = [entry.text for entry in getattr(self.extraction, "unread", ())]
        return unread + [entry.quote for entry in self.verified.instruction_like]


def same_name(shown: str, expected: str) -> bool:
    """Whether a shown name is the expected one, or one of the two has every word of the other."""
    one, other = set(key(shown).split()), set(key(expected).split())
    return bool(one and other) and (one <= other or other <= one)


def same_detail(shown: str, expected: str, *, often: bool = False) -> bool:
    """Whether two details say the same: equal words, or the same numbers and all words of weight of the shorter."""
    one, other = [set(key(text).split()) - _LINKS for text in (shown, expected)]
    if key(shown).replace(" ", "") == key(expected).replace(" ", "") or one == other:
        return True
    if often and signs(shown) and signs(shown) == signs(expected):
        return True
    return numbers_in(shown) == numbers_in(expected) and bool(one and other) and (one <= other or other <= one)


def measure(rows: list[dict[str, Any]]) -> Tally:
    """Counts over the rows of a set."""
    tally = Tally()
    for row in rows:
        answers = [answer_of(row)]
        extraction = extract(answers)
        read = _Read(row, extraction, verify(extraction, answers))
        _states(read, tally)
        _lists(read, tally)
    return tally


def _said(read: _Read, more: str = "") -> str:
    text = read.row.get("answer") or json.dumps(read.row.get("rows"), ensure_ascii=False)
    return f"{read.row['id']} {text!r} {more}"


def _states(read: _Read, tally: Tally) -> None:
    expect, topic = read.row["expect"], read.row["topic"]
    expected = expect.get("state")
    states = {getattr(read.extraction, f"{topic}_state"), getattr(read.verified, f"{topic}_state").value}
    if expected == "none_reported":
        tally.count("none missed", "none_reported" not in states, _said(read, str(states)))
    else:
        tally.count("false none", "none_reported" in states, _said(read))
    if expected == "no_change":
        tally.count("no change missed", "no_change" not in states, _said(read, str(states)))
    if expected:
        right = expected in states or (expected == "listed" and bool(states & {"listed", "no_change"}))
        tally.count("state differs", not right, _said(read, f"{expected}, got {states}"))
    for text in expect.get("unread", ()):
        shown = [*read.pointed_out(), *(name for section in TOPICS for name, _, _ in read.items(section))]
        seen = any(key(text) in key(entry) or key(entry) in key(text) for entry in shown)
        tally.count("unread text not shown", not seen, _said(read, f"{text!r} in {shown}"))
    for text in expect.get("notes", ()):
        noted = any(text in line.text for line in read.extraction.key_notes)
        tally.count("remark not noted", not noted, _said(read, text))


def _lists(read: _Read, tally: Tally) -> None:
    expect = read.row["expect"]
    for wanted in expect.get("medications", ()):
        found = [entry for entry in read.items("medications") if same_name(entry[0], wanted["name"])]
        _medication(read, wanted, found, tally)
    for wanted in expect.get("allergies", ()):
        found = [entry for entry in read.items("allergies") if same_name(entry[0], wanted["substance"])]
        _allergy(read, wanted, found, tally)
    for name in expect.get("not_medications", ()):
        plain = _plain(read, "medications", name)
        tally.count("not taken, shown as plain current", plain, _said(read, name))
    for name in expect.get("not_allergies", ()):
        plain = _plain(read, "allergies", name)
        tally.count("tolerated, shown as plain allergy", plain, _said(read, name))
    for section, field_name in (("medications", "name"), ("allergies", "substance")):
        wanted_names = [entry[field_name] for entry in expect.get(section, ())]
        for name, _, plain in read.items(section):
            extra = plain and not any(same_name(name, wanted) for wanted in wanted_names)
            tally.count("plain item that is not expected", extra, _said(read, f"{section}: {name}"))


def _plain(read: _Read, section: str, name: str) -> bool:
    """Whether a list shows the name as fact, for a medicine as current."""
    return any(
        plain and same_name(shown, name) and getattr(item, "status", "current") == "current"
        for shown, item, plain in read.items(section)
    )


def _medication(
    read: _Read, wanted: dict[str, Any], found: list[tuple[str, Medication | Allergy, bool]], tally: Tally
) -> None:
    name = wanted["name"]
    if wanted["status"] == "current":
        seen = bool(found) or any(key(name) in key(text) for text in read.pointed_out())
        tally.count("current medicine lost unseen", not seen, _said(read, name))
        tally.count("current medicine not read as one", not found, _said(read, name))
        current = any(plain and getattr(item, "status", "") == "current" for _, item, plain in found)
        tally.count("current medicine not plain current", not current, _said(read, f"{name} {found}"))
    else:
        tally.count("not taken, shown as plain current", _plain(read, "medications", name), _said(read, name))
    if found:
        items = [item for _, item, _ in found if isinstance(item, Medication)]
        _detail(read, "dose", wanted.get("dose"), [item.dose for item in items], tally)
        _detail(read, "frequency", wanted.get("frequency"), [item.frequency for item in items], tally)
    elif wanted.get("dose") or wanted.get("frequency"):
        for part in ("dose", "frequency"):
            if wanted.get(part):
                tally.count(f"{part} right", False)


def _allergy(
    read: _Read, wanted: dict[str, Any], found: list[tuple[str, Medication | Allergy, bool]], tally: Tally
) -> None:
    name = wanted["substance"]
    seen = bool(found) or any(key(name) in key(text) for text in read.pointed_out())
    tally.count("allergy lost unseen", not seen, _said(read, name))
    tally.count("allergy not read as one", not found, _said(read, name))
    if wanted.get("status") == "flagged":
        tally.count("tolerated, shown as plain allergy", _plain(read, "allergies", name), _said(read, name))
    elif found:
        tally.count("allergy not plain", not any(plain for _, _, plain in found), _said(read, name))
    if found:
        given = [item.reaction for _, item, _ in found if isinstance(item, Allergy)]
        _detail(read, "reaction", wanted.get("reaction"), given, tally)
    elif wanted.get("reaction"):
        tally.count("reaction right", False)


def _detail(read: _Read, part: str, wanted: str | None, given: list[str | None], tally: Tally) -> None:
    said = [text for text in given if text]
    right = any(same_detail(text, wanted or "", often=part == "frequency") for text in said) if wanted else False
    if wanted:
        tally.count(f"{part} right", right)
    if wanted and not right and not said:
        tally.errors.append(f"{part} missing: {_said(read, wanted)}")
    wrong = bool(said) and not right
    tally.count(f"{part} wrong", wrong, _said(read, f"expected {wanted!r}, got {said}"))


FIGURES = (
    "false none",
    "none missed",
    "no change missed",
    "state differs",
    "current medicine lost unseen",
    "current medicine not read as one",
    "current medicine not plain current",
    "not taken, shown as plain current",
    "allergy lost unseen",
    "allergy not read as one",
    "allergy not plain",
    "tolerated, shown as plain allergy",
    "plain item that is not expected",
    "unread text not shown",
    "remark not noted",
    "dose right",
    "dose wrong",
    "frequency right",
    "frequency wrong",
    "reaction right",
    "reaction wrong",
)


def main(arguments: list[str] | None = None) -> int:
    """Print a table, a column for each set; with --errors also the rows that are not as expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args(arguments)
    sets = {path.stem: measure(list(rows_of(path))) for path in options.paths or [FIXTURE]}
    print(f"| figure | {' | '.join(sets)} |\n|---|{'---|' * len(sets)}")
    for name in FIGURES:
        cells = [f"{tally.counts[name]}/{tally.counts[f'{name}/all']}" for tally in sets.values()]
        print(f"| {name} | {' | '.join(cells)} |")
    if options.errors:
        for stem, tally in sets.items():
            print(f"\n{stem}")
            print("\n".join(tally.errors))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
