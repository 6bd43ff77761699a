"""Figures of how patients' words are understood.

    python -m bench.words
    python -m bench.words {replies,answers,outputs,redaction,cost} [PATH …]

Without arguments every part runs on its newest set (`sets/README.md`), and `cost` on its hostile forms. With a part
and no path, it runs on the sets of the part.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from bench import model_outputs, redaction_texts
from bench.words import answers, cost, replies

SETS = Path(__file__).parent / "sets"
PARTS: dict[str, Callable[[list[str]], int | None]] = {
    "replies": replies.main,
    "answers": answers.main,
    "outputs": model_outputs.main,
    "redaction": redaction_texts.main,
    "cost": cost.main,
}
# What each part measures by default. Of `outputs` all forms are regression tests by now.
REPORTED: dict[str, list[str]] = {
    "replies": ["--quiet", str(SETS / "replies_third.jsonl")],
    "answers": [str(SETS / "answers_third.jsonl")],
    "outputs": ["--quiet"],
    "redaction": ["--quiet", str(SETS / "redaction_second.jsonl")],
    "cost": [],
}


def main(arguments: list[str]) -> int:
    """Run a part, or all; the exit code is 1 when a goal is missed, 2 for an unknown part."""
    if arguments and arguments[0] not in PARTS:
        print(f"usage: python -m bench.words [{'|'.join(PARTS)} [PATH …]]", file=sys.stderr)
        return 2
    if arguments:
        part, *paths = arguments
        return PARTS[part](paths or REPORTED[part]) or 0
    missed = 0
    for part, run in PARTS.items():
        print(f"\n## {part}\n")
        missed |= run(REPORTED[part]) or 0
    return missed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
