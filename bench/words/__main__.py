"""Figures of how patients' words are understood.

    python -m bench.words {answers,replies} [PATH …]

A part is a module of this package with `main(paths) -> int`, named in PARTS. `answers` has rows of its own where no
path is given.
"""

import sys
from collections.abc import Callable

from bench.words import answers, replies

PARTS: dict[str, Callable[[list[str]], int]] = {"answers": answers.main, "replies": replies.main}


def main(arguments: list[str]) -> int:
    """Run a part on its paths; the exit code is the part's, 2 without a known part."""
    if not arguments or arguments[0] not in PARTS:
        print(f"usage: python -m bench.words {{{','.join(PARTS)}}} [PATH …]", file=sys.stderr)
        return 2
    return PARTS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
