"""The database backend. Named `base` because Django imports `<ENGINE>.base.DatabaseWrapper`."""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base as postgresql
from psycopg import OperationalError, sql
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from clinicflow.db.scope import Scope, TenantScopeError, current_scope

NOTHING_APPLIED = object()


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """PostgreSQL, with `app.clinic_id` and `app.context` set lazily in each transaction.

    The settings are local to the transaction, so a pooled connection carries none over. `_applied` is reset whenever
    PostgreSQL resets them: at commit, rollback, reconnect, and after the rollback of a savepoint (after, because a
    statement inside the aborted transaction would itself fail).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._applied: Scope | object | None = None
        self._connecting = False
        self.execute_wrappers.append(self._in_scope)

    def _in_scope(
        self, execute: Callable[..., Any], query: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if not self._connecting:
            self._apply(current_scope())
        return execute(query, params, many, context)

    def _apply(self, scope: Scope | None) -> None:
        if scope == self._applied:
            return
        if not self.in_atomic_block and self.get_autocommit():
            if scope is None:
                self._applied = None
                return
            raise TenantScopeError("A clinic's scope is open outside a transaction; wrap this work in atomic().")
        status = self.connection.info.transaction_status
        if status == TransactionStatus.INERROR:
            return  # only a rollback can follow, and it must not fail here
        clinic, context = (str(scope.clinic_id), scope.as_json()) if scope else ("", "{}")
        statement = sql.SQL("SET LOCAL app.clinic_id = {}; SET LOCAL app.context = {}").format(
            sql.Literal(clinic), sql.Literal(context)
        )
        # One round trip for both and for BEGIN, which psycopg would send on its own first.
        begin = b"BEGIN; " if status == TransactionStatus.IDLE else b""
        with self.wrap_database_errors:
            result = self.connection.pgconn.exec_(begin + statement.as_bytes(self.connection))
            if self.connection.pgconn.status == ConnStatus.BAD:
                raise OperationalError("the connection is lost")
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result)
        self._applied = scope

    def _reset_applied(self) -> None:
        self._applied = None

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False
            self._reset_applied()

    def close(self) -> None:
        super().close()
        self._reset_applied()

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]  # private to Django, absent from its stubs
        finally:
            self._reset_applied()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]  # as above
        finally:
            self._reset_applied()

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # as above
        self._applied = NOTHING_APPLIED

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        self._reset_applied()
