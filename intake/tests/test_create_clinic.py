"""The command that creates a clinic."""

from io import StringIO
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import TestCase

from clinicflow.accounts.models import User
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Clinic, ClinicSettings, Membership
from clinicflow.db import tenant
from intake.models import Questionnaire

WORDS = "four words for Harbor"


class CreateClinic(TestCase):
    def create(self, name="Harbor Family Practice", zone="America/Chicago", email="Ana@harbor.test", password=WORDS):
        with mock.patch.dict("os.environ", {"CLINIC_PASSWORD": password}):
            call_command("create_clinic", name, zone, email, manager="Ana Lund", stdout=(said := StringIO()))
        return said.getvalue()

    def assert_nothing_was_made(self):
        self.assertFalse(Clinic.objects.exists() or User.objects.exists() or Membership.objects.exists())

    def test_the_clinic_has_settings_and_questionnaires(self):
        self.assertIn("Created Harbor Family Practice", self.create())
        clinic = Clinic.objects.get()
        self.assertEqual((clinic.name, clinic.timezone), ("Harbor Family Practice", "America/Chicago"))
        member = Membership.objects.get()
        self.assertEqual((member.user.email, member.user.name, member.role), ("ana@harbor.test", "Ana Lund", "admin"))
        with tenant(clinic.pk):
            self.assertEqual(ClinicSettings.objects.get().clinic_id, clinic.pk)
            self.assertEqual(
                set(Questionnaire.objects.values_list("audience", flat=True)), {"adult", "child", "follow-up"}
            )
            self.assertTrue(AuditLog.objects.filter(action="clinic.opened").exists())

    def test_the_manager_can_sign_in(self):
        self.create()
        response = self.client.post(
            "/api/auth/login", {"email": "ana@harbor.test", "password": WORDS}, "application/json"
        )
        self.assertEqual(response.status_code, 200, response.content)

    def test_a_manager_with_an_account_keeps_the_password(self):
        self.create()
        self.create(name="Harbor North", password="")
        self.assertEqual(User.objects.count(), 1)
        self.assertEqual(Membership.objects.count(), 2)
        self.assertTrue(User.objects.get().check_password(WORDS))

    def test_an_unknown_time_zone_is_rejected(self):
        with self.assertRaisesMessage(CommandError, "Unknown time zone"):
            self.create(zone="America/Harbor")
        self.assert_nothing_was_made()

    def test_a_weak_password_is_rejected(self):
        with self.assertRaisesMessage(CommandError, "password"):
            self.create(password="12345678")
        self.assert_nothing_was_made()

    def test_an_invalid_address_is_rejected(self):
        with self.assertRaisesMessage(CommandError, "Not a valid email address"):
            self.create(email="harbor")
        self.assert_nothing_was_made()
