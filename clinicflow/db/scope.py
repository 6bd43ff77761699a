"""The clinic that this thread of work is in, and who is acting there.

`with tenant(clinic_id): …` opens a scope. The database wrapper (`base.py`) makes each transaction
know it, row-level security keeps to it, and the audit triggers write it down.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID


class TenantScopeError(RuntimeError):
    """A scope is open, but no transaction: the setting would be lost, and the query would see nothing."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One clinic, and the acting person, job or patient as the audit log will name them."""

    clinic_id: UUID
    user_id: UUID | None = None
    actor_kind: str = "system"  # user, patient, system
    role: str = ""
    request_id: str = ""
    ip_address: str = ""
    user_agent: str = ""

    def as_json(self) -> str:
        """What the audit trigger reads from `app.context`."""
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
    return _scope.get()


@contextmanager
def tenant(clinic: UUID | Scope) -> Iterator[Scope]:
    """Work inside one clinic until the block ends; scopes nest, and the inner one counts.

    A bare id keeps the person and request of a surrounding scope of the same clinic.
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
