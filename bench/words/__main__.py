"""The figures of the rules on words as patients write them: `python -m bench.words answers|… [PATH ...]`."""

import importlib
import sys

SETS = {"answers": "bench.words.answers"}


def main(arguments: list[str]) -> int:
    """Run the figures of one set; the exit code is 2 when the name is unknown."""
    if not arguments or arguments[0] not in SETS:
        sys.stderr.write(f"usage: python -m bench.words {'|'.join(SETS)} [PATH ...]\n")
        return 2
    code: int = importlib.import_module(SETS[arguments[0]]).main(arguments[1:])
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
