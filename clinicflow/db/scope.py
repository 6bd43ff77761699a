"""The current scope: the clinic, and the identity for the audit log.

`with tenant(clinic_id): …` opens a scope. The database backend (`base.py`) sets it in each transaction; row-level
security and the audit triggers read it there.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID


class TenantScopeError(RuntimeError):
    """A scope is open without a transaction: its setting would be lost, and the query would return no rows."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One clinic, and the acting user, patient or system as the audit log records it."""

    clinic_id: UUID
    user_id: UUID | None = None
    actor_kind: str = "system"  # user, patient, system
    role: str = ""
    request_id: str = ""
    ip_address: str = ""
    user_agent: str = ""

    def as_json(self) -> str:
        """The value of `app.context`, which the audit triggers read."""
        return json.dumps(
            {
                "user_id": str(self.user_id) if self.user_id else None,
                "actor_kind": self.actor_kind,
                "role": self.role,
                "request_id": self.request_id,
                "ip_address": self.ip_address,
                "user_agent": self.user_agent.replace("\x00", "")[:300],
            }
        )


_scope: ContextVar[Scope | None] = ContextVar("clinicflow_scope", default=None)


def current_scope() -> Scope | None:
    """The innermost open scope, or None."""
    return _scope.get()


@contextmanager
def tenant(clinic: UUID | Scope) -> Iterator[Scope]:
    """Open a clinic's scope until the block ends. Scopes nest; the innermost applies.

    With a bare id, the identity and the request of a surrounding scope are inherited.
    """
    outer = _scope.get()
    if isinstance(clinic, Scope):
        scope = clinic
    elif outer is not None and outer.clinic_id == clinic:
        scope = outer
    elif outer is not None:
        scope = replace(outer, clinic_id=clinic)
    else:
        scope = Scope(clinic_id=clinic)
    token = _scope.set(scope)
    try:
        yield scope
    finally:
        _scope.reset(token)
