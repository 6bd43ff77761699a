"""Events, published by operations and handled by higher layers.

A subscriber runs in the publisher's transaction and only writes rows.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from clinicflow.core.ids import uuid7


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened in one clinic: ids and states only, never a patient's name or answer.

    `live` is the type of the live event that clients receive (docs/api.md), None for none. `doctor_ids` are the
    doctors who receive it. `for_owners` says whether an owner's figures may have changed.
    """

    live: ClassVar[str | None] = None
    for_owners: ClassVar[bool] = True
    object_type: ClassVar[str] = "clinic"

    clinic_id: UUID
    subject_id: UUID
    doctor_ids: tuple[UUID, ...] = ()
    origin: str = ""  # the browser tab that caused it, which ignores the live event
    id: UUID = field(default_factory=uuid7)


Handler = Callable[[Any], None]  # takes the event classes that it is registered for
Registry = defaultdict[type[Event], list[Handler]]
_handlers: Registry = defaultdict(list)


def replace_handlers(handlers: Registry) -> Registry:
    """Replace every registered handler and return the previous ones; `clinicflow.testing.events` uses it."""
    global _handlers
    previous, _handlers = _handlers, handlers
    return previous


def subscribe(*kinds: type[Event]) -> Callable[[Handler], Handler]:
    """Register a handler for these event classes and their subclasses."""

    def register(handler: Handler) -> Handler:
        for kind in kinds:
            _handlers[kind].append(handler)
        return handler

    return register


def publish(event: Event) -> None:
    """Call every handler of the event, in the current transaction."""
    for kind in type(event).__mro__:
        for handler in _handlers.get(kind, ()):
            handler(event)
