"""A backup gives back the same rows and the same audit chain, and never overwrites anything."""

import stat
import tempfile
from io import StringIO
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TransactionTestCase
from psycopg import sql

from clinicflow.audit.recorder import record
from clinicflow.clinics.models import Clinic
from clinicflow.testing.case import Cast
from clinicflow.testing.databases import administrator, use_database
from clinicflow.testing.rows import one_of_each


class Backup(Cast, TransactionTestCase):
    def setUp(self):
        self.build()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / "clinic.dump"
        self.name = str(connection.settings_dict["NAME"])
        self.restored = f"{self.name}_restored"
        self.addCleanup(self.drop)

    def drop(self):
        with administrator() as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(self.restored)))

    def pointed_at(self, database):
        return mock.patch.dict(settings.DATABASE_ADMIN, dbname=database)

    def back_up(self):
        with self.pointed_at(self.name):
            call_command("backup", self.file, stdout=StringIO())

    def bring_back(self):
        said = StringIO()
        with self.pointed_at(self.restored), use_database(self.restored):
            call_command("restore", self.file, stdout=said, stderr=said)
        return said.getvalue()

    def rows(self, database):
        """Table -> a checksum over all its rows, as the administrator sees them."""
        with administrator(database) as admin:
            tables = [
                name
                for (name,) in admin.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
            ]
            checksum = sql.SQL("select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {} t")
            return {name: admin.execute(checksum.format(sql.Identifier(name))).fetchone()[0] for name in tables}

    def rules(self, database):
        """Policies, grants, triggers and constraints, which keep clinics apart and the audit whole."""
        with administrator(database) as admin:
            return [
                admin.execute(statement).fetchall()
                for statement in (
                    "select tablename, policyname, roles, qual, with_check from pg_policies order by 1, 2",
                    "select table_name, grantee, privilege_type from information_schema.role_table_grants "
                    "where table_schema = 'public' order by 1, 2, 3",
                    "select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal order by 1, 2",
                    "select conrelid::regclass::text, conname, contype, convalidated from pg_constraint "
                    "where connamespace = 'public'::regnamespace order by 1, 2",
                    "select relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text from pg_class "
                    "where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
                )
            ]

    def test_the_same_rows_the_same_rules_and_the_same_chain_come_back(self):
        with self.inside(self.desk):
            one_of_each(self, self.riverside, self.dr_okafor, self.dana)
            record(self.desk, "export", values={"rows": 3})
        self.back_up()
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        said = self.bring_back()
        self.assertIn("links intact", said)
        before = self.rows(self.name)
        self.assertGreater(len(before), 40)
        self.assertEqual(self.rows(self.restored), before)
        self.assertEqual(self.rules(self.restored), self.rules(self.name))
        with use_database(self.restored):
            self.assertEqual(Clinic.objects.count(), 2)

    def test_a_database_with_tables_is_not_written_to(self):
        self.back_up()
        self.bring_back()
        with self.assertRaisesMessage(CommandError, "not empty"):
            self.bring_back()

    def test_a_file_that_is_there_is_not_overwritten(self):
        self.file.write_text("last night's")
        with self.assertRaisesMessage(CommandError, "already exists"):
            self.back_up()
        self.assertEqual(self.file.read_text(), "last night's")

    def test_what_is_no_backup_is_refused_with_the_tools_own_words(self):
        self.file.write_text("not a dump")
        with self.assertRaisesMessage(CommandError, "Nothing was restored"):
            self.bring_back()

    def test_a_failed_backup_leaves_no_file(self):
        with self.pointed_at("no_such_database"), self.assertRaisesMessage(CommandError, "Nothing was written"):
            call_command("backup", self.file)
        self.assertEqual(list(self.folder.iterdir()), [])
