"""Broadcast events after commit, so never for a change that was rolled back."""

from django.db import transaction

from clinicflow.accounts.events import SessionRevoked
from clinicflow.core.events import Event, subscribe
from clinicflow.realtime.broadcast import broadcast, send_to_group, session_group


@subscribe(Event)
def announce(event: Event) -> None:
    if event.live is not None:
        transaction.on_commit(lambda: broadcast(event))


@subscribe(SessionRevoked)
def close_sockets(event: SessionRevoked) -> None:
    """Close the sockets of a revoked session at once, not at their next check."""
    group = session_group(event.subject_id)
    transaction.on_commit(lambda: send_to_group(group, {"type": "session.ended", "replaced": event.replaced}))
