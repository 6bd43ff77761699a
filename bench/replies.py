"""Classification of replies: wrong automatic actions, opt-outs recognized, confirmations recognized.

    python -m bench.replies [PATH.tsv | PATH.jsonl ...]

A line of a .tsv is "reply<TAB>meaning"; a row of a .jsonl has `reply` and `label`. Without a path the table in
aiassist/tests/data is used, whose columns are in the opposite order. Meanings that only staff act on (human, question,
urgent, wrong number) count as one.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from aiassist.engine.replies import Kind, classify

TABLE = Path(__file__).parents[1] / "aiassist" / "tests" / "data" / "replies.tsv"
PERSON = (Kind.HUMAN, Kind.QUESTION, Kind.URGENT, Kind.WRONG_NUMBER)


def pairs(path: Path) -> Iterator[tuple[str, str]]:
    """The reply and its meaning of every line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if path.suffix == ".jsonl":
            row = json.loads(line)
            yield row["reply"], row["label"]
        else:
            first, second = line.split("\t")[:2]
            yield (second, first) if path == TABLE else (first, second)


def main(arguments: list[str]) -> int:
    """Print a table; the exit code is 1 when more than 0.2 % act wrongly or an opt-out is missed."""
    failed = False
    print("| replies | n | wrong automatic actions | opt-outs recognized | confirmations recognized |")
    print("|---|---|---|---|---|")
    for path in [Path(a) for a in arguments] or [TABLE]:
        counts: Counter[str] = Counter()
        for text, meaning in pairs(path):
            reply = classify(text)
            right = reply.kind == meaning
            counts["n"] += 1
            counts["wrong"] += reply.automatic and not right
            for name in ("opt_out", "confirm"):
                counts[name] += meaning == name
                counts[f"{name}_ok"] += meaning == name and (right or (name == "opt_out" and reply.opt_out))
            counts["person"] += reply.kind in PERSON
        print(
            f"| {path.stem} | {counts['n']} | {counts['wrong']} ({counts['wrong'] / max(counts['n'], 1):.2%}) "
            f"| {counts['opt_out_ok']}/{counts['opt_out']} | {counts['confirm_ok']}/{counts['confirm']} |"
        )
        failed = failed or counts["wrong"] > 0.002 * counts["n"] or counts["opt_out_ok"] < counts["opt_out"]
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
