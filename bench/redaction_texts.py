"""Adversarial texts to redact: how many leak an identifier, how many lose a clinical term.

    python -m bench.redaction_texts [--quiet] [PATH.jsonl …]

Unlike `bench.redaction`, whose sentences come from templates, the texts were written by hand and before anything was
tuned to them. A line holds a text, the identity that is known of its patient, the words that may not remain and the
clinical words that must. `--quiet` prints figures only.
"""

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from aiassist.engine.identity import Identity
from aiassist.engine.redactor import Redactor, leaked

FIXTURES = Path(__file__).resolve().parent.parent / "aiassist" / "tests" / "data" / "redaction_texts.jsonl"


def rows(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The texts of the files."""
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def identity(row: dict[str, Any]) -> Identity:
    """What the record knows of the patient of a text."""
    known = {name: tuple(value) for name, value in row["identity"].items() if name != "date_of_birth"}
    return Identity(date_of_birth=date.fromisoformat(row["identity"]["date_of_birth"]), **known)


def remaining(row: dict[str, Any], sent: str) -> list[str]:
    """The secrets of a text that can still be read in what would be sent."""
    plain = _plain(sent)
    return [secret for secret in row["secrets"] if re.search(rf"(?<!\w){re.escape(_plain(secret))}(?!\w)", plain)]


def lost(row: dict[str, Any], sent: str) -> list[str]:
    """The clinical words of a text that are gone."""
    return [word for word in row["keep"] if word not in sent]


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def main(arguments: list[str]) -> None:
    """Print how many texts leak, of each kind, how many of these a second look stops, and what clinical was lost."""
    quiet = "--quiet" in arguments
    texts = rows([Path(name) for name in arguments if name != "--quiet"] or [FIXTURES])
    tried: Counter[str] = Counter()
    leaks: Counter[str] = Counter()
    stopped = terms = gone = 0
    examples: list[str] = []
    for row in texts:
        who = identity(row)
        sent = Redactor(who).redact(row["text"]).text
        left, missing = remaining(row, sent), lost(row, sent)
        tried[row["kind"]] += bool(row["secrets"])
        leaks[row["kind"]] += bool(left)
        stopped += bool(left and leaked(sent, who))
        terms, gone = terms + len(row["keep"]), gone + len(missing)
        if left or missing:
            examples.append(f"{row['kind']}: {sent!r} left {left} lost {missing}")
    total = sum(tried.values())
    print(f"texts that leak: {sum(leaks.values())} of {total} ({sum(leaks.values()) / total:.1%})")
    print(f"  of them stopped by the second look: {stopped}")
    print(f"clinical terms: {terms}, lost: {gone}")
    if not quiet:
        for kind in sorted(leaks):
            print(f"  {kind}: {leaks[kind]} of {tried[kind]}")
        print(*examples, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
