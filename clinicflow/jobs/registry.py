"""Which function does which kind of job, and which kinds come by the clock."""

from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[..., None]


@dataclass(frozen=True)
class Handler:
    """How a kind of job is done. With `atomic` the work and its `done` commit together."""

    kind: str
    work: Work
    atomic: bool = True
    on_death: Work | None = None


@dataclass(frozen=True)
class Period:
    """A kind of job that every clinic gets each `seconds`."""

    kind: str
    seconds: int


_handlers: dict[str, Handler] = {}
_periods: dict[str, Period] = {}


def job(kind: str, *, atomic: bool = True, on_death: Work | None = None) -> Callable[[Work], Work]:
    """Register the function that does a kind of job. It gets the clinic's id and the job's arguments by keyword,
    runs in the clinic's scope, and must be safe to run twice.

    `atomic=False` is for work that talks to the network: it opens its own short transactions.
    `on_death` runs, in a transaction, when five attempts have failed.
    """

    def register(work: Work) -> Work:
        if kind in _handlers:
            raise RuntimeError(f"Two functions claim the job {kind}.")
        _handlers[kind] = Handler(kind, work, atomic, on_death)
        return work

    return register


def periodic(kind: str, *, every: int) -> Callable[[Work], Work]:
    """Like `job`, and done for each clinic every `every` seconds, by a job per slot of time."""

    def register(work: Work) -> Work:
        _periods[kind] = Period(kind, every)
        return job(kind)(work)

    return register


def handler_of(kind: str) -> Handler | None:
    return _handlers.get(kind)


def periods() -> tuple[Period, ...]:
    return tuple(_periods.values())


__all__ = ["Handler", "Period", "handler_of", "job", "periodic", "periods"]
