"""What every other test stands on: the right role, and nothing left over from one test to the next."""

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import TestCase, TransactionTestCase

from clinicflow.accounts.models import User
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Clinic, Doctor
from clinicflow.db.scope import tenant


class TheApplicationsRole(TestCase):
    def test_tests_run_as_the_application_which_owns_nothing(self):
        with connection.cursor() as cursor:
            cursor.execute("select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
            self.assertEqual(cursor.fetchone(), ("clinicflow_app", False, False))
            cursor.execute("select count(*) from pg_class where relowner = current_user::regrole")
            self.assertEqual(cursor.fetchone(), (0,))


class CleanBetweenTests(TransactionTestCase):
    """Both tests write the same and expect to be first, so the second to run fails if anything stayed."""

    databases = {"default", "system"}

    def test_one_starts_clean(self):
        self.start_clean_and_write()

    def test_other_starts_clean(self):
        self.start_clean_and_write()

    def start_clean_and_write(self):
        self.assertEqual(Clinic.objects.count(), 0)
        self.assertEqual(User.objects.count(), 0)
        self.assertIsNone(cache.get("left-over"))
        self.assertTrue(ContentType.objects.exists())
        clinic = Clinic.objects.create(name="Riverside")
        with transaction.atomic(), tenant(clinic.pk):
            self.assertEqual(AuditLog.objects.count(), 0)
            Doctor.objects.create(clinic=clinic, name="Dr. Ada Okafor", initials="AO")
        cache.set("left-over", 1)

    def test_the_sweeping_role_sees_the_same_database_as_itself(self):
        Clinic.objects.create(name="Lakeside")
        with connections["system"].cursor() as cursor:
            cursor.execute("select current_user")
            self.assertEqual(cursor.fetchone(), ("clinicflow_system",))
        self.assertEqual(Clinic.objects.using("system").count(), 1)
