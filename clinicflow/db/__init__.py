"""Django's PostgreSQL backend with the clinic's scope applied to every transaction. See `scope` and `base`."""

from clinicflow.db.scope import Scope, TenantScopeError, current_scope, tenant

__all__ = ["Scope", "TenantScopeError", "current_scope", "tenant"]
