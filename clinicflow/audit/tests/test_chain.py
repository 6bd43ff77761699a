import threading
import time

from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import TransactionTestCase

from clinicflow.audit.chain import seal, verify
from clinicflow.audit.log import record
from clinicflow.db import tenant
from clinicflow.testing.case import Cast
from clinicflow.testing.databases import administrator


class ChainTests(Cast, TransactionTestCase):
    never = threading.Event()

    def setUp(self):
        self.build()

    def write(self, count=3):
        for number in range(count):
            with self.inside(self.desk):
                record(self.desk, "export", values={"rows": number})

    def seal(self):
        self.wait_for_other_transactions()
        return self.seal_now()

    def wait_for_other_transactions(self):
        """Sealing stops before any open transaction of the server, including those of other test processes."""
        with connection.cursor() as cursor:
            cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text")
            (seen,) = cursor.fetchone()
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline:
                cursor.execute("select pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [seen])
                if cursor.fetchone()[0]:
                    return
                self.never.wait(0.05)
        self.fail("another transaction has been open for 90 s")

    def seal_now(self):
        with transaction.atomic(), tenant(self.riverside.pk):
            return seal(self.riverside.pk)

    def verify(self):
        with transaction.atomic(), tenant(self.riverside.pk):
            return verify(self.riverside.pk)

    def tamper(self, statement):
        """Change rows as only an administrator can: with triggers disabled."""
        with administrator(connection.settings_dict["NAME"]) as admin:
            admin.execute("set session_replication_role = replica")
            admin.execute(statement)

    def sealed(self):
        self.seal()
        verdict = self.verify()
        self.assertTrue(verdict.is_intact)
        return verdict.links

    def test_an_entry_is_sealed_once(self):
        self.write(3)
        before = self.sealed()
        self.assertEqual(self.seal(), 0)
        self.write(2)
        self.assertEqual(self.seal(), 2)
        self.assertEqual(self.verify().links, before + 2)

    def test_a_changed_entry_is_detected(self):
        self.write(3)
        links = self.sealed()
        self.tamper("""update audit_logs set new_values = '{"rows": 99}' where new_values ->> 'rows' = '1'""")
        verdict = self.verify()
        self.assertEqual((verdict.broken_at, verdict.problem), (links - 1, "the entry was changed"))

    def test_a_removed_entry_is_detected(self):
        self.write(3)
        links = self.sealed()
        self.tamper("delete from audit_logs where new_values ->> 'rows' = '1'")
        verdict = self.verify()
        self.assertEqual((verdict.broken_at, verdict.problem), (links - 1, "the entry it sealed is missing"))

    def test_a_removed_link_is_detected(self):
        self.write(3)
        links = self.sealed()
        self.tamper(f"delete from audit_seals where sequence = {links - 1}")
        self.assertEqual(self.verify().broken_at, links - 1)

    def test_a_truncated_chain_is_detected(self):
        self.write(3)
        links = self.sealed()
        self.tamper(f"delete from audit_logs where id in (select entry_id from audit_seals where sequence = {links})")
        self.tamper(f"delete from audit_seals where sequence = {links}")
        verdict = self.verify()
        self.assertEqual(verdict.broken_at, links)
        self.assertIn("should end at", verdict.problem)
        with self.assertRaises(CommandError):
            call_command("verify_audit")

    def test_an_entry_of_a_slow_transaction_is_sealed_after_its_commit(self):
        started, finish = threading.Event(), threading.Event()

        def slow():
            with self.inside(self.desk):
                record(self.desk, "export", values={"rows": "slow"})
                started.set()
                finish.wait(10)
            connection.close()

        thread = threading.Thread(target=slow)
        thread.start()
        started.wait(10)
        self.write(2)
        self.seal_now()
        finish.set()
        thread.join()
        self.assertGreaterEqual(self.seal(), 1)
        verdict = self.verify()
        self.assertTrue(verdict.is_intact)
        self.assertIsNone(verdict.oldest_unsealed)
