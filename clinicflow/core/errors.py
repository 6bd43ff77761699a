"""Domain errors. Pages and the API each map them to responses in one place."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

FieldErrors = Mapping[str, Sequence[str]]


class DomainError(Exception):
    """A rejected operation: a stable `code`, an HTTP status, a message for the user and extras for API clients."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "This isn't possible"

    def __init__(self, detail: str = "", *, fields: FieldErrors | None = None, **extras: Any) -> None:
        self.detail = detail or self.title
        self.fields: FieldErrors = fields or {}
        self.extras = extras
        super().__init__(self.detail)


class Invalid(DomainError):
    """Input that violates a rule; `fields` holds the messages by field."""

    code = "invalid"
    status = 400
    title = "Check the highlighted fields"


class NotFound(DomainError):
    """The row is absent or not visible to this actor; the response is the same for both."""

    code = "not_found"
    status = 404
    title = "This doesn't exist, or you don't have access to it"


class Forbidden(DomainError):
    """The actor's role never allows this."""

    code = "forbidden"
    status = 403
    title = "Your role doesn't allow this"


class IllegalTransition(DomainError):
    """The transition does not exist in the current state; `allowed_actions` in the extras lists those that do."""

    code = "illegal_transition"
    title = "This action isn't available now"


class Busy(DomainError):
    """A lock is held by another request; retrying soon succeeds."""

    code = "busy"
    status = 503
    title = "The server is busy. Try again in a moment."
