"""The registry of job kinds: their handlers, and the periods of those that are scheduled regularly."""

from collections.abc import Callable
from dataclasses import dataclass, field

Work = Callable[..., None]


@dataclass(frozen=True)
class Handler:
    """The function of a kind of job. With `atomic`, its writes and the job's state `done` commit together."""

    kind: str
    work: Work
    atomic: bool = True
    on_death: Work | None = None


@dataclass(frozen=True)
class Period:
    """A kind of job that is enqueued for every clinic every `seconds`."""

    kind: str
    seconds: int


@dataclass(frozen=True)
class Registered:
    """Handlers and periods, by kind."""

    handlers: dict[str, Handler] = field(default_factory=dict)
    periods: dict[str, Period] = field(default_factory=dict)


_registered = Registered()


def job(kind: str, *, atomic: bool = True, on_death: Work | None = None) -> Callable[[Work], Work]:
    """Register the function that handles a kind of job.

    It is called with the clinic's id and the job's arguments by keyword, in the clinic's scope, and must be
    idempotent. `atomic=False` is for network calls: such a function opens its own short transactions. `on_death` runs,
    in a transaction, after the fifth failed attempt.
    """

    def register(work: Work) -> Work:
        if kind in _registered.handlers:
            raise RuntimeError(f"Two functions are registered for the job {kind}.")
        _registered.handlers[kind] = Handler(kind, work, atomic, on_death)
        return work

    return register


def periodic(kind: str, *, every: int) -> Callable[[Work], Work]:
    """Like `job`, and enqueued for each clinic every `every` seconds, once per time slot."""

    def register(work: Work) -> Work:
        _registered.periods[kind] = Period(kind, every)
        return job(kind)(work)

    return register


def handler_of(kind: str) -> Handler | None:
    """The handler of a kind, or None if none is registered."""
    return _registered.handlers.get(kind)


def periods() -> tuple[Period, ...]:
    """Every periodic kind."""
    return tuple(_registered.periods.values())


def replace(registered: Registered) -> Registered:
    """Replace all registrations and return the previous ones; `clinicflow.testing.jobs` uses it."""
    global _registered
    previous, _registered = _registered, registered
    return previous


__all__ = ["Handler", "Period", "Registered", "handler_of", "job", "periodic", "periods", "replace"]
