"""Migration operations for row-level security, grants, composite foreign keys and audit triggers."""

from collections.abc import Sequence
from typing import Any, cast

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import ForeignKey, Model
from django.db.models.options import Options

CLINIC = "(select nullif(current_setting('app.clinic_id', true), '')::uuid)"


def role(kind: str) -> str:
    """The database role of a kind: `owner`, `app` or `system`."""
    name: str = settings.DATABASE_ROLES[kind].name
    return name


class _TableOperation(Operation):
    """Reversible SQL on the table of one model."""

    reduces_to_sql = True
    reversible = True
    model_name: str

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The state of the models does not change."""

    def _table(self, app_label: str, state: ProjectState) -> "Options[Model]":
        return state.apps.get_model(app_label, self.model_name)._meta

    def forwards(self, table: str, meta: "Options[Model]") -> list[str]:
        raise NotImplementedError

    def backwards(self, table: str, meta: "Options[Model]") -> list[str]:
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
    """Forced row-level security with a policy per clinic, grants, and the key that composite foreign keys reference.

    `grants` are the privileges of the application, `system` those of the system role across clinics (never on tables
    with patients). `null_ok` allows inserting rows without a clinic, which the application cannot read. Reversible.
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
        return f"Restrict the rows of {self.model_name} to their clinic"

    def forwards(self, table: str, meta: "Options[Model]") -> list[str]:
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

    def backwards(self, table: str, meta: "Options[Model]") -> list[str]:
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
    """Grants on a table without row-level security: users, clinics, memberships, sessions, hashed link tokens."""

    def __init__(self, model_name: str, *, grants: str = "select, insert, update, delete", system: str = "") -> None:
        self.model_name, self.grants, self.system = model_name, grants, system

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (type(self).__qualname__, [self.model_name], {"grants": self.grants, "system": self.system})

    def describe(self) -> str:
        return f"Grant access to {self.model_name}"

    def forwards(self, table: str, meta: "Options[Model]") -> list[str]:
        statements = [f"grant {self.grants} on {table} to {role('app')}"]
        if self.system:
            statements.append(f"grant {self.system} on {table} to {role('system')}")
        return statements

    def backwards(self, table: str, meta: "Options[Model]") -> list[str]:
        return [f"revoke all on {table} from {role('app')}, {role('system')}"]


class SameClinic(_TableOperation):
    """Composite foreign keys `(clinic_id, <field>_id) → target (clinic_id, id)`.

    A plain foreign key accepts a row of another clinic, since its check bypasses the policies. Reversible.
    """

    def __init__(self, model_name: str, *fields: str) -> None:
        self.model_name, self.fields = model_name, fields

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (type(self).__qualname__, [self.model_name, *self.fields], {})

    def describe(self) -> str:
        return f"Require {', '.join(self.fields)} of {self.model_name} to be of the row's own clinic"

    def _keys(self, meta: "Options[Model]") -> list[tuple[str, ForeignKey]]:
        return [(name, cast(ForeignKey, meta.get_field(name))) for name in self.fields]

    def _name(self, meta: "Options[Model]", field: str) -> str:
        return f"{meta.db_table}_{field}_same_clinic"

    def forwards(self, table: str, meta: "Options[Model]") -> list[str]:
        return [
            f"alter table {table} add constraint {self._name(meta, name)} "
            f"foreign key (clinic_id, {key.column}) references {key.target_field.model._meta.db_table} (clinic_id, id) "
            "deferrable initially immediate"
            for name, key in self._keys(meta)
        ]

    def backwards(self, table: str, meta: "Options[Model]") -> list[str]:
        return [f"alter table {table} drop constraint {self._name(meta, name)}" for name in self.fields]


class Audited(_TableOperation):
    """A row trigger that writes every insert, update and delete to the audit log, also those outside the application.

    `hidden` columns contain free text about a patient: the log stores their names and a SHA-256 of their content.
    `patient` is the column with the patient's id, if there is one.
    """

    def __init__(self, model_name: str, *, hidden: Sequence[str] = (), patient: str = "patient_id") -> None:
        self.model_name, self.hidden, self.patient = model_name, tuple(hidden), patient

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (type(self).__qualname__, [self.model_name], {"hidden": self.hidden, "patient": self.patient})

    def describe(self) -> str:
        return f"Audit every change of {self.model_name}"

    def forwards(self, table: str, meta: "Options[Model]") -> list[str]:
        arguments = ", ".join(f"'{name}'" for name in (self.patient, *self.hidden))
        return [
            f"create trigger audited after insert or update or delete on {table} "
            f"for each row execute function audit_capture({arguments})"
        ]

    def backwards(self, table: str, meta: "Options[Model]") -> list[str]:
        return [f"drop trigger audited on {table}"]
