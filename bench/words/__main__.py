"""Figures of how patients' words are understood.

    python -m bench.words replies PATH…

A part is a module of this package with `main(paths) -> int`, named in PARTS.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from bench.words import replies

PARTS: dict[str, Callable[[list[Path]], int]] = {"replies": replies.main}


def main(arguments: list[str]) -> int:
    """Run a part on its paths; the exit code is the part's, 2 without a known part and a path."""
    if len(arguments) < 2 or arguments[0] not in PARTS:
        print(f"usage: python -m bench.words {{{','.join(PARTS)}}} PATH…", file=sys.stderr)
        return 2
    return PARTS[arguments[0]]([Path(argument) for argument in arguments[1:]])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
