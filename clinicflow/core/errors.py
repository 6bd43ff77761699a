"""What can go wrong in the clinic's own terms. Pages and the API map these in one place each."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

FieldErrors = Mapping[str, Sequence[str]]


class DomainError(Exception):
    """A refusal with a stable `code`, an HTTP status, a sentence for people and named extras for programs."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "That is not possible"

    def __init__(self, detail: str = "", *, fields: FieldErrors | None = None, **extras: Any) -> None:
        self.detail = detail or self.title
        self.fields: FieldErrors = fields or {}
        self.extras = extras
        super().__init__(self.detail)


class Invalid(DomainError):
    """Input that breaks a rule; `fields` says which and how."""

    code = "invalid"
    status = 400
    title = "Please correct the marked fields"


class NotFound(DomainError):
    """Not there for this actor: another clinic's rows and absent ones look the same."""

    code = "not_found"
    status = 404
    title = "There is nothing here for you"


class Forbidden(DomainError):
    """A role that may never do this."""

    code = "forbidden"
    status = 403
    title = "Your role may not do this"


class IllegalTransition(DomainError):
    """The state machine has no such edge; `allowed_actions` says which it has."""

    code = "illegal_transition"
    title = "That step is not possible now"


class Busy(DomainError):
    """Somebody else holds what is needed; trying again soon helps."""

    code = "busy"
    status = 503
    title = "Too many people are changing this at once. Please try again."
