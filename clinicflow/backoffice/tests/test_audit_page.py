"""The audit page: visible values, filters, and the state of the chain."""

from unittest import mock

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinicflow.audit import chain
from clinicflow.audit.log import record
from clinicflow.audit.models import AuditLog
from clinicflow.backoffice.selectors import PAGE_SIZE, RECORD_TYPES, changes_of
from clinicflow.clinic_settings.operations import settings
from clinicflow.jobs.registry import handler_of, periods
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.jobs import run_due_jobs


class AuditPage(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.patient = cls.make_patient(cls.riverside, "Hannah Lindqvist")
        with cls.inside(cls.desk):
            settings.save_clinic(cls.desk, slot_size=15)

    def setUp(self):
        self.client = self.client_for(self.desk)

    def test_old_and_new_values_are_shown(self):
        page = self.client.get("/audit?resource_type=clinic_settings&action=update")
        self.assertContains(page, "<del>30</del>")
        self.assertContains(page, "<ins>15</ins>")
        self.assertContains(page, "Dana Kessler")

    def test_showing_a_patients_values_is_audited(self):
        self.assertContains(self.client.get("/audit?resource_type=patients"), "Lindqvist")
        with self.inside(self.desk):
            self.assertEqual(AuditLog.objects.get(action="read").patient_ids, [self.patient.pk])

    def test_an_owner_sees_no_values_of_patients(self):
        page = self.client_for(self.owner).get("/audit")
        self.assertContains(page, "Patients")
        self.assertNotContains(page, "Lindqvist")
        self.assertNotContains(page, str(self.patient.pk))
        self.assertContains(page, "<del>30</del>")
        with self.inside(self.desk):
            self.assertFalse(AuditLog.objects.filter(action="read").exists())

    def test_an_owner_sees_error_codes_but_no_free_text(self):
        with self.inside(self.desk):
            record(self.desk, "appointment.override", resource_type="appointments", reason="Mrs Lindqvist has a fever")
            record(self.desk, "refused", resource_type="appointments", outcome="refused", reason="slot_taken")
        owner = self.client_for(self.owner)
        for page in (owner.get("/audit"), owner.get("/api/audit")):
            self.assertContains(page, "slot_taken")
            self.assertNotContains(page, "fever")
        self.assertContains(self.client.get("/audit"), "fever")

    def test_every_record_type_is_a_table(self):
        self.assertLessEqual(set(RECORD_TYPES), set(connection.introspection.table_names()))

    def test_doctors_are_forbidden_and_other_clinics_entries_hidden(self):
        self.assertEqual(self.client_for(self.doctor).get("/audit").status_code, 403)
        self.assertNotContains(self.client_for(self.foreign_desk).get("/audit"), "Lindqvist")

    def test_filters_stay_in_the_url_of_the_next_page(self):
        with self.inside(self.desk):
            for _ in range(PAGE_SIZE + 3):
                record(self.desk, "export", resource_type="patients")
        page = self.client.get("/audit?action=export&from=2020-01-01")
        self.assertEqual(len(page.context["log"].lines), PAGE_SIZE)
        self.assertContains(page, f"?action=export&amp;from=2020-01-01&amp;before={page.context['log'].older}")
        rest = self.client.get(f"/audit?action=export&before={page.context['log'].older}")
        self.assertEqual(len(rest.context["log"].lines), 3)
        self.assertContains(self.client.get("/audit?action=export&to=2020-01-01"), "No entries")
        self.assertContains(self.client.get(f"/audit?user={self.marta.pk}"), "No entries")

    def test_invalid_filters_are_ignored(self):
        for query in ("from=9999-12-31", "from=x&to=y", "user=me", "before=-1", f"action={'x' * 50}", "action=%00"):
            with self.subTest(query):
                self.assertEqual(self.client.get(f"/audit?{query}").status_code, 200)

    def test_query_count_does_not_depend_on_the_number_of_entries(self):
        self.client.get("/audit")
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                self.client.get("/audit")
            counts.append(len(queries))
            with self.inside(self.desk):
                for _ in range(20):
                    record(self.desk, "export", resource_type="patients")
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 12)

    def test_a_verification_runs_in_the_background_and_is_shown(self):
        self.assertContains(self.client.get("/audit"), "Not verified yet")
        self.client.post("/audit/check")
        self.client.post("/audit/check")
        self.assertEqual(run_due_jobs(self.riverside.pk, kinds=["clinics.check_log"]), ["clinics.check_log"])
        self.assertContains(self.client.get("/audit"), "Audit log intact")

    def test_new_entries_are_sealed_periodically(self):
        """Tests run in one transaction, so the handler is called directly, and its period is asserted."""
        self.assertIn(("audit.seal", 30), [(period.kind, period.seconds) for period in periods()])
        with mock.patch.object(chain, "seal", return_value=2) as seal:
            handler_of("audit.seal").work(clinic_id=self.riverside.pk)
        seal.assert_called_once_with(self.riverside.pk)

    def test_a_broken_chain_is_reported(self):
        broken = chain.Verdict(3, "00", 4, "the entry was changed")
        self.client.post("/audit/check")
        with mock.patch.object(chain, "verify", return_value=broken):
            run_due_jobs(self.riverside.pk, kinds=["clinics.check_log"])
        self.assertContains(self.client.get("/audit"), "Link 4: the entry was changed")

    def test_changes_are_formatted(self):
        changes = changes_of(
            {"opens_at": "09:00", "active": True, "version": 1, "same": 1},
            {
                "opens_at": None,
                "active": False,
                "version": 2,
                "same": 1,
                "days": ["mon", "tue"],
                "at": "2026-11-24T08:00:00+00:00",
            },
        )
        shown = {change.name: (change.old, change.new) for change in changes}
        self.assertEqual(
            shown,
            {
                "opens at": ("09:00", None),
                "active": ("yes", "no"),
                "days": (None, "mon, tue"),
                "at": (None, "2026-11-24 08:00 UTC"),
            },
        )
