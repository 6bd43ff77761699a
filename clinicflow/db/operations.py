"""Migration operations that put a table under row-level security and audit, and grant what the roles need."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

CLINIC = "(select nullif(current_setting('app.clinic_id', true), '')::uuid)"


def role(kind: str) -> str:
    """The name of the `owner`, `app` or `system` role of this installation."""
    name: str = settings.DATABASE_ROLES[kind].name
    return name


class _TableOperation(Operation):
    """SQL on the table of one model, forwards and backwards."""

    reduces_to_sql = True
    reversible = True
    model_name: str

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing that Django's models know changes."""

    def _table(self, app_label: str, state: ProjectState) -> Any:
        return state.apps.get_model(app_label, self.model_name)._meta

    def forwards(self, table: str, meta: Any) -> list[str]:
        raise NotImplementedError

    def backwards(self, table: str, meta: Any) -> list[str]:
        raise NotImplementedError

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        meta = self._table(app_label, to_state)
        for statement in self.forwards(schema_editor.quote_name(meta.db_table), meta):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        meta = self._table(app_label, from_state)
        for statement in self.backwards(schema_editor.quote_name(meta.db_table), meta):
            schema_editor.execute(statement, params=None)


class TenantTable(_TableOperation):
    """Row-level security, forced, with a policy by clinic; grants; the key that composite foreign keys refer to.

    `grants` is what the application may do; `system` what the sweeping role may do across clinics (never on
    tables that hold patients). Reversible.
    """

    def __init__(
        self,
        model_name: str,
        *,
        grants: str = "select, insert, update, delete",
        system: str = "",
        null_ok: bool = False,
    ) -> None:
        self.model_name, self.grants, self.system, self.null_ok = model_name, grants, system, null_ok

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (
            type(self).__qualname__,
            [self.model_name],
            {"grants": self.grants, "system": self.system, "null_ok": self.null_ok},
        )

    def describe(self) -> str:
        return f"Keep the rows of {self.model_name} inside their clinic"

    def forwards(self, table: str, meta: Any) -> list[str]:
        allowed = f"clinic_id = {CLINIC}"
        written = f"({allowed} or clinic_id is null)" if self.null_ok else allowed
        statements = [
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"create policy tenant on {table} to {role('app')} using ({allowed}) with check ({written})",
            f"create policy owner_all on {table} to {role('owner')} using (true) with check (true)",
            f"grant {self.grants} on {table} to {role('app')}",
        ]
        if self.system:
            statements += [
                f"create policy system_all on {table} to {role('system')} using (true) with check (true)",
                f"grant {self.system} on {table} to {role('system')}",
            ]
        if not self.null_ok:
            statements.append(f"alter table {table} add constraint {meta.db_table}_of_clinic unique (clinic_id, id)")
        return statements

    def backwards(self, table: str, meta: Any) -> list[str]:
        return [
            f"alter table {table} drop constraint if exists {meta.db_table}_of_clinic",
            f"drop policy if exists system_all on {table}",
            f"drop policy owner_all on {table}",
            f"drop policy tenant on {table}",
            f"revoke all on {table} from {role('app')}, {role('system')}",
            f"alter table {table} no force row level security",
            f"alter table {table} disable row level security",
        ]


class GlobalTable(_TableOperation):
    """A table outside the policies (users, clinics, memberships, sessions, hashed link tokens): grants only."""

    def __init__(self, model_name: str, *, grants: str = "select, insert, update, delete", system: str = "") -> None:
        self.model_name, self.grants, self.system = model_name, grants, system

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (type(self).__qualname__, [self.model_name], {"grants": self.grants, "system": self.system})

    def describe(self) -> str:
        return f"Let the application use {self.model_name}"

    def forwards(self, table: str, meta: Any) -> list[str]:
        statements = [f"grant {self.grants} on {table} to {role('app')}"]
        if self.system:
            statements.append(f"grant {self.system} on {table} to {role('system')}")
        return statements

    def backwards(self, table: str, meta: Any) -> list[str]:
        return [f"revoke all on {table} from {role('app')}, {role('system')}"]


class SameClinic(_TableOperation):
    """Composite foreign keys `(clinic_id, <field>_id) → target (clinic_id, id)`.

    A plain foreign key accepts another clinic's row, since its check bypasses the policies. Reversible.
    """

    def __init__(self, model_name: str, *fields: str) -> None:
        self.model_name, self.fields = model_name, fields

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (type(self).__qualname__, [self.model_name, *self.fields], {})

    def describe(self) -> str:
        return f"Tie {', '.join(self.fields)} of {self.model_name} to the row's own clinic"

    def _name(self, meta: Any, field: str) -> str:
        return f"{meta.db_table}_{field}_same_clinic"

    def forwards(self, table: str, meta: Any) -> list[str]:
        return [
            f"alter table {table} add constraint {self._name(meta, name)} "
            f"foreign key (clinic_id, {meta.get_field(name).column}) "
            f"references {meta.get_field(name).related_model._meta.db_table} (clinic_id, id) "
            "deferrable initially immediate"
            for name in self.fields
        ]

    def backwards(self, table: str, meta: Any) -> list[str]:
        return [f"alter table {table} drop constraint {self._name(meta, name)}" for name in self.fields]


class Audited(_TableOperation):
    """A row trigger that writes every insert, update and delete to the audit log, whatever path it takes.

    `hidden` columns hold free text about a patient: the log keeps their name and a SHA-256, not the words.
    `patient` is the column that names the patient, if there is one.
    """

    def __init__(self, model_name: str, *, hidden: Sequence[str] = (), patient: str = "patient_id") -> None:
        self.model_name, self.hidden, self.patient = model_name, tuple(hidden), patient

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (type(self).__qualname__, [self.model_name], {"hidden": self.hidden, "patient": self.patient})

    def describe(self) -> str:
        return f"Audit every change of {self.model_name}"

    def forwards(self, table: str, meta: Any) -> list[str]:
        arguments = ", ".join(f"'{name}'" for name in (self.patient, *self.hidden))
        return [
            f"create trigger audited after insert or update or delete on {table} "
            f"for each row execute function audit_capture({arguments})"
        ]

    def backwards(self, table: str, meta: Any) -> list[str]:
        return [f"drop trigger audited on {table}"]
