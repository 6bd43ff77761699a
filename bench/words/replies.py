"""Replies and danger: what acts and should not, what is clear and recognised, what danger reaches a person.

A .tsv has "label<TAB>text" a line, or the two the other way round; comments begin with #. A .jsonl has

- `text` and `label`, and maybe `channel`: a reply about Wednesday 2 December 2026 at 15:00, Dr. Okafor, Riverside
  Clinic, heard the day before;
- `reply`, `label` and `question`: a reply of the Schema-Guided Dialogue set, about no visit; one that also asks
  something is for a person;
- `answer`, `topic` and `expect`: an answer on a form. `"danger": true` in `expect` marks one that must reach a person,
  the others are ordinary lines.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiassist.engine.danger import find_dangers
from aiassist.engine.replies import AUTOMATIC, ReplyKind, VisitFacts, classify

VISIT = VisitFacts(
    date=dt.date(2026, 12, 2),
    time=dt.time(15),
    doctor="Dr. Okafor",
    clinic="Riverside Clinic",
    today=dt.date(2026, 12, 1),
)
NO_VISIT = VisitFacts()
LABELS = frozenset([*ReplyKind, "person"])
GOAL = 0.95


@dataclass(frozen=True, slots=True)
class Row:
    """A reply, or an answer on a form where `topic` says to what."""

    text: str
    label: str  # of a reply; of an answer "urgent" or "ordinary"
    channel: str = "sms"
    topic: str = ""
    visit: VisitFacts = VISIT


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file; a line break in a .tsv is written \\n."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if path.suffix == ".jsonl":
            yield _row(json.loads(line))
        else:
            label, text = line.split("\t")[:2]
            if label not in LABELS:
                label, text = text, label
            yield Row(text.replace("\\n", "\n"), label)


def _row(found: dict[str, Any]) -> Row:
    if "answer" in found:
        expect = found["expect"]
        is_danger = isinstance(expect, dict) and bool(expect.get("danger"))
        return Row(found["answer"], "urgent" if is_danger else "ordinary", topic=found["topic"])
    if "reply" in found:
        return Row(found["reply"], "person" if found["question"] else found["label"], visit=NO_VISIT)
    return Row(found["text"], found["label"], found.get("channel", "sms"))


def main(arguments: list[str]) -> int:
    """Print the table and, unless `--quiet`, each row that failed; 1 when a goal is missed."""
    quiet = "--quiet" in arguments
    failed = False
    for path in (Path(name) for name in arguments if name != "--quiet"):
        counts, misses = measure(list(rows(path)))
        _print(path.stem, counts)
        if not quiet:
            print(*(f"  {miss}" for miss in misses), sep="\n")
        failed = failed or _misses_a_goal(counts)
    return int(failed)


def measure(all_rows: list[Row]) -> tuple[Counter[str], list[str]]:
    """Counts by name, and a line for each row that went wrong."""
    counts: Counter[str] = Counter()
    misses: list[str] = []
    for row in all_rows:
        problem = _measure_answer(row, counts) if row.topic else _measure_reply(row, counts)
        if problem:
            misses.append(f"{problem}: {row.text[:160]!r}")
    return counts, misses


def _measure_answer(row: Row, counts: Counter[str]) -> str:
    dangers = find_dangers(row.text)
    return _count_danger(row.label == "urgent", bool(dangers), ", ".join(d.quote for d in dangers), counts)


def _measure_reply(row: Row, counts: Counter[str]) -> str:
    reply = classify(row.text, row.visit, row.channel)
    opted_out = row.label == "opt_out" and reply.opt_out
    counts["replies"] += 1
    if row.label in ("confirm", "cancel", "opt_out"):
        counts[row.label] += 1
        counts[f"{row.label} recognised"] += reply.kind == row.label or opted_out
    counts["same label"] += reply.kind == row.label or opted_out or _is_person(row.label, reply.kind)
    if (reply.kind in AUTOMATIC or reply.opt_out) and reply.kind != row.label and not opted_out:
        counts["wrong acts"] += 1
        return f"wrong act, {row.label} read as {reply.kind}"
    problem = _count_danger(
        row.label == "urgent", reply.kind == "urgent", ", ".join(d.quote for d in reply.dangers), counts
    )
    if not problem and row.label in AUTOMATIC and reply.kind != row.label and not opted_out:
        return f"not recognised, {row.label} read as {reply.kind}"
    if not problem and reply.kind != row.label and not _is_person(row.label, reply.kind) and not opted_out:
        return f"(nothing acts) {row.label} read as {reply.kind}"
    return problem


def _count_danger(is_danger: bool, found: bool, quotes: str, counts: Counter[str]) -> str:
    counts["danger" if is_danger else "ordinary"] += 1
    if is_danger:
        counts["danger reached"] += found
        return "" if found else "danger missed"
    counts["false alarms"] += found
    return f"false alarm on {quotes!r}" if found else ""


def _is_person(label: str, kind: ReplyKind) -> bool:
    return label == "person" and kind in (ReplyKind.AMBIGUOUS, ReplyKind.QUESTION, ReplyKind.HUMAN)


def _print(name: str, counts: Counter[str]) -> None:
    print(f"\n{name}\n| | measured | goal |\n|---|---|---|")
    if counts["replies"]:
        print(f"| replies that act and should not | {counts['wrong acts']} of {counts['replies']} | 0 |")
        for act in ("confirm", "cancel", "opt_out"):
            goal = "1.0" if act == "opt_out" else f"≥ {GOAL}"
            print(f"| clear {act} recognised | {counts[act + ' recognised']} of {counts[act]} | {goal} |")
        print(f"| same label | {counts['same label']} of {counts['replies']} | |")
    print(f"| danger that reaches a person | {counts['danger reached']} of {counts['danger']} | ≥ {GOAL} |")
    print(f"| false alarms on ordinary lines | {counts['false alarms']} of {counts['ordinary']} | ≤ 2 % |")


def _misses_a_goal(counts: Counter[str]) -> bool:
    return (
        counts["wrong acts"] > 0
        or counts["opt_out recognised"] < counts["opt_out"]
        or any(counts[f"{act} recognised"] < GOAL * counts[act] for act in ("confirm", "cancel"))
        or counts["danger reached"] < GOAL * counts["danger"]
        or counts["false alarms"] > 0.02 * counts["ordinary"]
    )
