import datetime as dt

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import TransactionTestCase

from clinicflow.core import clock
from clinicflow.db import TenantScopeError, current_scope, tenant
from clinicflow.testing.case import Cast, ClinicCase
from clinicflow.testing.rows import one_of_each, tenant_models
from patients.models import Patient
from scheduling.models import Appointment

# Read before any clinic's scope is open; they hold ids and hashes, never a patient's name.
GLOBAL_TABLES = {"memberships", "patient_links", "provider_numbers"}


def rows(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def tables_with_a_clinic():
    """Every table with a clinic_id column, as the catalog knows them."""
    return {
        name
        for (name,) in rows(
            "select table_name from information_schema.columns "
            "where table_schema = 'public' and column_name = 'clinic_id'"
        )
    }


class Catalog(ClinicCase):
    def test_the_tests_run_as_the_application(self):
        self.assertEqual(rows("select current_user"), [(settings.DATABASE_ROLES["app"].name,)])
        self.assertEqual(
            rows("select rolsuper, rolbypassrls from pg_roles where rolname = current_user"), [(False, False)]
        )

    def test_every_table_with_a_clinic_is_under_forced_row_security(self):
        guarded = rows("select relname from pg_class where relrowsecurity and relforcerowsecurity")
        self.assertEqual(tables_with_a_clinic() - GLOBAL_TABLES, {name for (name,) in guarded})

    def test_policies_are_the_plain_comparison_that_an_index_can_serve(self):
        policies = rows("select tablename, qual from pg_policies where policyname = 'tenant'")
        self.assertEqual({name for name, _ in policies}, tables_with_a_clinic() - GLOBAL_TABLES)
        for table, condition in policies:
            self.assertNotIn("CASE", condition, table)
            self.assertNotIn(" OR ", condition, table)

    def test_every_reference_between_tenant_tables_is_composite(self):
        composite = {
            (table, column)
            for table, column in rows(
                """select c.conrelid::regclass::text, a.attname
               from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[2]
               where c.contype = 'f' and cardinality(c.conkey) = 2"""
            )
        }
        owned = set(tenant_models())
        wanted = {
            (model._meta.db_table, field.column)
            for model in [*owned, apps.get_model("clinics.Membership")]
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model in owned
        }
        self.assertEqual(wanted - composite, set())

    def test_the_application_may_not_truncate_or_own_a_table(self):
        self.assertEqual(rows("select count(*) from pg_tables where tableowner = current_user"), [(0,)])
        self.assertEqual(
            rows(
                "select count(*) from information_schema.role_table_grants "
                "where grantee = current_user and privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES')"
            ),
            [(0,)],
        )

    def test_the_system_role_reads_no_patient_table(self):
        granted = rows(
            "select distinct table_name from information_schema.role_table_grants where grantee = %s",
            settings.DATABASE_ROLES["system"].name,
        )
        self.assertLessEqual({name for (name,) in granted}, {"jobs", "clinics", "django_migrations"})


class Isolation(ClinicCase):
    def setUp(self):
        with self.inside(self.desk):
            self.ours = one_of_each(self, self.riverside, self.dr_okafor, self.dana)
        with self.inside(self.foreign_desk):
            self.theirs = one_of_each(self, self.lakeside, self.dr_lake, self.lake_admin)

    def test_one_of_each_covers_every_tenant_table(self):
        self.assertEqual(set(self.ours), set(tenant_models()))

    def test_raw_sql_sees_its_own_clinic_only(self):
        for model, row in self.ours.items():
            with self.subTest(model=model.__name__), self.inside(self.foreign_desk):
                found = rows(f"select id, clinic_id from {model._meta.db_table}")
                self.assertNotIn(row.pk, [pk for pk, _ in found])
                self.assertEqual({clinic for _, clinic in found}, {self.lakeside.pk})

    def test_without_a_scope_nothing_is_seen(self):
        for table in tables_with_a_clinic() - GLOBAL_TABLES:
            with self.subTest(table=table):
                self.assertEqual(rows(f"select count(*) from {table}"), [(0,)])

    def test_another_clinics_row_cannot_be_changed_deleted_or_made(self):
        for model, row in self.theirs.items():
            table = model._meta.db_table
            with self.subTest(table=table), self.inside(self.desk), connection.cursor() as cursor:
                cursor.execute(f"update {table} set clinic_id = clinic_id where id = %s", [row.pk])
                self.assertEqual(cursor.rowcount, 0)
                cursor.execute(f"delete from {table} where id = %s", [row.pk])
                self.assertEqual(cursor.rowcount, 0)
        with self.assertRaises(ProgrammingError), self.inside(self.desk):
            self.make_row_for_another_clinic()

    def make_row_for_another_clinic(self):
        Patient.objects.create(
            clinic=self.lakeside, first_name="Ada", last_name="Stone", date_of_birth=dt.date(1990, 1, 1)
        )

    def test_a_reference_to_another_clinics_row_is_refused(self):
        ours, theirs = self.ours[Patient], self.theirs[Patient]
        with self.inside(self.desk), self.assertRaises(IntegrityError), transaction.atomic():
            Appointment.objects.filter(patient=ours).update(patient_id=theirs.pk)


class ScopeLife(Cast, TransactionTestCase):
    def setUp(self):
        self.build()
        self.patient = self.make_patient(self.riverside)

    def count(self):
        return Patient.objects.count()

    def test_a_scope_outside_a_transaction_is_an_error_and_not_an_empty_answer(self):
        with tenant(self.riverside.pk), self.assertRaises(TenantScopeError):
            self.count()

    def test_scopes_nest_inside_one_transaction(self):
        with transaction.atomic():
            with tenant(self.riverside.pk):
                self.assertEqual(self.count(), 1)
                with tenant(self.lakeside.pk):
                    self.assertEqual(self.count(), 0)
                self.assertEqual(self.count(), 1)
            self.assertEqual(self.count(), 0)
        self.assertIsNone(current_scope())

    def test_the_scope_survives_the_rollback_of_a_savepoint(self):
        with transaction.atomic(), tenant(self.riverside.pk):
            with self.assertRaises(ZeroDivisionError), transaction.atomic():
                self.count()
                raise ZeroDivisionError
            self.assertEqual(self.count(), 1)

    def test_a_scope_opened_in_a_savepoint_that_is_rolled_back_does_not_linger(self):
        with transaction.atomic():
            with self.assertRaises(ZeroDivisionError), transaction.atomic(), tenant(self.riverside.pk):
                self.count()
                raise ZeroDivisionError
            self.assertEqual(self.count(), 0)

    def test_a_failed_statement_leaves_the_scope_usable_after_its_savepoint(self):
        with transaction.atomic(), tenant(self.riverside.pk):
            with self.assertRaises(IntegrityError), transaction.atomic():
                Patient.objects.filter(pk=self.patient.pk).update(first_name="")
            self.assertEqual(self.count(), 1)

    def test_the_connection_carries_nothing_to_its_next_transaction(self):
        with transaction.atomic(), tenant(self.riverside.pk):
            self.assertEqual(self.count(), 1)
        with transaction.atomic():
            self.assertEqual(self.count(), 0)

    def test_a_commit_that_happened_really_belongs_to_the_clinic(self):
        with transaction.atomic(), tenant(self.lakeside.pk):
            self.make_appointment(self.dr_lake, self.make_patient(self.lakeside), clock.now())
        with transaction.atomic(), tenant(self.riverside.pk):
            self.assertEqual(Appointment.objects.count(), 0)
