"""Observing published events in a test."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from clinicflow.core.events import Event, replace_handlers


@contextmanager
def captured_events(*kinds: type[Event]) -> Iterator[list[Event]]:
    """The events of these classes (default: all) that are published in the block, after their other handlers ran."""
    captured: list[Event] = []

    def capture(event: Event) -> None:
        if not kinds or isinstance(event, kinds):
            captured.append(event)

    registered = replace_handlers(defaultdict(list))
    handlers = defaultdict(list, {kind: list(found) for kind, found in registered.items()})
    handlers[Event].append(capture)
    replace_handlers(handlers)
    try:
        yield captured
    finally:
        replace_handlers(registered)
