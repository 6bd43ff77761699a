"""Waiting for a condition with a timeout, instead of sleeping for a fixed time."""

import time
from collections.abc import Callable


def until(
    condition: Callable[[], object], *, meanwhile: Callable[[], object] = lambda: None, seconds: float = 60
) -> None:
    """Return as soon as `condition()` is true; call `meanwhile()` between checks. AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"the condition was not met within {seconds} s")
        meanwhile()
        time.sleep(0.05)
