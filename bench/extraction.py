"""Quality of the rules engine: precision and recall on rows of answers, misspellings, time and memory.

    python -m bench.extraction [--misspellings FILE.tsv] [PATH.jsonl ...]

Without a path the rows in aiassist/tests/data are used. A name counts as found when it is the gold name, shares a word of four letters or
more with it, is a close spelling of it, or is the same medicine by brand or generic name; gold that no answer says is left out of `recall`.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from aiassist.engine.evaluate import answers_of, predict
from aiassist.engine.lexicon import load
from aiassist.engine.spelling import resolve
from aiassist.engine.summarize import extract
from aiassist.engine.text import key, strip_accents
from aiassist.engine.verifier import verify

DATA = Path(__file__).parents[1] / "aiassist" / "tests" / "data"
PLAIN = frozenset(
    [
        "tablet",
        "tablets",
        "pill",
        "pills",
        "capsule",
        "inhaler",
        "inhalers",
        "cream",
        "gel",
        "drops",
        "spray",
        "nasal",
        "daily",
        "drug",
        "drugs",
        "medication",
        "medicine",
        "low",
        "dose",
        "home",
        "the",
        "and",
        "with",
        "acid",
        "vitamin",
        "pastilla",
        "pastillas",
        "para",
    ]
)
RESIDENT = "int(next(l for l in open('/proc/self/status') if l.startswith('VmRSS')).split()[1]) / 1024"
LOAD = (
    "import time; t = time.perf_counter()\n"
    "from aiassist.engine import lexicon, spelling, verifier\n"
    f"lexicon.load(); spelling.resolve('metforman'); print(time.perf_counter() - t, {RESIDENT})"
)
BARE = f"import pydantic, rapidfuzz; print(0, {RESIDENT})"


def _words(name: str) -> set[str]:
    return {w.rstrip("s") for w in re.findall(r"[a-z0-9]+", strip_accents(name.lower())) if w not in PLAIN}


def same(one: str, other: str) -> bool:
    """Whether two names mean the same item."""
    if key(one).rstrip("s") == key(other).rstrip("s") or load().same_medicine(one, other):
        return True
    first, second = _words(one), _words(other)
    if {w for w in first if len(w) >= 4} & second:
        return True
    return any(fuzz.ratio(a, b) >= 80 for a in first if len(a) >= 5 for b in second if len(b) >= 5)


def _is_said(name: str, text: str) -> bool:
    words = key(text).split(" ")
    grams = [" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)]
    return key(name) in " ".join(words) or any(same(name, gram) for gram in grams)


def score(rows: list[dict[str, Any]], field: str) -> Counter[str]:
    """Counts of one field over rows: tp, fp, said, found, none, none_ok, listed, false_none, allergen_as_medicine."""
    counts: Counter[str] = Counter()
    for row in rows:
        if row["field"] != field or row["state"] == "skip":
            continue
        prediction = predict(row)
        items = prediction[field]
        shown = [item for item in items if item["status"] not in ("past", "mentioned")]
        text = " ".join(str(answer["answer"]) for answer in row["answers"])
        found = [gold for gold in row["gold"] if any(same(item["name"], gold) for item in items)]
        said = [gold for gold in row["gold"] if _is_said(gold, text)]
        known = [*row["gold"], *row.get("optional", [])]
        counts["rows"] += 1
        counts["tp"] += len(found)
        counts["fp"] += sum(not any(same(item["name"], gold) for gold in known) for item in shown)
        counts["said"] += len(said)
        counts["found"] += sum(gold in found for gold in said)
        state = prediction[f"{field}_state"]
        counts["none"] += row["state"] == "none"
        counts["none_ok"] += row["state"] == "none" and state == "none_reported" and not shown
        counts["listed"] += row["state"] == "listed"
        counts["false_none"] += row["state"] == "listed" and state == "none_reported"
        if field == "allergies":
            current = [m["name"] for m in prediction["medications"] if m["status"] == "current"]
            counts["allergen_as_medicine"] += sum(same(name, gold) for name in current for gold in row["gold"])
    return counts


def misspellings(path: Path) -> tuple[int, int, int]:
    """(right, wrong, all) of a file of "misspelt<TAB>ingredient" lines."""
    right = wrong = total = 0
    lexicon = load()
    for line in path.read_text(encoding="utf-8").splitlines():
        typed, meant = line.split("\t")[:2]
        entry = lexicon.medicine(typed) or lexicon.medicine(resolve(typed) or "")
        total += 1
        if entry is not None:
            fits = lexicon.same_medicine(entry.name, meant) or meant in entry.ingredient.split()
            right, wrong = right + fits, wrong + (not fits)
    return right, wrong, total


def timing(rows: list[dict[str, Any]], forms: int = 200) -> list[float]:
    """Sorted seconds to extract and verify forms of twelve answers combined from the rows."""
    pool = [answer for row in rows for answer in answers_of(row) if answer.text.strip()]
    times = []
    for start in range(forms):
        form = [
            pool[(start * 12 + i) % len(pool)].model_copy(
                update={"question_id": f"{start}-{i}", "text": f"{pool[(start * 12 + i) % len(pool)].text} {start}"}
            )
            for i in range(12)
        ]
        began = time.perf_counter()
        verify(extract(form), form)
        times.append(time.perf_counter() - began)
    return sorted(times)


def _measured(code: str) -> tuple[float, float]:
    seconds, megabytes = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    return float(seconds), float(megabytes)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--misspellings", type=Path, default=DATA / "misspellings_excerpt.tsv")
    options = parser.parse_args()
    everything: list[dict[str, Any]] = []
    print(
        "| rows | field | n | precision | recall of what was said | none recognised | falsely none | allergen as medicine |\n|---|---|---|---|---|---|---|---|"
    )
    for path in options.paths or sorted(DATA.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        everything += rows
        for field in ("medications", "allergies"):
            c = score(rows, field)
            if c["rows"]:
                precision, recall = c["tp"] / max(c["tp"] + c["fp"], 1), c["found"] / max(c["said"], 1)
                print(
                    f"| {path.stem} | {field} | {c['rows']} | {precision:.3f} | {recall:.3f} ({c['found']}/{c['said']}) | {c['none_ok']}/{c['none']} | {c['false_none']}/{c['listed']} | {c['allergen_as_medicine']} |"
                )
    right, wrong, total = misspellings(options.misspellings)
    print(
        f"\nmisspellings: right {right}/{total} ({right / total:.1%}), a wrong medicine {wrong} ({wrong / total:.2%})"
    )
    times = timing(everything)
    print(
        f"form of 12 answers, extracted and verified: p50 {times[len(times) // 2] * 1e3:.1f} ms, p95 {times[int(len(times) * 0.95)] * 1e3:.1f} ms"
    )
    loads, (_, bare) = [_measured(LOAD) for _ in range(3)], _measured(BARE)
    print(
        f"load: {min(seconds for seconds, _ in loads):.2f} s, {loads[0][1] - bare:.0f} MB more than pydantic and rapidfuzz alone"
    )


if __name__ == "__main__":
    main()
