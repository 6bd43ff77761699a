"""The actor of a request."""

from django.http import HttpRequest

from clinicflow.access.actor import Actor


def request_actor(request: HttpRequest) -> Actor | None:
    """The actor that `ActorMiddleware` set on the request; None for an anonymous user."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor
