"""The actor of a request, and whether a user or the page itself sent it."""

from django.http import HttpRequest

from clinicflow.access.actor import Actor

BACKGROUND_HEADER = "X-Background"  # a request of the page itself, not of the user: live events and timers


def request_actor(request: HttpRequest) -> Actor | None:
    """The actor that `ActorMiddleware` set on the request; None for an anonymous user."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor
