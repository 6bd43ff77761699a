"""Events: how news travels upwards. A subscriber runs in the publisher's transaction and writes rows, nothing else."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from clinicflow.core.ids import uuid7


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened in one clinic: ids and states only, never a name or an answer.

    `live` names the message that open screens get (api.md, Live events), None keeps it inside.
    `doctor_ids` are the doctors whose screens it concerns. Without `for_owners` no total of theirs has changed.
    """

    live: ClassVar[str | None] = None
    for_owners: ClassVar[bool] = True
    object_type: ClassVar[str] = "clinic"

    clinic_id: UUID
    subject_id: UUID
    doctor_ids: tuple[UUID, ...] = ()
    origin: str = ""  # the browser tab that caused it, so that it can skip its own echo
    id: UUID = field(default_factory=uuid7)


Handler = Callable[[Any], None]
_handlers: dict[type[Event], list[Handler]] = defaultdict(list)
AnyEvent = TypeVar("AnyEvent", bound=Event)


def subscribe(*kinds: type[Event]) -> Callable[[Handler], Handler]:
    """Register a handler for the kinds of event, their subclasses included."""

    def register(handler: Handler) -> Handler:
        for kind in kinds:
            _handlers[kind].append(handler)
        return handler

    return register


def publish(event: Event) -> None:
    """Tell every subscriber, inside the current transaction."""
    for kind in type(event).__mro__:
        for handler in _handlers.get(kind, ()):
            handler(event)
