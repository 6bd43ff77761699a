"""Plausible outputs of a model over rich answers: how many wrong ones are caught, how many right ones are flagged.

    python -m bench.model_outputs [--quiet] [PATH.jsonl …]

Unlike `bench.fault_injection`, the outputs were written by hand, as a clinician criticises what models write, and
before anything was tuned to them. A line of the file is a form: its answers and, for each, wrong and right outputs,
which are verified one at a time. `--quiet` prints figures only.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiassist.engine.schema import Allergy, Answer, Evidence, Extraction, Line, Medication
from aiassist.engine.verifier import verify

FIXTURES = Path(__file__).resolve().parent.parent / "aiassist" / "tests" / "data" / "model_outputs.jsonl"


def cases(path: Path) -> Iterator[tuple[list[Answer], dict[str, Any]]]:
    """Every output of a file with the answers that it is about."""
    for line in path.read_text(encoding="utf-8").splitlines():
        form = json.loads(line)
        answers = [
            Answer.of(
                answer["id"],
                answer["value"],
                topic=answer["topic"],
                label=answer["label"],
                language=form["language"],
            )
            for answer in form["answers"]
        ]
        for case in form["cases"]:
            yield answers, case


def reasons(answers: list[Answer], case: dict[str, Any]) -> list[str]:
    """Why the one output of a case would not be shown as fact; empty when it would be."""
    section, item = case["section"], dict(case["item"])
    item["evidence"] = [Evidence(question_id=question, quote=quote) for question, quote in item["evidence"]]
    verified = verify(_extraction(section, item), answers)
    if section.endswith("_state"):
        return [str(reason) for reason in getattr(verified, section).reasons]
    return [str(reason) for reason in verified.items[0].reasons]


def _extraction(section: str, item: dict[str, Any]) -> Extraction:
    values: dict[str, Any] = {name: [] for name in Extraction.model_fields}
    values |= {"medications_state": "unclear", "allergies_state": "unclear"}
    if section.endswith("_state"):
        values |= {section: item["value"], f"{section}_evidence": item["evidence"]}
    else:
        kind = {"medications": Medication, "allergies": Allergy}.get(section, Line)
        values[section] = [kind(**item)]
    return Extraction(**values)


def measure(paths: list[Path]) -> tuple[Counter[str], Counter[str], list[str]]:
    """How many of each kind were tried, how many were flagged, and the ones judged wrongly in words."""
    tried: Counter[str] = Counter()
    flagged: Counter[str] = Counter()
    misjudged: list[str] = []
    for path in paths:
        for answers, case in cases(path):
            found = reasons(answers, case)
            kind = "right" if case["right"] else case["kind"]
            tried[kind] += 1
            flagged[kind] += bool(found)
            if bool(found) == case["right"]:
                misjudged.append(f"{kind}: {json.dumps(case['item'], ensure_ascii=False)} {found}")
    return tried, flagged, misjudged


def main(arguments: list[str]) -> None:
    """Print how many wrong outputs of each kind are caught, and how many right ones are flagged."""
    quiet = "--quiet" in arguments
    paths = [Path(name) for name in arguments if name != "--quiet"] or [FIXTURES]
    tried, flagged, misjudged = measure(paths)
    wrong = sum(count for kind, count in tried.items() if kind != "right")
    caught = sum(count for kind, count in flagged.items() if kind != "right")
    print(f"wrong outputs caught: {caught} of {wrong} ({caught / wrong:.1%})")
    print(f"right outputs flagged: {flagged['right']} of {tried['right']} ({flagged['right'] / tried['right']:.1%})")
    if not quiet:
        for kind in sorted(tried):
            print(f"  {kind}: {flagged[kind]} of {tried[kind]}")
        print(*misjudged, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
