"""Domain errors for violated database constraints, registered by constraint name."""

from django.db import Error as DatabaseError

from clinicflow.core.errors import DomainError

_errors: dict[str, type[DomainError]] = {}


def register_constraint_error(name: str, error: type[DomainError]) -> None:
    """Map a violation of the constraint `name` to a domain error."""
    _errors[name] = error


def error_for(error: BaseException) -> DomainError | None:
    """The domain error registered for the violated constraint, or None."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    registered = _errors.get(name)
    return registered() if registered else None


def sqlstate(error: DatabaseError | BaseException) -> str:
    """PostgreSQL's five-character SQLSTATE, or an empty string."""
    return getattr(error.__cause__, "sqlstate", None) or ""
