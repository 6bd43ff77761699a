"""Waiting for a condition, bounded: tests never sleep for a guess."""

import time
from collections.abc import Callable


def until(
    condition: Callable[[], object], *, meanwhile: Callable[[], object] = lambda: None, seconds: float = 60
) -> None:
    """Return as soon as `condition()` is true; do `meanwhile()` between looks. AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for something that did not happen")
        meanwhile()
        time.sleep(0.05)
