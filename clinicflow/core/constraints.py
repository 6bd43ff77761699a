"""Database constraint name → domain error: the database decides, this names its verdict."""

from django.db import Error as DatabaseError

from clinicflow.core.errors import DomainError

_errors: dict[str, type[DomainError]] = {}


def register_constraint_error(name: str, error: type[DomainError]) -> None:
    _errors[name] = error


def error_for(error: BaseException) -> DomainError | None:
    """The domain error that a failed constraint stands for, or None if it stands for none."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    known = _errors.get(name)
    return known() if known else None


def sqlstate(error: DatabaseError | BaseException) -> str:
    """PostgreSQL's five-character code, or an empty string."""
    return getattr(error.__cause__, "sqlstate", None) or ""
