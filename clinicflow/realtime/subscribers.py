"""Event → broadcast, after commit: never for a change that was rolled back."""

from django.db import transaction

from clinicflow.core.events import Event, subscribe
from clinicflow.realtime.broadcast import broadcast


@subscribe(Event)
def announce(event: Event) -> None:
    if event.live is not None:
        transaction.on_commit(lambda: broadcast(event))
